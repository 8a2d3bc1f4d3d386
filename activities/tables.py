from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from activities.states import ACTIVITY_MACHINE
from activities.words import regarding_link
from crm.core.tables import ChoiceColumn, Column, DateTimeColumn, LinkColumn, OwnerColumn, StateColumn, Table


class ActivityTable(Table):
    model = Activity
    columns = (
        LinkColumn(_("Subject"), "subject"),
        ChoiceColumn(_("Kind"), "kind", Activity.Kind.choices, place="sub"),
        StateColumn(_("State"), ACTIVITY_MACHINE),
        DateTimeColumn(_("Due"), "due_at", sort="due_at"),
        Column(_("Regarding"), "regarding_type_id", "regarding_id", render=regarding_link),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "due_at"
