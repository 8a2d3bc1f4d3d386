"""How activities look and where they lead: icons, addresses, words of what they concern."""

from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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


# What somebody did, as it stands behind the name.
_DEEDS = {
    (Kind.TASK, ""): _("completed a task"),
    (Kind.PHONE_CALL, "outgoing"): _("made a call"),
    (Kind.PHONE_CALL, "incoming"): _("took a call"),
    (Kind.EMAIL, "outgoing"): _("sent an e-mail"),
    (Kind.EMAIL, "incoming"): _("received an e-mail"),
    (Kind.APPOINTMENT, ""): _("held a meeting"),
    (Kind.NOTE, ""): _("wrote a note"),
}


def deed_of(activity: Activity) -> str:
    """ "made a call, 12 min"; of what is not done, or was canceled, its state and kind."""
    kind = Kind(activity.kind)
    if activity.state != "completed":
        words = {"state": activity.state_label.lower(), "kind": str(kind.label).lower()}
        return gettext("%(kind)s, %(state)s") % words
    has_direction = kind in {Kind.PHONE_CALL, Kind.EMAIL}
    deed = str(_DEEDS.get((kind, activity.direction if has_direction else ""), ""))
    minutes = activity.duration_minutes
    return gettext("%(deed)s, %(minutes)d min") % {"deed": deed, "minutes": minutes} if minutes else deed


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
