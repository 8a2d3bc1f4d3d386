"""Products by the number or the name that somebody typed, for many rows at once."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from catalog.models import Product
from crm.core.folding import fold, storable
from crm.core.models import Organisation
from crm.core.record_names import RecordNameField

_NAMED = 5
_BEGINNINGS = 20


def sellable(actor: Any) -> Any:
    """Products that the actor sees and that may be put on a new line today."""
    return Product.objects.visible_to(actor).sellable_on(Organisation.load().today(timezone.now()))


class ProductNames:
    """Read once for all texts with two queries; `find` answers for one text and raises ValidationError."""

    def __init__(self, texts: Iterable[str], actor: Any) -> None:
        wanted = {text for raw in texts if (text := _plain(raw))}
        self._by_number: dict[str, Any] = {}
        self._by_name: list[Any] = []
        if wanted:
            self._read_numbers(wanted, actor)
            if unknown := [text for text in wanted if text.upper() not in self._by_number]:
                self._read_names(unknown, actor)

    def _read_numbers(self, texts: set[str], actor: Any) -> None:
        """A number also finds what is sold no longer: the service then says why it cannot be chosen."""
        rows = Product.objects.visible_to(actor).annotate(upper_number=Upper("number"))
        for product in rows.filter(upper_number__in={text.upper() for text in texts}):
            self._by_number[product.upper_number] = product

    def _read_names(self, texts: Sequence[str], actor: Any) -> None:
        keys = [key for text in texts if (key := fold(text))]
        # A long paste gives whole names; beginnings are a convenience for the few that are typed.
        beginnings = [Q(sort_key__startswith=key) for key in keys[:_BEGINNINGS]]
        named = reduce(or_, beginnings, Q(sort_key__in=keys))
        self._by_name = list(sellable(actor).filter(named).order_by("sort_key", "pk")[: len(keys) + 200])

    def find(self, raw: str) -> Any:
        text = _plain(raw)
        if text.upper() in self._by_number:
            return self._by_number[text.upper()]
        key = fold(text)
        exact = [product for product in self._by_name if key and product.sort_key == key]
        found = exact or [product for product in self._by_name if key and product.sort_key.startswith(key)]
        if len(found) == 1:
            return found[0]
        names = ", ".join(f"{product.number} {product.name}" for product in found[:_NAMED])
        code = "several" if found else "unknown" if text else "required"
        message = RecordNameField(Product.objects.none()).error_messages[code]
        raise ValidationError(message, code, params={"text": text[:100], "names": names})


def _plain(text: str) -> str:
    return storable(text).strip()
