"""What a row of the grid may do to a line, and what it may not."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from catalog.models import Product, TaxRate, Unit
from crm.core.actors import Actor
from crm.core.custom.writing import VALUES, set_custom
from crm.core.errors import Conflict, Invalid
from crm.core.money import ZERO
from crm.users.access import may
from sales.models import LineKind
from sales.services.documents import InvalidLine, Sheet
from sales.services.headers import acting_user

if TYPE_CHECKING:
    from sales.services.lines import LineRow

OVERRIDE_PRICE, RETURN_LINES = "sales.override_price", "sales.return_lines"
_TYPED = (
    "name",
    "description",
    "price_quantity",
    "discount_amount",
    "discount_percent",
    "charge_amount",
    "charge_percent",
)
# What a line of an order's invoice may not change: the order governs it.
_FROM_THE_ORDER = ("product_id", "unit_id", "price_quantity", "discount_amount", "discount_percent", "charge_amount")


def _is_in_use(line: Any) -> bool:
    """Is part of this line of an order delivered or invoiced?"""
    return bool(getattr(line, "quantity_invoiced", ZERO) or getattr(line, "quantity_delivered", ZERO))


class LineEditor:
    """Applies rows to the lines of one sheet; look-ups are read once for all rows."""

    def __init__(self, sheet: Sheet, actor: Actor) -> None:
        self.sheet, self.actor = sheet, actor
        self.line_model = sheet.document.line_model()
        self.products: dict[int, Product] = {}
        self.units: dict[int, Unit] = {}
        self.taxes: dict[int, TaxRate] = {}
        self.sellable: set[int] = set()

    def load(self, rows: Sequence["LineRow"]) -> None:
        wanted = {row.product_id for row in rows if row.product_id}
        visible = Product.objects.visible_to(self.actor).filter(pk__in=wanted)
        of_lines = {line.product_id: line.product for line in self.sheet.lines if line.product_id in wanted}
        self.products = of_lines | {
            product.pk: product for product in visible.select_related("tax_rate", "default_unit")
        }
        self.sellable = set(visible.sellable_on(self.sheet.today).values_list("pk", flat=True)) if wanted else set()
        self.units = Unit.objects.in_bulk({row.unit_id for row in rows if row.unit_id})
        self.taxes = TaxRate.objects.in_bulk({row.tax_rate_id for row in rows if row.tax_rate_id})

    def remove(self, line_ids: Iterable[int]) -> None:
        gone = {line.pk: line for line in self.sheet.lines if line.pk in set(line_ids)}
        for line in gone.values():
            if _is_in_use(line):
                raise Conflict(
                    _("“%(line)s” is already delivered or invoiced, so it stays on the order.") % {"line": line}
                )
        self.sheet.removed += gone
        self.sheet.lines = [line for line in self.sheet.lines if line.pk not in gone]

    def apply(self, row: "LineRow", line: Any, position: int) -> Any:
        """The line with what the row says; a new one without `line`."""
        if line is None:
            line = self.line_model(document=self.sheet.document, quantity=ZERO)
        if getattr(line, "order_line_id", None):
            self._check_follows_order(row, line, position)
        if _is_in_use(line):
            self._check_sells_the_same(row, line, position)
        self._set_what_is_sold(row, line, position)
        self._set_quantity(row, line, position)
        for name in _TYPED:
            if name != "name" or line.kind != LineKind.PRODUCT:
                setattr(line, name, getattr(row, name))
        self._set_price(row, line, position)
        self._set_tax(row, line, position)
        self._set_added(row, line, position)
        if line.kind != LineKind.PRODUCT and not (line.name or line.description):
            raise InvalidLine(_("Enter what this line is for."), position=position, field="name")
        return line

    def _set_added(self, row: "LineRow", line: Any, position: int) -> None:
        try:
            set_custom(line, {VALUES: row.custom}, self.actor)
        except Invalid as refusal:
            raise InvalidLine(refusal.sentence, position=position, field=refusal.field) from refusal

    def _check_follows_order(self, row: "LineRow", line: Any, position: int) -> None:
        changed = [name for name in _FROM_THE_ORDER if getattr(row, name) != getattr(line, name)]
        other_price = row.price_per_unit is not None and row.price_per_unit != line.price_per_unit
        if changed or other_price or row.kind != line.kind:
            raise InvalidLine(
                _("This line comes from the order. Here only its quantity changes; change the rest on the order."),
                position=position,
                field=changed[0].removesuffix("_id") if changed else "price_per_unit",
            )

    def _check_sells_the_same(self, row: "LineRow", line: Any, position: int) -> None:
        if (row.kind, row.product_id, row.unit_id or line.unit_id) != (line.kind, line.product_id, line.unit_id):
            raise InvalidLine(
                _("“%(line)s” is already delivered or invoiced. Put anything else on a line of its own.")
                % {"line": line},
                position=position,
                field="product",
            )

    def _set_what_is_sold(self, row: "LineRow", line: Any, position: int) -> None:
        if row.kind not in LineKind.values:
            raise InvalidLine(_("Choose one of the kinds of line."), position=position, field="kind")
        line.kind = row.kind
        if row.kind != LineKind.PRODUCT:
            line.product, line.product_number = None, ""
            line.unit = self.units.get(row.unit_id or 0)
            line.unit_name = line.unit.name if line.unit else ""
            return
        product = self._product(row, line, position)
        unit = self._unit(row, product, position)
        if line.product_id != product.pk or line.unit_id != unit.pk:
            # Another thing is sold: the price of the old one says nothing about it.
            line.price_trace, line.is_price_overridden, line.price_overridden_by = {}, False, None
            if line.product_id != product.pk and row.tax_rate_id is None:
                line.tax_rate = product.tax_rate
        line.product, line.product_number, line.name = product, product.number, product.name
        line.unit, line.unit_name = unit, unit.name

    def _product(self, row: "LineRow", line: Any, position: int) -> Product:
        product = self.products.get(row.product_id or 0)
        if product is None:
            raise InvalidLine(_("Choose a product, or make this a write-in line."), position=position, field="product")
        if line.product_id != product.pk and product.pk not in self.sellable:
            raise InvalidLine(
                _("%(product)s is not sold today: it is not active or not valid. Choose another product.")
                % {"product": product},
                position=position,
                field="product",
            )
        return product

    def _unit(self, row: "LineRow", product: Product, position: int) -> Unit:
        unit = self.units.get(row.unit_id or 0) if row.unit_id else product.default_unit
        if unit is None or unit.group_id != product.unit_group_id:
            raise InvalidLine(
                _("%(product)s is not sold in this unit. Choose one of its unit group.") % {"product": product},
                position=position,
                field="unit",
            )
        return unit

    def _set_quantity(self, row: "LineRow", line: Any, position: int) -> None:
        if line.kind in (LineKind.SECTION, LineKind.NOTE):
            line.quantity = ZERO
            return
        if row.quantity == line.quantity:
            return
        if row.quantity < 0 and not may(self.actor, RETURN_LINES):
            raise InvalidLine(
                _("A negative quantity is a return, for which you lack the right. Enter a positive quantity."),
                position=position,
                field="quantity",
            )
        self._check_decimals(row.quantity, line, position)
        self._check_order_quantity(row.quantity, line, position)
        line.quantity = row.quantity

    def _check_decimals(self, quantity: Decimal, line: Any, position: int) -> None:
        decimals = line.product.decimals if line.product else 5
        if quantity != round(quantity, decimals):
            raise InvalidLine(
                _("The quantity has more decimals than the %(decimals)d with which this is sold.")
                % {"decimals": decimals},
                position=position,
                field="quantity",
            )

    def _check_order_quantity(self, quantity: Decimal, line: Any, position: int) -> None:
        fixed = max(abs(getattr(line, "quantity_invoiced", ZERO)), abs(getattr(line, "quantity_delivered", ZERO)))
        if fixed and abs(quantity) < fixed + abs(line.quantity_canceled):
            raise InvalidLine(
                _("%(fixed)s is already delivered or invoiced. Enter at least that.") % {"fixed": fixed.normalize()},
                position=position,
                field="quantity",
            )

    def _set_price(self, row: "LineRow", line: Any, position: int) -> None:
        if line.kind in (LineKind.SECTION, LineKind.NOTE):
            line.price_per_unit = ZERO
        elif line.kind == LineKind.WRITE_IN:
            price = ZERO if row.price_per_unit is None else row.price_per_unit
            self._type_price(line, price, position)
        elif row.price_per_unit is None:
            if line.is_price_overridden:
                line.price_trace = {}
            line.is_price_overridden, line.price_overridden_by = False, None
        elif line.pk is None or row.price_per_unit != line.price_per_unit:
            self._check_may_override(position)
            line.is_price_overridden = True
            self._type_price(line, row.price_per_unit, position)

    def _check_may_override(self, position: int) -> None:
        if not may(self.actor, OVERRIDE_PRICE):
            raise InvalidLine(
                _("You lack the right to type a price. Leave it empty to take the list's."),
                position=position,
                field="price_per_unit",
            )

    def _type_price(self, line: Any, price: Decimal, position: int) -> None:
        if price < 0:
            raise InvalidLine(
                _("A price is not negative. For a return, make the quantity negative."),
                position=position,
                field="price_per_unit",
            )
        if price != line.price_per_unit or not line.price_trace:
            line.price_per_unit, line.price_trace = price, {}
            line.price_overridden_by = acting_user(self.actor)

    def _set_tax(self, row: "LineRow", line: Any, position: int) -> None:
        if not line.is_sold:
            line.tax_rate, line.tax_category, line.tax_percent = None, "", ZERO
        elif row.tax_rate_id is not None:
            rate = self.taxes.get(row.tax_rate_id)
            if rate is None:
                raise InvalidLine(_("Choose one of the listed taxes."), position=position, field="tax_rate")
            line.tax_rate = rate
