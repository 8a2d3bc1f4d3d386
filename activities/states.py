"""The life of an activity, the same for every kind; the reasons say what kind of open or done it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.states import ANY, Move, StateMachine


class ActivityState(models.TextChoices):
    OPEN = "open", _("Open")
    SCHEDULED = "scheduled", _("Scheduled")
    COMPLETED = "completed", _("Completed")
    CANCELED = "canceled", _("Canceled")


#: The states of what is still to be done.
LIVE = (ActivityState.OPEN.value, ActivityState.SCHEDULED.value)

OPEN, SCHEDULED = (ActivityState.OPEN.value, ANY), (ActivityState.SCHEDULED.value, ANY)
CANCELED = (ActivityState.CANCELED.value, ANY)
_DONE = tuple((ActivityState.COMPLETED.value, reason) for reason in ("completed", "made", "received", "sent"))
_RECORDED = (ActivityState.COMPLETED.value, "recorded")

ACTIVITY_MACHINE = StateMachine(
    noun="activity",
    reasons={
        "open": ("open", "not_started", "in_progress", "waiting", "deferred", "draft", "free", "tentative"),
        "scheduled": ("busy", "out_of_office"),
        "completed": ("completed", "made", "received", "sent", "recorded"),
        "canceled": ("canceled",),
    },
    moves=(
        Move("progress", (OPEN, SCHEDULED), (OPEN,)),
        Move("schedule", (OPEN, SCHEDULED), (("scheduled", "busy"), ("scheduled", "out_of_office"))),
        Move("complete", (OPEN, SCHEDULED), _DONE),
        Move("cancel", (OPEN, SCHEDULED), (("canceled", "canceled"),)),
        Move("reopen", (*_DONE, CANCELED), (("open", "open"), OPEN)),
        # Close records only: they say that something was won or lost, until that is taken back.
        Move("retract", (_RECORDED,), (("canceled", "canceled"),)),
    ),
    labels={
        "open": _("Open"),
        "scheduled": _("Scheduled"),
        "completed": _("Completed"),
        "canceled": _("Canceled"),
        "not_started": _("Not started"),
        "in_progress": _("In progress"),
        "waiting": _("Waiting on someone else"),
        "deferred": _("Deferred"),
        "draft": _("Draft"),
        "free": _("Free"),
        "tentative": _("Tentative"),
        "busy": _("Busy"),
        "out_of_office": _("Out of office"),
        "made": _("Made"),
        "received": _("Received"),
        "sent": _("Sent"),
        "recorded": _("Recorded"),
    },
)
