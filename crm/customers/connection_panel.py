"""The connections of a record on its page, and in its history."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.access import WRITE
from crm.core.panels import Panel, register_panels
from crm.core.screens.buttons import rights_on
from crm.customers.connecting import SeenSide, connections_of
from crm.users.actions import noun_of

MOST_SHOWN = 50


def connections_panel(record: models.Model, user: Any) -> Mapping[str, Any]:
    today = timezone.localdate()
    seen = sorted(connections_of(record, user), key=lambda one: _is_over(one, today))
    noun, is_open = noun_of(type(record)), getattr(record, "state", "") != "inactive"
    editable = is_open and bool(rights_on(record, user, {WRITE})[WRITE])
    return {
        "connections": [_row(one, record, noun, today, editable=editable) for one in seen[:MOST_SHOWN]],
        "more": len(seen) > MOST_SHOWN,
        "add_url": reverse("customers:connection_create", args=[noun, record.pk]) if editable else "",
    }


def _row(one: SeenSide, record: models.Model, noun: str, today: dt.date, *, editable: bool) -> dict[str, Any]:
    side, connection = one.side, one.side.connection
    args = [noun, record.pk, connection.pk]
    return {
        "name": one.name,
        "url": one.url,
        "noun": side.model._meta.verbose_name,
        "role": side.role,
        "own_role": side.own_role if side.own_role != side.role else None,
        "days": _days(connection.starts_on, connection.ends_on),
        "description": connection.description,
        "is_over": _is_over(one, today),
        "edit_url": reverse("customers:connection_edit", args=args) if editable else "",
        "delete_url": reverse("customers:connection_delete", args=args) if editable else "",
    }


def _is_over(one: SeenSide, today: dt.date) -> bool:
    ends_on = one.side.connection.ends_on
    return ends_on is not None and ends_on < today


def _days(starts_on: dt.date | None, ends_on: dt.date | None) -> str:
    if starts_on and ends_on:
        return f"{shown.day(starts_on)} – {shown.day(ends_on)}"
    if starts_on:
        return _("since %(day)s") % {"day": shown.day(starts_on)}
    return _("until %(day)s") % {"day": shown.day(ends_on)} if ends_on else ""


def register_connections_on(*tables: type[models.Model]) -> None:
    """Adds the panel to these records' pages."""
    panel = Panel(
        name="connections",
        title=gettext_lazy("Connections"),
        template="customers/panels/connections.html",
        context=connections_panel,
        position=200,
        lazy=True,
    )
    for model in tables:
        register_panels(model, panel)
