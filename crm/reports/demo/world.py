"""Everything the chapters of the story share: staff, catalogue, dice, and the people whom it invents."""

from dataclasses import dataclass, field

from crm.core.folding import fold
from crm.reports.demo.catalogue import Catalogue
from crm.reports.demo.people import Staff
from crm.reports.demo.places import COUNTRIES, Country
from crm.reports.demo.story import Story
from crm.reports.demo.wares import JOB_TITLES, NEEDS, Need
from crm.users.models import User


@dataclass(frozen=True, slots=True)
class Firm:
    """An invented company and where it is."""

    name: str
    country: Country
    industry: str
    street: str
    town: str
    postal_code: str

    @property
    def domain(self) -> str:
        letters = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in fold(self.name))
        return "-".join(filter(None, letters.split("-"))) + ".example"

    @property
    def place(self) -> dict[str, str]:
        return {
            "street": self.street,
            "city": self.town,
            "postal_code": self.postal_code,
            "country": self.country.name,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at a firm."""

    first_name: str
    last_name: str
    job_title: str
    email: str
    phone: str
    mobile: str

    @property
    def columns(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in Person.__slots__}


@dataclass
class World:
    story: Story
    staff: Staff
    catalogue: Catalogue
    _firms: set[str] = field(default_factory=set)
    _names: set[tuple[str, str, str]] = field(default_factory=set)

    def new_firm(self) -> Firm:
        """A firm of a name that is not taken yet."""
        while True:
            country = self._country()
            ending, industry = self.story.pick(country.firms)
            name = f"{self._stem(country)} {ending}"
            if name not in self._firms:
                break
        self._firms.add(name)
        town, postal_code = self.story.pick(country.towns)
        return Firm(name, country, industry, self._street(country), town, postal_code)

    def _country(self) -> Country:
        """Home is every third firm's country."""
        return COUNTRIES[0] if self.story.happens(25) else self.story.pick(COUNTRIES)

    def _stem(self, country: Country) -> str:
        """Often a place of its own, else the family that founded it."""
        return self.story.pick(country.stems if self.story.happens(55) else country.last_names)

    def _street(self, country: Country) -> str:
        street, number = self.story.pick(country.streets), self.story.number(2, 180)
        return f"{number} {street}" if country.suffix in {"GB", "US", "CA", "FR"} else f"{street} {number}"

    def new_person(self, firm: Firm) -> Person:
        """Nobody works twice at the same firm under the same name."""
        while True:
            first, last = self.story.pick(firm.country.first_names), self.story.pick(firm.country.last_names)
            if (firm.name, first, last) not in self._names:
                break
        self._names.add((firm.name, first, last))
        address = ".".join("".join(sign for sign in fold(part) if sign.isalpha()) for part in (first, last))
        return Person(
            first,
            last,
            self.story.pick(JOB_TITLES),
            f"{address}@{firm.domain}",
            f"{firm.country.dialing} {self.story.number(100, 999)}",
            f"{firm.country.dialing} {self.story.number(100, 999)}" if self.story.happens(40) else "",
        )

    def need_of(self, firm: Firm) -> Need:
        return self.story.pick(NEEDS[firm.industry])

    def seller_for(self, firm: Firm) -> User:
        """The south looks after the firms south of home, the others share the north."""
        north_a, north_b, south = self.staff.sellers
        if firm.country.suffix in {"AT", "IT", "FR", "CZ"}:
            return south
        return north_a if len(firm.name) % 2 else north_b
