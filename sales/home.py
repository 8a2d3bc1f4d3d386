"""What the first page says of opportunities."""

from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.core.tables import DateColumn, LinkColumn, MoneyColumn, StateColumn, Table
from crm.users.home import ROWS, first_rows, register_home_panel
from sales.models import Opportunity
from sales.states import OPPORTUNITY_MACHINE, OpportunityState
from sales.tables.customers import CustomerColumn


class HomeOpportunitiesTable(Table):
    model = Opportunity
    columns = (
        LinkColumn(_("Topic"), "topic"),
        CustomerColumn(_("Customer"), Opportunity),
        StateColumn(_("State"), OPPORTUNITY_MACHINE),
        MoneyColumn(_("Est. revenue"), "estimated_revenue", currency="currency__code"),
        DateColumn(_("Est. close"), "estimated_close_on"),
    )


def closing_opportunities(user: Any) -> dict[str, Any]:
    mine = Opportunity.objects.visible_to(user).owned_by(user).filter(state=OpportunityState.OPEN)
    return first_rows(
        HomeOpportunitiesTable,
        mine.order_by(F("estimated_close_on").asc(nulls_last=True), "pk"),
        all_url=reverse("sales:opportunity_list"),
        nothing=_("None of your opportunities is open."),
    )


def register() -> None:
    register_home_panel(
        _("My open opportunities"), ROWS, closing_opportunities, permission="sales.read_opportunity", position=30
    )
