"""What can be done with an activity."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.forms import CompleteForm, follow_up_of
from activities.models import Activity
from activities.services.activities import cancel_activity, complete_activity, reopen_activity, reopen_obstacle
from activities.services.pinning import pin_activity, pin_obstacle, unpin_activity, unpin_obstacle
from activities.words import home_of
from crm.core.access import WRITE
from crm.core.actions import Action
from crm.core.addresses import screen_url
from crm.users.assigning import assign_action

#: Where one was when completing in passing; otherwise one goes on to the record concerned.
_GO_ON = {"today": lambda: reverse("home"), "list": lambda: screen_url(Activity, "list")}


def _complete(activity_id: int, values: Mapping[str, Any], actor: Any) -> str:
    done = complete_activity(activity_id=activity_id, actor=actor, at=timezone.now(), follow_up=follow_up_of(values))
    return _GO_ON[values["go_on"]]() if values.get("go_on") else home_of(done, actor)


def _cancel(activity_id: int, _values: Mapping[str, Any], actor: Any) -> str:
    return home_of(cancel_activity(activity_id=activity_id, actor=actor, at=timezone.now()), actor)


def _reopen(activity_id: int, _values: Mapping[str, Any], actor: Any) -> str:
    reopen_activity(activity_id=activity_id, actor=actor, at=timezone.now())
    return screen_url(Activity, "detail", activity_id)


def _pin(activity_id: int, _values: Mapping[str, Any], actor: Any) -> str:
    return home_of(pin_activity(activity_id=activity_id, actor=actor, at=timezone.now()), actor)


def _unpin(activity_id: int, _values: Mapping[str, Any], actor: Any) -> str:
    return home_of(unpin_activity(activity_id=activity_id, actor=actor), actor)


COMPLETE = Action(
    name="complete",
    label=_("Complete"),
    model=Activity,
    right=WRITE,
    move="complete",
    perform=_complete,
    url_name="activities:activity_complete",
    form=CompleteForm,
    done=_("Completed"),
    position=10,
)
CANCEL = Action(
    name="cancel",
    label=_("Cancel activity"),
    model=Activity,
    right=WRITE,
    move="cancel",
    perform=_cancel,
    url_name="activities:activity_cancel",
    confirm=_("It will not be done. The activity stays on its timelines and can be reopened."),
    done=_("Canceled"),
    danger=True,
    position=20,
)
REOPEN = Action(
    name="reopen",
    label=_("Reopen"),
    model=Activity,
    right=WRITE,
    move="reopen",
    perform=_reopen,
    url_name="activities:activity_reopen",
    confirm=_("It is to be done again."),
    done=_("Reopened"),
    obstacle=reopen_obstacle,
    position=30,
)
PIN = Action(
    name="pin",
    label=_("Pin to the timeline"),
    model=Activity,
    right=WRITE,
    perform=_pin,
    url_name="activities:activity_pin",
    confirm=_("It stands first on the timelines of all records that it concerns."),
    done=_("Pinned"),
    obstacle=pin_obstacle,
    position=100,
)
UNPIN = Action(
    name="unpin",
    label=_("Unpin"),
    model=Activity,
    right=WRITE,
    perform=_unpin,
    url_name="activities:activity_unpin",
    confirm=_("It goes back to its day on the timeline."),
    done=_("Unpinned"),
    obstacle=unpin_obstacle,
    position=110,
)
ASSIGN = assign_action(Activity)
