"""What the box for a product offers while somebody types: code, name, and what it costs on this document."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone

from catalog.pricing import PriceFound, find_price
from catalog.services.prices import PriceBook
from crm.core import format as shown
from crm.core.folding import fold, storable
from crm.core.models import Organisation
from sales.forms.line_products import sellable
from sales.models import PricedModel
from sales.models.columns import ONE

MOST_OFFERED = 12
_FROM_LETTERS = 2
_READ_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class OfferedProduct:
    """`price` is empty where the price list has none."""

    number: str
    name: str
    price: str
    unit: str


def found_products(document: PricedModel, text: str, actor: Any) -> list[OfferedProduct]:
    """Products that are sold today and begin with the text, then those that contain it. Nothing for one letter."""
    text = storable(text[:_READ_AT_MOST]).strip()
    key = fold(text)
    if len(text) < _FROM_LETTERS:
        return []
    begins = Q(number__istartswith=text) | (Q(sort_key__startswith=key) if key else Q())
    fits = begins | (Q(sort_key__contains=key) if key else Q())
    rank = Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = sellable(actor).select_related("default_unit").filter(fits).annotate(rank=rank)
    products = list(rows.order_by("rank", "sort_key", "pk")[:MOST_OFFERED])
    book = PriceBook.load(products, document.price_list) if products else None
    today = Organisation.load().today(timezone.now())
    return [
        OfferedProduct(one.number, one.name, _price(one, document, book, today), one.default_unit.name)
        for one in products
    ]


def _price(product: Any, document: PricedModel, book: Any, today: Any) -> str:
    found = find_price(
        book.request(
            product_id=product.pk,
            unit_id=product.default_unit_id,
            quantity=ONE,
            currency=document.currency.code,
            on=today,
            prices_include_tax=document.prices_include_tax,
        )
    )
    return shown.price(found.price_per_unit, document.currency.digits) if isinstance(found, PriceFound) else ""
