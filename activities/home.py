"""What the first page says of activities."""

from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from activities.states import ACTIVITY_MACHINE, ActivityState
from activities.words import regarding_link
from crm.core.tables import ChoiceColumn, Column, DateTimeColumn, LinkColumn, StateColumn, Table
from crm.users.home import ROWS, first_rows, register_home_panel


class HomeActivitiesTable(Table):
    model = Activity
    columns = (
        LinkColumn(_("Subject"), "subject"),
        ChoiceColumn(_("Kind"), "kind", Activity.Kind.choices, place="sub"),
        Column(_("Regarding"), "regarding_type_id", "regarding_id", render=regarding_link),
        StateColumn(_("State"), ACTIVITY_MACHINE),
        DateTimeColumn(_("Due"), "due_at"),
    )
    default_sort = "due_at"


def next_activities(user: Any) -> dict[str, Any]:
    mine = Activity.objects.visible_to(user).owned_by(user)
    due = mine.filter(state__in=(ActivityState.OPEN, ActivityState.SCHEDULED))
    return first_rows(
        HomeActivitiesTable,
        due.order_by(F("due_at").asc(nulls_last=True), "pk"),
        all_url=reverse("activities:activity_list"),
        nothing=_("Nothing is waiting for you."),
    )


def register() -> None:
    register_home_panel(
        _("My next activities"), ROWS, next_activities, permission="activities.read_activity", position=10
    )
