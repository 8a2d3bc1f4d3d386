"""Views that name an added field, told before it is retired. They open without it, and say so."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from crm.core.actors import SYSTEM
from crm.core.fields import RecordField, fields_of
from crm.core.models import CustomField
from crm.core.query import QueryError, parse
from crm.core.query.names import Fields, find_field
from crm.users.models import SavedView

_MOST_NAMED = 20


def views_of(field: CustomField) -> list[str]:
    """The first of them in words; those of other lists too, which reach the field through a reference."""
    return [
        _("view “%(name)s” of %(owner)s") % {"name": view.name, "owner": view.owner}
        for view in islice(_using(field), _MOST_NAMED)
    ]


def _using(field: CustomField) -> Iterator[SavedView]:
    for noun in SavedView.objects.order_by("noun").values_list("noun", flat=True).distinct():
        model = apps.get_model(noun)
        fields = fields_of(model, SYSTEM)
        if any(_is(found, field, model) for found in fields.values()):
            views = SavedView.objects.filter(noun=noun).select_related("owner").order_by("pk")
            yield from (view for view in views.iterator() if _uses(view, field, fields, model))


def _uses(view: SavedView, field: CustomField, fields: Fields, model: Any) -> bool:
    shown = (fields.get(name.strip().lstrip("-")) for name in (*view.columns.split(","), view.sort, view.grouping))
    asked = (find_field(fields, name) for name in _asked(view.query))
    return any(found is not None and _is(found, field, model) for found in (*shown, *asked))


def _asked(query: str) -> list[str]:
    """The names in a query as they were typed; none where it cannot be understood any more."""
    try:
        return [term.name for term in parse(query).terms()]
    except QueryError:
        return []


def _is(found: RecordField, field: CustomField, model: Any) -> bool:
    path = f"custom__{field.key}"
    return (found.owner_model or model) is field.model and found.path in {path, f"{found.through}__{path}"}
