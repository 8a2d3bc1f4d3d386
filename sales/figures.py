"""What goes into the totals of a document and what comes out: frozen, without behaviour.

Amounts are `Decimal` in the document's currency. On a gross document every amount that goes in is
gross, and so is every amount that comes out, except `taxable`, `tax` and `tax_exclusive_amount`.
Amounts carry their sign: a line of negative quantity has a negative discount, as its credit note has.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from crm.core.money import ROUNDING_METHOD, ZERO

ONE = Decimal(1)

# EN 16931 (UNCL 5305): standard, zero rated, exempt, reverse charge, intra-community, export, outside tax.
TAX_CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O")
OUTSIDE_TAX = "O"


class TotalsErrorCode(StrEnum):
    """Why a document has no totals; stored and compared, while people read the sentence."""

    NOT_A_NUMBER = "not a number"
    NUMBER_TOO_LARGE = "number too large"
    NEGATIVE_PRICE = "negative price"
    PRICE_QUANTITY = "price quantity not positive"
    VOLUME_DISCOUNT = "volume discount out of range"
    PERCENTAGE = "percentage out of range"
    GIVEN_TWICE = "amount and percentage"
    DISCOUNT_TOO_LARGE = "discount too large"
    WRONG_SIGN = "wrong sign"
    MISSING_TAX = "missing tax"
    UNKNOWN_TAX = "unknown tax category"
    TAX_RATE = "tax rate out of range"
    MIXED_TAX = "category O mixed"
    MORE_THAN_ORDERED = "more than ordered"


class TotalsError(ValueError):
    """A document that cannot be added up.

    `sentence` is for people and says how to repair it; `line_key` is the key of the line at fault, or
    None for the header; `field` is the name of the input at fault.
    """

    def __init__(self, code: TotalsErrorCode, sentence: str, *, field: str = "", line_key: Hashable = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field
        self.line_key = line_key


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFigures:
    """The rounded figures of one line; `net_amount` = base - discount + charge."""

    base_amount: Decimal
    discount: Decimal = ZERO
    charge: Decimal = ZERO
    net_amount: Decimal
    document_discount_share: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """One line. `price_per_unit` and `volume_discount` apply per `price_quantity` units.

    Discount and charge are an amount or a percentage (0 to 100) of the base amount, never both.
    `figures` replaces the computation: a partial invoice brings its cumulative shares with it.
    """

    key: Hashable
    quantity: Decimal
    price_per_unit: Decimal
    tax_category: str
    tax_rate: Decimal = ZERO
    price_quantity: Decimal = ONE
    volume_discount: Decimal = ZERO
    discount_amount: Decimal = ZERO
    discount_percent: Decimal | None = None
    charge_amount: Decimal = ZERO
    charge_percent: Decimal | None = None
    figures: LineFigures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCharge:
    """A charge or discount of the whole document, positive either way: the list it stands in decides.

    Without a tax category it is spread over the (category, rate) groups of the lines.
    """

    amount: Decimal
    tax_category: str | None = None
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInput:
    """A document. `digits` are the decimals of its currency; `discount_percent` is 0 to 100.

    `discount_per_unit` and `charge_per_unit`: a line's typed amount counts once per unit of quantity.
    """

    lines: tuple[LineInput, ...]
    digits: int
    prices_include_tax: bool = False
    discount_per_unit: bool = False
    charge_per_unit: bool = False
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    discounts: tuple[DocumentCharge, ...] = ()
    charges: tuple[DocumentCharge, ...] = ()
    freight_amount: Decimal = ZERO
    freight_tax_category: str | None = None
    freight_tax_rate: Decimal | None = None
    prepaid: Decimal = ZERO
    rounding_amount: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTotals:
    """One line, in the order of the input.

    `document_discount_share` is for display and partial invoices: `net_amount` stands before it.
    `tax_exclusive_amount` equals `net_amount` unless the document is gross.
    """

    key: Hashable
    base_amount: Decimal
    discount: Decimal
    charge: Decimal
    net_amount: Decimal
    document_discount_share: Decimal
    tax_category: str
    tax_rate: Decimal
    tax_exclusive_amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """The tax of one (category, rate), the rate in percent."""

    category: str
    rate: Decimal
    taxable: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTotals:
    """All figures of a document, rounded to its currency.

    `discount_total` is the header discount (percentage and amount, or the lines' fixed shares of it),
    `document_discount_amount` the listed discounts; `line_discount_total` leaves volume discounts out.
    """

    lines: tuple[LineTotals, ...]
    detail_amount: Decimal
    line_discount_total: Decimal
    discount_total: Decimal
    pre_freight_amount: Decimal
    document_discount_amount: Decimal
    charge_amount: Decimal
    freight_amount: Decimal
    tax_rows: tuple[TaxRow, ...]
    taxable: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    payable_amount: Decimal
    method: str = ROUNDING_METHOD
