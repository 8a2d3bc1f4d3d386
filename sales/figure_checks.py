"""What a document may not contain: every refusal of the totals, with a sentence that says the repair."""

from collections.abc import Hashable
from decimal import Decimal

from django.utils.translation import gettext as _

from crm.core.money import HUNDRED, ZERO
from sales.figures import (
    OUTSIDE_TAX,
    TAX_CATEGORIES,
    DocumentCharge,
    DocumentInput,
    LineFigures,
    LineInput,
    TotalsError,
    TotalsErrorCode,
)

# Quantities and prices stay below this, so that every formula fits the 100 digits of exact arithmetic.
LIMIT = Decimal(10) ** 15

LINE_NUMBERS = (
    "quantity",
    "price_per_unit",
    "price_quantity",
    "volume_discount",
    "discount_amount",
    "discount_percent",
    "charge_amount",
    "charge_percent",
    "tax_rate",
)
HEADER_NUMBERS = (
    "discount_percent",
    "discount_amount",
    "freight_amount",
    "freight_tax_rate",
    "prepaid",
    "rounding_amount",
)


def check_document(document: DocumentInput) -> None:
    """Refuse what can be seen before anything is computed. Raises TotalsError."""
    for field in HEADER_NUMBERS:
        _check_number(getattr(document, field), field)
    _check_percentage(document.discount_percent, "discount_percent", None)
    for line in document.lines:
        _check_line(line)
    for field, listed in (("discounts", document.discounts), ("charges", document.charges)):
        for charge in listed:
            _check_listed(charge, field)
    if document.freight_amount:
        check_tax(document.freight_tax_category, document.freight_tax_rate, "freight_tax_category")
    _check_outside_tax_stands_alone(document)


def _check_line(line: LineInput) -> None:
    for field in LINE_NUMBERS:
        _check_number(getattr(line, field), field, line.key)
    _check_price(line)
    for kind, amount, percent in (
        ("discount", line.discount_amount, line.discount_percent),
        ("charge", line.charge_amount, line.charge_percent),
    ):
        _check_percentage(percent, f"{kind}_percent", line.key)
        if amount and percent:
            raise TotalsError(
                TotalsErrorCode.GIVEN_TWICE,
                _("Give either an amount or a percentage, not both."),
                field=f"{kind}_amount",
                line_key=line.key,
            )
    check_tax(line.tax_category, line.tax_rate, "tax_category", line.key)


def _check_price(line: LineInput) -> None:
    if line.price_per_unit < 0:
        raise TotalsError(
            TotalsErrorCode.NEGATIVE_PRICE,
            _("A price is not negative. For a return, make the quantity negative."),
            field="price_per_unit",
            line_key=line.key,
        )
    if line.price_quantity <= 0:
        raise TotalsError(
            TotalsErrorCode.PRICE_QUANTITY,
            _("The price applies to a number of units that is more than 0."),
            field="price_quantity",
            line_key=line.key,
        )
    if not 0 <= line.volume_discount <= line.price_per_unit:
        raise TotalsError(
            TotalsErrorCode.VOLUME_DISCOUNT,
            _("The volume discount lies between 0 and the price per unit."),
            field="volume_discount",
            line_key=line.key,
        )


def _check_listed(charge: DocumentCharge, field: str) -> None:
    _check_number(charge.amount, field)
    _check_number(charge.tax_rate, field)
    if charge.tax_category is not None:
        check_tax(charge.tax_category, charge.tax_rate, field)


def _check_number(value: Decimal | None, field: str, line_key: Hashable = None) -> None:
    if value is None:
        return
    if not isinstance(value, Decimal):
        raise TypeError(f"{field} is a Decimal, not {type(value).__name__}")
    if not value.is_finite():
        raise TotalsError(TotalsErrorCode.NOT_A_NUMBER, _("Enter a number."), field=field, line_key=line_key)
    if abs(value) >= LIMIT:
        raise TotalsError(
            TotalsErrorCode.NUMBER_TOO_LARGE,
            _("This number is too large. Enter at most 15 digits before the point."),
            field=field,
            line_key=line_key,
        )


