"""A card as a row of columns, under heads that map by themselves."""

from collections.abc import Callable

from crm.data.importing.readers.cards import Card

COLUMNS = (
    "Salutation", "First Name", "Middle Name", "Last Name", "Company", "Department", "Job Title", "Email", "Email 2",
    "Business Phone", "Mobile Phone", "Fax", "Website", "Street", "City", "State/Province", "Postal Code", "Country",
    "Description", "Birthday",
)  # fmt: skip
_FAX, _MOBILE = {"FAX"}, {"CELL", "MOBILE", "IPHONE", "PCS"}


def columns_of(card: Card) -> list[str]:
    """Further numbers, addresses and pages stand in the description, so that nothing is lost."""
    family, given, additional, prefix, _suffix = card.name or _split(card.formatted or "")
    company, department = ((card.organisation or []) + ["", ""])[:2]
    phones = _Phones(card.phones)
    box, extended, street, city, region, code, country = card.addresses[0] if card.addresses else [""] * 7
    rest = [
        *card.emails[2:],
        *phones.rest,
        *(", ".join(filter(None, address)) for address in card.addresses[1:]),
        *card.urls[1:],
    ]
    emails, urls = [*card.emails, "", ""][:2], [*card.urls, ""][:1]
    return [
        prefix, given, additional, family, company, department, card.title or "", *emails,
        phones.business, phones.mobile, phones.fax, *urls, "\n".join(filter(None, (box, extended, street))), city,
        region, code, country, "\n".join(filter(None, (card.note, *rest))), card.born,
    ]  # fmt: skip


def _split(formatted: str) -> list[str]:
    given, _space, family = formatted.rpartition(" ")
    return [family, given, "", "", ""]


class _Phones:
    """The first of each kind; the preferred one before others."""

    def __init__(self, phones: list[tuple[str, list[str]]]) -> None:
        left = sorted(phones, key=lambda phone: "PREF" not in phone[1])
        self.fax = self._take(left, lambda types: bool(_FAX & types))
        self.mobile = self._take(left, lambda types: bool(_MOBILE & types))
        self.business = self._take(left, lambda types: not (_FAX | {"PAGER"}) & types and "HOME" not in types)
        self.business = self.business or self._take(left, lambda types: not (_FAX | {"PAGER"}) & types)
        self.rest = [number for number, _types in left]

    @staticmethod
    def _take(left: list[tuple[str, list[str]]], fits: Callable[[set[str]], bool]) -> str:
        for place, (number, types) in enumerate(left):
            if fits(set(types)):
                del left[place]
                return number
        return ""
