"""The columns that amounts, prices, quantities and percentages have everywhere."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

ZERO = Decimal(0)
ONE = Decimal(1)

_PERCENT = [MinValueValidator(0), MaxValueValidator(100)]

type _Decimal = "models.DecimalField[Any, Any]"


def figure(label: Any) -> _Decimal:
    """An amount of money that the product computes."""
    return models.DecimalField(label, max_digits=19, decimal_places=4, default=ZERO, editable=False)


def base_figure(label: Any) -> _Decimal:
    """An amount in the organisation's base currency; None while no exchange rate is known."""
    return models.DecimalField(label, max_digits=19, decimal_places=4, null=True, editable=False)


def typed_amount(label: Any) -> _Decimal:
    """An amount of money that a person types; 0 when left empty."""
    return models.DecimalField(
        label, max_digits=19, decimal_places=4, default=ZERO, blank=True, validators=[MinValueValidator(0)]
    )


def optional_amount(label: Any) -> _Decimal:
    return models.DecimalField(
        label, max_digits=19, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )


def percentage(label: Any) -> _Decimal:
    """0 to 100."""
    return models.DecimalField(label, max_digits=6, decimal_places=3, default=ZERO, blank=True, validators=_PERCENT)


def optional_percentage(label: Any) -> _Decimal:
    return models.DecimalField(label, max_digits=6, decimal_places=3, null=True, blank=True, validators=_PERCENT)


def unit_price(label: Any) -> _Decimal:
    return models.DecimalField(
        label, max_digits=20, decimal_places=5, default=ZERO, blank=True, validators=[MinValueValidator(0)]
    )


def units(label: Any, default: Decimal = ZERO) -> _Decimal:
    """May be negative: a return."""
    return models.DecimalField(label, max_digits=16, decimal_places=5, default=default)
