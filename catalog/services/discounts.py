"""Volume discounts: the tiers of a list are written together, so that they are judged together."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from catalog.models import DiscountList, DiscountTier
from catalog.price_terms import DiscountKind
from crm.core.access import WRITE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Invalid
from crm.core.transactions import service

type Tier = tuple[Decimal, Decimal | None, Decimal]
"""From, to (both inclusive; None is open), and the discount."""


@service("discount_list.tiers_set")
def set_tiers(*, discount_list_id: int, tiers: Sequence[Tier], actor: Actor, at: dt.datetime) -> None:
    """Replace all tiers of the list."""
    discount_list = lock_for(DiscountList, discount_list_id, actor, WRITE)
    check_tiers(DiscountKind(discount_list.kind), tiers)
    discount_list.tiers.all().delete()
    DiscountTier.objects.bulk_create(
        DiscountTier(discount_list=discount_list, low=low, high=high, value=value) for low, high, value in tiers
    )


def check_tiers(kind: DiscountKind, tiers: Sequence[Tier]) -> None:
    """Raise `Invalid` for a tier that ends before it starts, discounts beyond 100 % or overlaps another."""
    for low, high, value in tiers:
        if high is not None and high < low:
            raise Invalid(_("A tier ends at or after its start."), field="high")
        if kind == DiscountKind.PERCENT and value > 100:
            raise Invalid(_("A discount is at most 100 percent."), field="value")
    for (_low, high, _value), (low, *_rest) in pairwise(sorted(tiers, key=lambda tier: tier[0])):
        if high is None or low <= high:
            raise Invalid(_("The quantities of two tiers overlap. Change where one starts or ends."), field="low")
