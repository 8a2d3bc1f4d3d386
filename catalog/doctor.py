"""What products, price lists and competitors are sorted and found by."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import Competitor, PriceList, Product
from crm.core.folding import fold
from crm.core.invariants import Check, register_check, stale_columns


def _stale() -> Iterator[str]:
    for model in (Competitor, PriceList, Product):
        yield from stale_columns(model, ["name"], ["sort_key"], _settle)


def _settle(record: Any) -> None:
    record.sort_key = fold(record.name)


def register() -> None:
    register_check(
        Check(name="catalog.keys", sentence=_("Records that are found by an old name."), find=_stale),
    )
