"""The next step with a record: the open activity concerning it that is due first, if the reader may see it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from activities.due import due_html
from activities.models import Activity
from activities.states import LIVE
from activities.words import icon_of
from crm.core.access import READ
from crm.core.addresses import screen_url
from crm.core.icons import icon
from crm.core.markup import Pattern
from crm.core.prepared import Slot, is_any_of, prepared, rights_key
from crm.core.tables import LookupColumn, Paper
from crm.core.writing import style

_STEP = Pattern('<span class="next-step" title="{}">{}{}</span>')
_LINK = Pattern('<a class="next-step" href="{}" title="{}">{}<span>{}</span> {}</a>')
_MUTED = Pattern('<span class="muted">{}</span>')


@dataclass(frozen=True, slots=True)
class NextStep:
    pk: int
    kind: str
    subject: str
    due_at: dt.datetime | None


def next_steps(model: type[models.Model], keys: Sequence[int], actor: Any) -> dict[int, NextStep]:
    """By the primary key of the record; those without a next step are left out. One query."""

    def first() -> Any:
        return _steps(model, is_any_of("regarding_id", Slot("records")), actor)

    key = ("next steps", model, rights_key(Activity, actor, READ))
    found = prepared(key, first).tuples(records=list(keys))
    return {key: NextStep(*step) for key, *step in found}


def _steps(model: type[models.Model], regarding: Any, actor: Any) -> Any:
    """The first of each record: its key, then what `NextStep` takes."""
    rows = (
        Activity.objects.visible_to(actor)
        .filter(regarding, regarding_type_id=ContentType.objects.get_for_model(model).pk, state__in=LIVE)
        .order_by("regarding_id", F("due_at").asc(nulls_last=True), "pk")
        .distinct("regarding_id")
    )
    return rows.values_list("regarding_id", "pk", "kind", "subject", "due_at")


class NextStepColumn(LookupColumn):
    """The kind as an icon and when it is due; "None" where a record in work has no next step."""

    on_card = "step"
    key = "next_step"

    def __init__(self, label: Any, model: type[models.Model], place: str = "") -> None:
        def lookup(keys: Sequence[int], actor: Any) -> Mapping[int, NextStep]:
            return next_steps(model, keys, actor)

        super().__init__(label, lookup, place)

    def cell(self, paper: Paper, *values: Any) -> str:
        return _none() if values[0] is None else step_words(values[0])


def step_words(step: NextStep) -> SafeString:
    """Icon and due time; the subject is the title."""
    words = due_html(step.due_at, timezone.now()) or _("no date")
    return _STEP(step.subject, icon(icon_of(step.kind)), words)


def step_link(step: NextStep | None) -> SafeString:
    """For the head of a record: what is to be done, leading to it."""
    if step is None:
        return _none()
    kind = Activity.Kind(step.kind).label
    words = due_html(step.due_at, timezone.now())
    return _LINK(screen_url(Activity, "detail", step.pk), step.subject, icon(icon_of(step.kind)), kind, words)


def next_step_of(record: models.Model, actor: Any) -> SafeString:
    model = type(record)

    def first() -> Any:
        return _steps(model, Q(regarding_id=Slot("record")), actor)

    key = ("next step", model, rights_key(Activity, actor, READ))
    found = prepared(key, first).tuples(record=record.pk)
    return step_link(NextStep(*found[0][1:]) if found else None)


def _none() -> SafeString:
    return _none_in(style())


@lru_cache
def _none_in(_style: str) -> SafeString:
    return _MUTED(_("None"))