def _check_percentage(percent: Decimal | None, field: str, line_key: Hashable) -> None:
    if percent is not None and not 0 <= percent <= HUNDRED:
        raise TotalsError(
            TotalsErrorCode.PERCENTAGE,
            _("A percentage lies between 0 and 100."),
            field=field,
            line_key=line_key,
        )


def check_tax(category: str | None, rate: Decimal | None, field: str, line_key: Hashable = None) -> tuple[str, Decimal]:
    """The (category, rate) that a line, charge or freight is taxed with. Raises TotalsError."""
    if category is None or (rate is None and category == "S"):
        raise TotalsError(TotalsErrorCode.MISSING_TAX, _("Choose a tax."), field=field, line_key=line_key)
    if category not in TAX_CATEGORIES:
        raise TotalsError(
            TotalsErrorCode.UNKNOWN_TAX,
            _("The tax category %(category)s is not known. Choose one of %(known)s.")
            % {"category": category, "known": ", ".join(TAX_CATEGORIES)},
            field=field,
            line_key=line_key,
        )
    rate = ZERO if rate is None else rate
    if not 0 <= rate <= (HUNDRED if category == "S" else ZERO):
        raise TotalsError(
            TotalsErrorCode.TAX_RATE,
            _("Category S has a rate between 0 and 100 %, every other tax category the rate 0."),
            field=field,
            line_key=line_key,
        )
    return category, rate


def _check_outside_tax_stands_alone(document: DocumentInput) -> None:
    categories = {line.tax_category for line in document.lines}
    categories |= {
        charge.tax_category
        for charge in (*document.discounts, *document.charges)
        if charge.amount and charge.tax_category is not None
    }
    if document.freight_amount and document.freight_tax_category is not None:
        categories.add(document.freight_tax_category)
    if OUTSIDE_TAX in categories and len(categories) > 1:
        at_fault = next((line.key for line in document.lines if line.tax_category == OUTSIDE_TAX), None)
        raise TotalsError(
            TotalsErrorCode.MIXED_TAX,
            _(
                "Tax category O (not subject to tax) stands alone on a document. Give it to every line, "
                "charge and the freight, or to none."
            ),
            field="tax_category",
            line_key=at_fault,
        )


def check_line_figures(line: LineInput, figures: LineFigures) -> None:
    """A discount never exceeds the base amount; a charge is no discount in disguise."""
    _check_discount(figures.discount, figures.base_amount, "discount_amount", line.key)
    if line.quantity > 0:
        _check_charge(figures.charge, "charge_amount", line.key)


def check_adjustments(document: DocumentInput, detail: Decimal, header: Decimal, fixed: Decimal) -> None:
    """Neither one discount nor all together exceed the positive detail. Raises TotalsError.

    `header` is the header discount; `fixed` are the lines' shares of an earlier document's discount,
    which may exceed a small line by a cent of rounding and are never refused on their own.
    """
    amounts = [discount.amount for discount in document.discounts]
    _check_discount(document.discount_amount, detail, "discount_amount")
    for amount in amounts:
        _check_discount(amount, detail, "discounts")
    if header or any(amounts):
        _check_discount(header + fixed + sum(amounts, ZERO), detail, "discount_amount")
    if detail > 0:
        for charge in document.charges:
            _check_charge(charge.amount, "charges")
        _check_charge(document.freight_amount, "freight_amount")


def _check_discount(discount: Decimal, limit: Decimal, field: str, line_key: Hashable = None) -> None:
    sign = -1 if limit < 0 else 1
    if discount * sign < 0:
        raise TotalsError(
            TotalsErrorCode.WRONG_SIGN,
            _("A discount has the same sign as the amount that it reduces. Use a charge to add something."),
            field=field,
            line_key=line_key,
        )
    if discount * sign > limit * sign:
        raise TotalsError(
            TotalsErrorCode.DISCOUNT_TOO_LARGE,
            _("The discount of %(discount)s is larger than the amount of %(limit)s. Lower the discount.")
            % {"discount": discount, "limit": limit},
            field=field,
            line_key=line_key,
        )


def _check_charge(charge: Decimal, field: str, line_key: Hashable = None) -> None:
    if charge < 0:
        raise TotalsError(
            TotalsErrorCode.WRONG_SIGN,
            _("A charge is not negative. Use a discount to take something off."),
            field=field,
            line_key=line_key,
        )
