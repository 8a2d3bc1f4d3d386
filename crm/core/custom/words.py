"""Stored values of added fields in the words of the reader."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.access import Pair
from crm.core.custom.definitions import Definition
from crm.core.custom.values import from_json
from crm.core.fields import Kind
from crm.core.money import currency_digits

_LEADING = frozenset({Kind.PERSON, Kind.RECORD})


def pair_of(definition: Definition, kept: Any) -> Pair | None:
    """The person or record that a stored value stands for."""
    key = from_json(definition.kind, kept) if definition.kind in _LEADING else None
    if key is None:
        return None
    return (definition.related or get_user_model(), key)


def words(definition: Definition, kept: Any) -> str:
    """A stored value in the words of the reader; people and records are named by whoever reads the names."""
    value = from_json(definition.kind, kept)
    if value is None:
        return "" if kept is None else str(kept)
    labels: dict[Any, str] = dict(definition.choices)
    if isinstance(value, tuple):
        return ", ".join(labels.get(key, str(key)) for key in value)
    return _plain(definition.kind, labels.get(value, value))


def _plain(kind: Kind, value: Any) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case dt.date():
            return shown.day(value)
        case dt.time():
            return value.strftime("%H:%M:%S" if value.second else "%H:%M")
        case Decimal() | int():
            return money(value) if kind is Kind.MONEY else _number(Decimal(value))
    return str(value)


def money(value: Decimal | int, currency: str = "") -> str:
    """With the decimals of the currency, and with all that were typed."""
    digits = max(_places(Decimal(value)), currency_digits(currency) if currency else 2)
    return shown.money(value, currency, digits=digits)


def _number(value: Decimal) -> str:
    return shown.number(value, _places(value))


def _places(value: Decimal) -> int:
    return len(f"{value:f}".partition(".")[2])
