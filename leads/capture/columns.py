"""The columns that a post may fill: how long a value may be, and when it fits."""

import re
from collections.abc import Callable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator

from crm.core.folding import clean_text, fold, one_line, website_domain
from leads.capture.flags import Flag
from leads.capture.keys import words

type Value = str | bool | int | Decimal

#: Characters per column; the lead model declares the same. Longer values stay in the raw post.
MAX_LENGTHS: dict[str, int] = {
    "topic": 300,
    "salutation": 100,
    "first_name": 100,
    "middle_name": 100,
    "last_name": 100,
    "job_title": 150,
    "company": 200,
    "email": 254,
    "email2": 254,
    "phone": 50,
    "mobile": 50,
    "fax": 50,
    "website": 500,
    "street": 250,
    "city": 100,
    "state_or_province": 100,
    "postal_code": 40,
    "country": 100,
    "description": 100_000,
    "source": 100,
    "rating": 10,
    "industry": 100,
    "currency": 3,
    "utm_source": 200,
    "utm_medium": 200,
    "utm_campaign": 200,
    "utm_term": 200,
    "utm_content": 200,
    "gclid": 200,
    "referrer": 500,
    "campaign_code": 100,
}
MAX_REVENUE = Decimal("9999999999999.99")
MAX_EMPLOYEES = 2_147_483_647

_is_email = EmailValidator()
_is_url = URLValidator(schemes=["http", "https"])
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_YES = words("1 true yes on y x checked ja si oui sim")
_NO = words("0 false no off n nein non nao unchecked")
# Dataverse counts its ratings.
_RATINGS = {"hot": "hot", "warm": "warm", "cold": "cold", "1": "hot", "2": "warm", "3": "cold"}

_CURRENCY_SIGNS = re.compile(r"^(?:[A-Z]{3}|[$\u20ac\u00a3\u00a5]) ?| ?(?:[A-Z]{3}|[$\u20ac\u00a3\u00a5])$")
_PLAIN_NUMBER = re.compile(r"\d{1,30}(?:[.,]\d{1,2})?", re.ASCII)
_GROUPED_NUMBER = re.compile(r"\d{1,3}(?:([., '\u2019])\d{3})(?:\1\d{3}){0,8}(?:(?!\1)[.,]\d{1,2})?", re.ASCII)


class Unfit(ValueError):
    """The value can't go into the column; ``flag`` says why."""

    def __init__(self, flag: Flag) -> None:
        super().__init__(flag.value)
        self.flag = flag


def is_joined(column: str) -> bool:
    """Whether several posted values make up one value of several lines."""
    return column in _JOINED


def column_value(column: str, text: str) -> Value:
    """The posted text as the column holds it; raises :class:`Unfit`."""
    return _READERS.get(column, _line)(column, text)


def _within(column: str, text: str) -> str:
    if len(text) > MAX_LENGTHS[column]:
        raise Unfit(Flag.TOO_LONG)
    return text


def _line(column: str, text: str) -> str:
    return _within(column, one_line(text))


def _lines(column: str, text: str) -> str:
    return _within(column, clean_text(text).strip())


def _email(column: str, text: str) -> str:
    address = _line(column, text)
    try:
        _is_email(address)
    except ValidationError:
        raise Unfit(Flag.INVALID_EMAIL) from None
    return address


def _website(column: str, text: str) -> str:
    """Accept http and https only: the address becomes a link on the lead's page."""
    address = _line(column, text)
    if not _SCHEME.match(address):
        address = _within(column, "https://" + address.lstrip("/"))
    try:
        _is_url(address)
    except ValidationError:
        raise Unfit(Flag.INVALID_WEBSITE) from None
    if not website_domain(address):
        raise Unfit(Flag.INVALID_WEBSITE)
    return address


def _truth(_column: str, text: str) -> bool:
    word = fold(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise Unfit(Flag.INVALID_CHOICE)


def _rating(_column: str, text: str) -> str:
    rating = _RATINGS.get(fold(text))
    if rating is None:
        raise Unfit(Flag.INVALID_CHOICE)
    return rating


def _currency(_column: str, text: str) -> str:
    code = one_line(text).upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise Unfit(Flag.INVALID_CHOICE)
    return code


def _number(text: str) -> Decimal:
    """Read a count or amount with or without groups; a range or a wording is no number."""
    digits = _CURRENCY_SIGNS.sub("", one_line(text)[:60])
    if grouped := _GROUPED_NUMBER.fullmatch(digits):
        digits = digits.replace(grouped[1], "")
    elif not _PLAIN_NUMBER.fullmatch(digits):
        raise Unfit(Flag.INVALID_NUMBER)
    return Decimal(digits.replace(",", "."))


def _revenue(_column: str, text: str) -> Decimal:
    amount = _number(text)
    if amount > MAX_REVENUE:
        raise Unfit(Flag.INVALID_NUMBER)
    return amount


def _employees(_column: str, text: str) -> int:
    count = _number(text)
    if count != count.to_integral_value() or count > MAX_EMPLOYEES:
        raise Unfit(Flag.INVALID_NUMBER)
    return int(count)


_JOINED = frozenset({"street", "description"})
_READERS: dict[str, Callable[[str, str], Value]] = {
    "street": _lines,
    "description": _lines,
    "email": _email,
    "email2": _email,
    "website": _website,
    "rating": _rating,
    "currency": _currency,
    "annual_revenue": _revenue,
    "employees": _employees,
    "do_not_email": _truth,
    "do_not_bulk_email": _truth,
    "do_not_phone": _truth,
    "do_not_fax": _truth,
}
