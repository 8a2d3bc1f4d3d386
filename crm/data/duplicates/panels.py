"""The card *Possible duplicates* of a record's page: the same matches as everywhere."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.panels import Panel, register_panels
from crm.data.duplicates.finding import Match, find, values_of

MOST_SHOWN = 5


def register_duplicates_on(model: type[models.Model], *known_by: str) -> None:
    """`known_by` names foreign keys to what the record is known to be: that is no duplicate of it."""

    def context(record: Any, user: Any) -> Mapping[str, Any]:
        known = {(record._meta.get_field(name).related_model, getattr(record, f"{name}_id")) for name in known_by}
        found = [match for match in matches_of(record, user) if (match.model, match.pk) not in known]
        return {"matches": found[:MOST_SHOWN], "more": max(len(found) - MOST_SHOWN, 0)}

    register_panels(
        model,
        Panel(
            name="duplicates",
            title=_("Possible duplicates"),
            template="data/panels/duplicates.html",
            context=context,
            position=20,
            column="side",
            lazy=True,
        ),
    )


def matches_of(record: models.Model, user: Any) -> list[Match]:
    return find(type(record), values_of(record), actor=user, exclude=record.pk)
