"""The invented company itself: who it is, its units, the people who sign in, and their team."""

import secrets
import string
from dataclasses import dataclass

from crm.core.models import BankAccount, Organisation
from crm.reports.demo.story import TIME_ZONE
from crm.users.models import BusinessUnit, Role, Team, TeamMembership, User, UserRole
from crm.users.rights import ADMINISTRATOR, SALES_MANAGER, SALESPERSON

COMPANY = "Tarnholm Instruments GmbH"
SELLERS = "All sellers"
_DOMAIN = "tarnholm.example"
_PASSWORD_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Login:
    """What is printed once, at the end."""

    name: str
    login: str
    password: str
    role: str
    unit: str


@dataclass(frozen=True)
class Staff:
    administrator: User
    manager: User
    sellers: tuple[User, ...]
    logins: tuple[Login, ...]


def open_company() -> Staff:
    organisation = _found_organisation()
    head_office = BusinessUnit.objects.create(name="Head office")
    units = {
        name: BusinessUnit.objects.create(name=name, parent=head_office) for name in ("Sales North", "Sales South")
    }
    units[head_office.name] = head_office
    hire = _Hiring(units)
    administrator = hire.person(
        "admin", "Ines Calloway", "IT and administration", role=ADMINISTRATOR, unit="Head office"
    )
    manager = hire.person("mara", "Mara Lindqvist", "Head of sales", role=SALES_MANAGER, unit="Sales North")
    sellers = (
        hire.person("anton", "Anton Brekke", "Sales, north", role=SALESPERSON, unit="Sales North", manager=manager),
        hire.person("pia", "Pia Rosendahl", "Sales, north", role=SALESPERSON, unit="Sales North", manager=manager),
        hire.person("teo", "Teo Wachter", "Sales, south", role=SALESPERSON, unit="Sales South", manager=manager),
    )
    team = Team.objects.create(name=SELLERS, business_unit=head_office)
    TeamMembership.objects.bulk_create(TeamMembership(team=team, user=one) for one in (manager, *sellers))
    BankAccount.objects.create(
        organisation=organisation, bank="Deichbank (example)", iban="DE00 0000 0000 0000 0000 00", bic="EXAMPLEXXX"
    )
    return Staff(administrator, manager, sellers, tuple(hire.logins))


def _found_organisation() -> Organisation:
    organisation = Organisation.load()
    organisation.name = COMPANY
    organisation.street, organisation.postal_code = "Am Alten Pegel 4", "20999"
    organisation.city, organisation.country = "Tarnholm", "Germany"
    organisation.tax_number, organisation.registration_number = "DE000000000", "HRB 00000"
    organisation.email, organisation.phone = f"office@{_DOMAIN}", "+49 40 5550 0"
    organisation.website = f"https://www.{_DOMAIN}"
    organisation.time_zone = TIME_ZONE
    organisation.save()
    return organisation


class _Hiring:
    """Makes people and remembers what to print."""

    def __init__(self, units: dict[str, BusinessUnit]) -> None:
        self._units = units
        self.logins: list[Login] = []

    def person(
        self, login: str, name: str, job_title: str, *, role: str, unit: str, manager: User | None = None
    ) -> User:
        password = _new_password()
        user = User.objects.create_user(
            login,
            password,
            name=name,
            email=f"{login}@{_DOMAIN}",
            job_title=job_title,
            business_unit=self._units[unit],
            manager=manager,
            is_administrator=role == ADMINISTRATOR,
        )
        UserRole.objects.create(user=user, role=Role.objects.get(name=role))
        self.logins.append(Login(name, login, password, role, unit))
        return user


def _new_password() -> str:
    """Letters and digits that are not mistaken for each other."""
    signs = "".join(sign for sign in string.ascii_letters + string.digits if sign not in "Il1O0o")
    return "".join(secrets.choice(signs) for _place in range(_PASSWORD_LENGTH))
