"""The card *Possible duplicates* of a record's page: the same matches as everywhere."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from crm.core.panels import Panel, register_panels
from crm.core.screens.nouns import noun_of
from crm.data.duplicates.dismissing import dismissed_with
from crm.data.duplicates.finding import Match, find, values_of

MOST_SHOWN = 5


def register_duplicates_on(model: type[models.Model], *known_by: str) -> None:
    """`known_by` names foreign keys to what the record is known to be: that is no duplicate of it."""

    def context(record: Any, user: Any) -> Mapping[str, Any]:
        known = {(record._meta.get_field(name).related_model, getattr(record, f"{name}_id")) for name in known_by}
        found = [match for match in matches_of(record, user) if (match.model, match.pk) not in known]
        shown = [(match, _merge_url(record, match, user)) for match in found[:MOST_SHOWN]]
        return {"matches": shown, "more": max(len(found) - MOST_SHOWN, 0)}

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
    """Without those of which somebody has said that they are not the same."""
    found = find(type(record), values_of(record), actor=user, exclude=record.pk)
    alike = [match.pk for match in found if match.model is type(record)]
    others = dismissed_with(type(record), record.pk) if alike else frozenset()
    return [match for match in found if match.model is not type(record) or match.pk not in others]


def _merge_url(record: models.Model, match: Match, user: Any) -> str:
    """Records of one table are merged from here, by whoever may merge any."""
    meta = type(record)._meta
    if match.model is not type(record) or not user.has_perm(f"{meta.app_label}.merge_{meta.model_name}"):
        return ""
    asked = urlencode([("id", record.pk), ("id", match.pk)])
    return f"{reverse('data:merge_records', args=[noun_of(match.model)])}?{asked}"
