"""The values of added fields in their three shapes: Python, JSON as stored, and text as typed. Pure.

| Kind | Python | JSON | Text |
|---|---|---|---|
| text, long text | str | text | itself |
| whole | int | text | `1250` |
| decimal, money | Decimal | text, no digit lost | `1250.5` |
| date | date | `2026-03-31` | the same |
| time | time, to the second | `14:30:00` | `14:30` |
| yes or no | bool | true, false | `yes`, `no` |
| choice | key | key | key or label |
| several choices | tuple of keys, in the order of the definition | list of keys | keys or labels between `;` |
| person, record | primary key | number | number |

No value is None in Python, no key in JSON and no text at all. `ValueError` carries a sentence for the person.
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from crm.core.custom.definitions import Definition
from crm.core.fields import Kind
from crm.core.folding import clean_text, fold, one_line

TEXT_AT_MOST = 500
LONG_TEXT_AT_MOST = 20_000
WHOLE_DIGITS = 15
DECIMAL_DIGITS, DECIMAL_PLACES = 25, 10
MONEY_DIGITS, MONEY_PLACES = 19, 4

_WHOLE = re.compile(r"[+-]?\d{1,30}")
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})")
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?")
_YES = frozenset({"yes", "true", "on", "1", "y"})
_NO = frozenset({"no", "false", "off", "0", "n"})
_KEY_AT_MOST = 10**18


def checked(definition: Definition, value: Any) -> Any:
    """The value in its Python shape, whatever Python shape it comes in; None where there is nothing."""
    if value is None or value in ("", (), []):
        return None
    return _CHECKS[definition.kind](definition, value)


def to_json(definition: Definition, value: Any) -> Any:
    """A checked value as it is stored."""
    match value:
        case bool() | None:
            return value
        case Decimal():
            return plain(value)
        case int():
            return value if definition.kind in {Kind.PERSON, Kind.RECORD} else str(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case tuple():
            return list(value)
    return str(value)


def from_json(kind: Kind, kept: Any) -> Any:
    """A stored value in its Python shape; None for what does not have the shape of this kind."""
    try:
        return _READERS.get(kind, str)(kept) if kept is not None else None
    except (ValueError, TypeError, InvalidOperation):
        return None


def from_text(definition: Definition, text: str) -> Any:
    """What somebody typed, a website sent or a file holds."""
    if not text.strip():
        return None
    kind = definition.kind
    if kind is Kind.CHOICES:
        return checked(definition, [part for part in re.split(r"[;\n]", text) if part.strip()])
    return checked(definition, text)


def to_text(value: Any) -> str:
    """A Python value as it would be typed again."""
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    if isinstance(value, tuple | list):
        return "; ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else plain(value) if isinstance(value, Decimal) else str(value)


def plain(value: Decimal) -> str:
    """Without exponent and idle zeros, so that equal numbers are stored alike: `1200`, `0.5`."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _text(definition: Definition, value: Any) -> str | None:
    return _not_longer(one_line(str(value)), TEXT_AT_MOST)


def _long_text(definition: Definition, value: Any) -> str | None:
    return _not_longer(clean_text(str(value)).strip(), LONG_TEXT_AT_MOST)


def _not_longer(text: str, most: int) -> str | None:
    if len(text) > most:
        raise ValueError(_("At most %(most)d characters fit here.") % {"most": most})
    return text or None


def _whole(definition: Definition, value: Any) -> int:
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = plain(value)
    text = _SPACES.sub("", str(value))
    if isinstance(value, bool) or not text.isascii() or not _WHOLE.fullmatch(text):
        raise ValueError(_("Enter a whole number."))
    number = int(text)
    if abs(number) >= 10**WHOLE_DIGITS:
        raise ValueError(_("This number is too large. At most %(most)d digits fit here.") % {"most": WHOLE_DIGITS})
    return number


def _decimal(definition: Definition, value: Any) -> Decimal:
    return _number(value, DECIMAL_DIGITS, DECIMAL_PLACES)


def _money(definition: Definition, value: Any) -> Decimal:
    return _number(value, MONEY_DIGITS, MONEY_PLACES)


def _number(value: Any, digits: int, places: int) -> Decimal:
    text = f"{value:f}" if isinstance(value, Decimal) else _SPACES.sub("", str(value))
    if isinstance(value, bool) or not text.isascii() or not _NUMBER.fullmatch(text):
        raise ValueError(_("Enter a number such as 1250.50."))
    number = Decimal(text)
    if number.adjusted() >= digits - places:
        raise ValueError(_("This number is too large."))
    written = plain(number)
    if len(written.partition(".")[2]) > places:
        raise ValueError(_("At most %(most)d digits fit behind the point.") % {"most": places})
    return Decimal(written)


def _date(definition: Definition, value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(_("Enter a date such as 2026-03-31.")) from None


def _time(definition: Definition, value: Any) -> dt.time:
    if isinstance(value, dt.time):
        return value.replace(microsecond=0, tzinfo=None)
    found = _TIME.fullmatch(str(value).strip())
    try:
        if found:
            hour, minute, second = (int(part or 0) for part in found.groups())
            return dt.time(hour, minute, second)
    except ValueError:
        pass
    raise ValueError(_("Enter a time such as 14:30."))


def _yes_no(definition: Definition, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = fold(str(value))
    if word in _YES | {fold(_("yes"))}:
        return True
    if word in _NO | {fold(_("no"))}:
        return False
    raise ValueError(_("Enter yes or no."))


def _choice(definition: Definition, value: Any) -> str:
    wanted = fold(str(value))
    for option in definition.options:
        if wanted in {option.key, fold(option.label)}:
            return option.key
    raise ValueError(_("“%(value)s” is none of the choices.") % {"value": str(value)[:60]})


def _choices(definition: Definition, value: Any) -> tuple[str, ...] | None:
    parts = value if isinstance(value, list | tuple) else [value]
    chosen = {_choice(definition, part) for part in parts}
    return tuple(option.key for option in definition.options if option.key in chosen) or None


def _key(definition: Definition, value: Any) -> int:
    key = getattr(value, "pk", value)
    text = str(key).strip()
    if isinstance(key, bool) or not (text.isascii() and text.isdecimal()) or not 0 < int(text) < _KEY_AT_MOST:
        raise ValueError(_("Choose one of the listed records."))
    return int(text)


def _stored_bool(kept: Any) -> bool:
    if not isinstance(kept, bool):
        raise TypeError(kept)
    return kept


def _stored_keys(kept: Any) -> tuple[str, ...]:
    if not isinstance(kept, list):
        raise TypeError(kept)
    return tuple(map(str, kept))


_CHECKS: dict[Kind, Callable[[Definition, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.WHOLE: _whole,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.PERSON: _key,
    Kind.RECORD: _key,
}
_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.WHOLE: int,
    Kind.DECIMAL: Decimal,
    Kind.MONEY: Decimal,
    Kind.DATE: dt.date.fromisoformat,
    Kind.TIME: dt.time.fromisoformat,
    Kind.YES_NO: _stored_bool,
    Kind.CHOICES: _stored_keys,
    Kind.PERSON: int,
    Kind.RECORD: int,
}
