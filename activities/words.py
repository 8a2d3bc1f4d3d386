"""How activities look and where they lead: icons, addresses, words of what they concern."""

from typing import Any

from django.db import models
from django.utils.html import format_html

from activities.kinds import Kind
from activities.models import Activity
from activities.regarding import Ref, find_regarding, model_of
from crm.core.addresses import screen_url
from crm.core.errors import NotFound

ICONS = {
    Kind.TASK: "checkbox",
    Kind.PHONE_CALL: "phone",
    Kind.APPOINTMENT: "calendar-event",
    Kind.EMAIL: "mail",
    Kind.NOTE: "note",
    Kind.CLOSE: "circle-check",
}


def icon_of(kind: str) -> str:
    return ICONS.get(Kind(kind), "circle-dot")


def seen_regarding(activity: Activity, actor: Any) -> models.Model | None:
    """What the activity concerns, if the actor may see that."""
    model = model_of(activity.regarding_type_id) if activity.regarding_type_id else None
    if model is None or activity.regarding_id is None:
        return None
    try:
        return find_regarding(Ref(model, activity.regarding_id), actor)
    except NotFound:
        return None


def home_of(activity: Activity, actor: Any) -> str:
    """Where a person goes on after an act: to the record concerned, else to the activity itself."""
    record = seen_regarding(activity, actor)
    return record_url(record) or screen_url(Activity, "detail", activity.pk)


def record_url(record: models.Model | None) -> str:
    return screen_url(type(record), "detail", record.pk) if record is not None else ""


def record_link(record: models.Model | None) -> str:
    """The name of a record as a link to its page."""
    if record is None:
        return ""
    url = record_url(record)
    return format_html('<a href="{}">{}</a>', url, record) if url else str(record)


def regarding_link(type_id: int | None, pk: int | None) -> str:
    """The noun of a record as a link, for lists: its title is not theirs to show."""
    model = model_of(type_id) if type_id else None
    if model is None or pk is None:
        return ""
    noun = str(model._meta.verbose_name).capitalize()
    url = screen_url(model, "detail", pk)
    return format_html('<a href="{}">{}</a>', url, noun) if url else noun
