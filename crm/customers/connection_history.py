"""Connections in the history of both their records: added, changed, removed, as far as the other end is seen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.core.history import event_model
from crm.core.screens.history import Entry, register_history_source, who_of
from crm.customers.connecting import connectable, seen_sides, side_of
from crm.customers.models import Connection

_MOST = 100


def told(record: models.Model, reader: Any, after: dt.datetime | None, before: dt.datetime | None) -> Sequence[Entry]:
    """At most two queries; none for records that cannot be connected."""
    if connectable(str(record._meta.model_name)) is None:
        return []
    kind = ContentType.objects.get_for_model(record).pk
    rows: Any = event_model(Connection)._default_manager.filter(
        Q(a_type_id=kind, a_id=record.pk) | Q(b_type_id=kind, b_id=record.pk)
    )
    if after is not None:
        rows = rows.filter(pgh_created_at__gte=after)
    if before is not None:
        rows = rows.filter(pgh_created_at__lt=before)
    events = list(rows.select_related("a_role", "b_role").order_by("-pgh_id")[:_MOST])
    by_side = {side: event for event in events for side in [side_of(event, record)]}
    return [_entry(by_side[seen.side], seen) for seen in seen_sides(record, by_side, reader)]


def _entry(event: Any, seen: Any) -> Entry:
    context: Mapping[str, Any] = event.pgh_context or {}
    sentences = {
        "insert": _("Connection added: %(name)s"),
        "update": _("Connection changed: %(name)s"),
        "delete": _("Connection removed: %(name)s"),
    }
    roles = ", ".join(str(role) for role in (seen.side.role, seen.side.own_role) if role)
    name = f"{seen.name} ({roles})" if roles else seen.name
    return Entry(
        who=who_of(context), what=sentences[event.pgh_label] % {"name": name}, at=event.pgh_created_at, changes=[]
    )


def register() -> None:
    register_history_source(told)
