"""Money arithmetic: the one place that rounds an amount.

Amounts are `Decimal` from input to print. Everything here is pure: no model, no clock, no setting.
`digits` is always the number of decimals of the currency (JPY 0, EUR 2, KWD 3), a column of its table.
"""

import copy
from collections.abc import Sequence
from contextlib import AbstractContextManager
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern, format_currency, get_currency_precision

# Stored with every document, so that a later change of the method leaves old documents explainable.
ROUNDING_METHOD = "half-up/1"
PRICE_DIGITS = 5  # decimals of a price per unit, of a volume discount per unit and of a quantity
ZERO = Decimal(0)
HUNDRED = Decimal(100)

# Wide enough that no product or quotient of stored columns is rounded before round_money sees it.
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


def exact_arithmetic() -> AbstractContextManager[Context]:
    """A decimal context of 100 digits for formulas whose result goes to `round_money`."""
    return localcontext(_EXACT)


def round_money(amount: Decimal, digits: int) -> Decimal:
    """Half up, meaning away from zero, so that a credit note mirrors its invoice; never minus zero.

    Raises ValueError for NaN and infinity.
    """
    if not amount.is_finite():
        raise ValueError(f"{amount} is no amount of money")
    rounded = amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=_EXACT)
    return rounded if rounded else rounded.copy_abs()


type Direction = Literal["up", "down", "nearest"]
_DIRECTIONS = {"up": ROUND_CEILING, "down": ROUND_FLOOR, "nearest": ROUND_HALF_UP}


def round_to_grid(amount: Decimal, *, step: Decimal, offset: Decimal, direction: Direction) -> Decimal:
    """The next amount of the form `offset` + n steps, n = 0, 1, 2, ...; halfway goes up.

    Raises ValueError for a step that is not positive, and where nothing of that form lies below.
    """
    if step <= 0:
        raise ValueError(f"a step is more than 0, not {step}")
    with exact_arithmetic():
        steps = ((amount - offset) / step).to_integral_value(rounding=_DIRECTIONS[direction])
        if steps < 0 and direction == "down":
            raise ValueError(f"{amount} lies below {offset}")
        return offset + max(steps, ZERO) * step


def to_base(amount: Decimal, rate: Decimal, digits: int) -> Decimal:
    """The amount in the base currency; `rate` is units of the amount's currency per one base unit."""
    if not rate.is_finite() or rate <= 0:
        raise ValueError(f"an exchange rate is more than 0, not {rate}")
    with exact_arithmetic():
        return round_money(amount / rate, digits)


def spread(total: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """Divide a rounded total in proportion to the weights, by largest remainder; the sum is the total.

    The member that stands earlier wins a tie, so the caller sorts. Negating the total negates every
    share; negating all weights changes nothing. Weights may have both signs; where they cancel out,
    their sizes count, and where all are zero the shares are equal. Raises ValueError for a total with
    more decimals than `digits` and for a total without anybody to bear it.
    """
    units = _minor_units(total, digits)
    if not weights:
        if units:
            raise ValueError("nothing to spread the amount over")
        return []
    shares = _largest_remainder(abs(units), _proportions(weights))
    sign = -1 if units < 0 else 1
    return [Decimal(sign * share).scaleb(-digits, context=_EXACT) for share in shares]


def _minor_units(total: Decimal, digits: int) -> int:
    scaled = total.scaleb(digits, context=_EXACT)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{total} has more than {digits} decimals")
    return int(scaled)


def _proportions(weights: Sequence[Decimal]) -> list[int]:
    """The weights as whole numbers with a positive sum: remainders are compared without any rounding."""
    exponent = min(int(weight.as_tuple().exponent) for weight in weights)
    whole = [int(weight.scaleb(-exponent, context=_EXACT)) for weight in weights]
    if not sum(whole):
        whole = [abs(weight) for weight in whole]
    if not any(whole):
        whole = [1] * len(whole)
    return whole if sum(whole) > 0 else [-weight for weight in whole]


def _largest_remainder(units: int, proportions: list[int]) -> list[int]:
    base = sum(proportions)
    quotas = [divmod(units * proportion, base) for proportion in proportions]
    shares = [quotient for quotient, _ in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda place: -quotas[place][1])
    for place in by_remainder[: units - sum(shares)]:
        shares[place] += 1
    return shares


def currency_digits(currency: str) -> int:
    """The decimals that ISO 4217 gives a currency code: the default when a currency is added."""
    return get_currency_precision(currency)


def format_money(amount: Decimal, currency: str, locale: str, *, digits: int | None = None) -> str:
    """An amount for people, with the currency's sign; `locale` is a language code such as `en-us`."""
    digits = currency_digits(currency) if digits is None else digits
    return _format(round_money(amount, digits), currency, locale, (digits, digits))


def format_price(price: Decimal, currency: str, locale: str, *, digits: int | None = None) -> str:
    """A price per unit for people: at least the currency's decimals, at most five."""
    digits = currency_digits(currency) if digits is None else digits
    return _format(round_money(price, PRICE_DIGITS), currency, locale, (digits, PRICE_DIGITS))


def _format(amount: Decimal, currency: str, locale: str, decimals: tuple[int, int]) -> str:
    with exact_arithmetic():
        return format_currency(
            amount, currency, _pattern(locale, decimals), locale=_locale(locale), currency_digits=False
        )


@lru_cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache
def _pattern(language: str, decimals: tuple[int, int]) -> NumberPattern:
    # The digits of a currency are the organisation's to set, so they replace those of the pattern.
    pattern: NumberPattern = copy.copy(_locale(language).currency_formats["standard"])
    pattern.frac_prec = decimals
    return pattern
