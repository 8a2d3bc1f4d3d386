"""Why a price is what it is: stored with the line, and told under "Why this price?"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args

from django.utils.translation import gettext as _

from catalog.price_terms import (
    PRICE_METHOD_LABELS,
    ROUNDING_POLICY_LABELS,
    DiscountKind,
    PriceMethod,
    RoundingOption,
    RoundingPolicy,
)
from crm.core.format import quantity
from crm.core.money import format_price

type _Money = Callable[[Decimal], str]


class PriceSource(StrEnum):
    """Where the price was found."""

    PRICE_LIST = "price list"
    DEFAULT_LIST = "default price list"
    TYPED = "typed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStep:
    """The price per unit of the item itself; `base` is the list price or cost that a percentage took."""

    price_list_id: int
    price_list_name: str
    item_id: int
    unit: str
    method: PriceMethod
    price: Decimal
    percentage: Decimal | None = None
    base: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundingStep:
    """A computed price before and after its rounding."""

    policy: RoundingPolicy
    option: RoundingOption
    amount: Decimal
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionStep:
    """The price of another unit of the group, by how many base units each holds."""

    from_unit: str
    from_factor: Decimal
    to_unit: str
    to_factor: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeStep:
    """The tier that the quantity, counted in the item's unit, falls into; `discount` is per unit sold."""

    discount_list_id: int
    discount_list_name: str
    kind: DiscountKind
    quantity: Decimal
    low: Decimal
    high: Decimal | None = None
    value: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideStep:
    """Somebody typed a price; `instead_of` is what would have been found, None for a write-in."""

    by_id: int
    by_name: str
    price: Decimal
    instead_of: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTrace:
    """All steps to a price per unit, in the order in which they were taken.

    `list_price` is the product's list price per unit sold, for showing beside the price.
    """

    source: PriceSource
    currency: str
    price_per_unit: Decimal
    list_price: Decimal | None = None
    item: ItemStep | None = None
    rounding: RoundingStep | None = None
    conversion: ConversionStep | None = None
    volume: VolumeStep | None = None
    inactive_discount_list: str | None = None
    override: OverrideStep | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready: decimals as strings, absent steps left out."""
        return _stored(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "PriceTrace":
        """The inverse of `as_dict`."""
        return _revived(cls, stored)

    def sentences(self, locale: str) -> list[str]:
        """One line per step, in the active language, amounts as people of the locale write them."""

        def money(amount: Decimal) -> str:
            return format_price(amount, self.currency, locale)

        lines = [
            *self._item_sentences(money),
            *self._volume_sentences(money),
            *self._override_sentences(money),
        ]
        if self.list_price is not None:
            lines.append(_("The list price is %(price)s.") % {"price": money(self.list_price)})
        return lines

    def _item_sentences(self, money: _Money) -> list[str]:
        if self.item is None:
            return []
        lines = [_item_sentence(self.item, money)]
        if self.source == PriceSource.DEFAULT_LIST:
            lines.insert(0, _("The document's price list has no price, so the product's default list counts."))
        if self.rounding is not None:
            lines.append(_rounding_sentence(self.rounding, money))
        if self.conversion is not None:
            lines.append(_conversion_sentence(self.conversion, money))
        return lines

    def _volume_sentences(self, money: _Money) -> list[str]:
        if self.inactive_discount_list is not None:
            name = self.inactive_discount_list
            return [_("The discount list %(name)s is inactive and does not apply.") % {"name": name}]
        return [] if self.volume is None else [_volume_sentence(self.volume, money)]

    def _override_sentences(self, money: _Money) -> list[str]:
        if self.override is None:
            return []
        price, by = money(self.override.price), self.override.by_name
        if self.override.instead_of is None:
            return [_("%(by)s typed the price %(price)s.") % {"by": by, "price": price}]
        instead_of = money(self.override.instead_of)
        return [
            _("%(by)s typed the price %(price)s instead of %(instead_of)s.")
            % {"by": by, "price": price, "instead_of": instead_of}
        ]


def _item_sentence(item: ItemStep, money: _Money) -> str:
    told = {"list": item.price_list_name, "unit": item.unit, "price": money(item.price)}
    if item.base is None or item.percentage is None:
        return _("The price list %(list)s has the price %(price)s per %(unit)s.") % told
    told |= {
        "method": str(PRICE_METHOD_LABELS[item.method]),
        "percentage": _plain(item.percentage),
        "base": money(item.base),
    }
    return _("The price list %(list)s computes: %(method)s, %(percentage)s %% on %(base)s per %(unit)s.") % told


def _rounding_sentence(step: RoundingStep, money: _Money) -> str:
    told = {
        "policy": str(ROUNDING_POLICY_LABELS[step.policy]),
        "amount": _plain(step.amount),
        "before": money(step.before),
        "after": money(step.after),
    }
    if step.option == RoundingOption.ENDS_IN:
        return _("%(policy)s to a price that ends in %(amount)s: from %(before)s to %(after)s.") % told
    return _("%(policy)s to a multiple of %(amount)s: from %(before)s to %(after)s.") % told


def _conversion_sentence(step: ConversionStep, money: _Money) -> str:
    return _(
        "Converted: %(from_unit)s holds %(from_factor)s base units and %(to_unit)s holds %(to_factor)s, "
        "which makes %(price)s per %(to_unit)s."
    ) % {
        "from_unit": step.from_unit,
        "from_factor": _plain(step.from_factor),
        "to_unit": step.to_unit,
        "to_factor": _plain(step.to_factor),
        "price": money(step.price),
    }


def _volume_sentence(step: VolumeStep, money: _Money) -> str:
    told = {
        "list": step.discount_list_name,
        "low": _plain(step.low),
        "high": "" if step.high is None else _plain(step.high),
        "discount": money(step.discount),
    }
    if step.high is None:
        return _("Volume discount %(list)s, from %(low)s on: %(discount)s off per unit.") % told
    return _("Volume discount %(list)s, from %(low)s to %(high)s: %(discount)s off per unit.") % told


def _plain(number: Decimal) -> str:
    return quantity(number)


def _stored(step: Any) -> dict[str, Any]:
    named = {field.name: getattr(step, field.name) for field in fields(step)}
    return {name: _as_json(value) for name, value in named.items() if value is not None}


def _as_json(value: Any) -> Any:
    if is_dataclass(value):
        return _stored(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, StrEnum) else value


def _revived[Step](kind: type[Step], stored: Mapping[str, Any]) -> Step:
    declared = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    return kind(**{name: _from_json(declared[name], value) for name, value in stored.items()})


def _from_json(declared: Any, value: Any) -> Any:
    """The value as its declared type, the first member of `Type | None`."""
    kind = (get_args(declared) or (declared,))[0]
    return _revived(kind, value) if isinstance(kind, type) and is_dataclass(kind) else kind(value)
