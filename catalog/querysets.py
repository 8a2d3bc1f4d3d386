"""Which products and price lists can be used in something new."""

import datetime as dt
from typing import Any, Self

from django.db.models import Manager, Q

from crm.users.access import OrganisationQuerySet
from crm.users.models import LiveManager


def valid_on(day: dt.date) -> Q:
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class ProductQuerySet(OrganisationQuerySet[Any]):
    def sellable_on(self, day: dt.date) -> Self:
        """Products that may be put on a new line that day."""
        return self.filter(valid_on(day), state="active", kind="product")


class PriceListQuerySet(OrganisationQuerySet[Any]):
    def usable_on(self, day: dt.date) -> Self:
        return self.filter(valid_on(day), state="active")


ProductManager = Manager.from_queryset(ProductQuerySet)
LiveProductManager = LiveManager.from_queryset(ProductQuerySet)
PriceListManager = Manager.from_queryset(PriceListQuerySet)
LivePriceListManager = LiveManager.from_queryset(PriceListQuerySet)
