"""Records in an order that counts, such as rules of which the first that fits is taken: one is put beside another."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.actors import Actor
from crm.core.errors import NotFound
from crm.core.transactions import service

STEP = 10
"""Between two positions, so that one can be typed between them."""


@service("record.moved")
def put_before(
    *,
    model: type[models.Model],
    key: int,
    following: int | None,
    among: Mapping[str, Any],
    actor: Actor,
    at: dt.datetime,
) -> None:
    """Put the record before another one, or after all, of those `among` which it is in order.

    The table has a `position`; the caller has asked for the right to change it.
    """
    rows: Any = model._default_manager.filter(**among).select_for_update(of=("self",)).order_by("position", "pk")
    records = {record.pk: record for record in rows}
    if key not in records or (following is not None and following not in records):
        raise NotFound(_("This is not there any more."))
    order = [pk for pk in records if pk != key]
    order.insert(order.index(following) if following in order else len(order), key)
    for place, pk in enumerate(order, start=1):
        record = records[pk]
        if record.position != place * STEP:
            record.position = place * STEP
            record.save(update_fields=["position"])
