"""What the first page says of leads."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.core.tables import DateTimeColumn, LinkColumn, StateColumn, Table, TextColumn
from crm.users.home import ROWS, first_rows, register_home_panel
from leads.models import Lead
from leads.states import LEAD_MACHINE, LeadState


class HomeLeadsTable(Table):
    model = Lead
    columns = (
        LinkColumn(_("Name"), "name"),
        TextColumn(_("Company"), "company", place="sub"),
        TextColumn(_("Topic"), "topic"),
        StateColumn(_("State"), LEAD_MACHINE),
        DateTimeColumn(_("Created"), "created_at"),
    )


def newest_leads(user: Any) -> dict[str, Any]:
    mine = Lead.objects.visible_to(user).owned_by(user).filter(state=LeadState.OPEN)
    return first_rows(
        HomeLeadsTable,
        mine.order_by("-created_at", "-pk"),
        all_url=reverse("leads:lead_list"),
        nothing=_("None of your leads is open."),
    )


def register() -> None:
    register_home_panel(_("My open leads"), ROWS, newest_leads, permission="leads.read_lead", position=20)
