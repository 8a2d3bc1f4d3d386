from django.utils.translation import gettext_lazy as _

from crm.core.tables import (
    ChoiceColumn,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    OwnerColumn,
    StateColumn,
    Table,
    TextColumn,
)
from leads.models import Lead
from leads.states import LEAD_MACHINE


class LeadTable(Table):
    model = Lead
    columns = (
        LinkColumn(_("Name"), "name", sort="sort_key"),
        TextColumn(_("Company"), "company", place="sub"),
        TextColumn(_("Topic"), "topic"),
        StateColumn(_("State"), LEAD_MACHINE),
        ChoiceColumn(_("Source"), "source", Lead.Source.choices),
        ChoiceColumn(_("Rating"), "rating", Lead.Rating.choices),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
        MoneyColumn(_("Estimated value"), "estimated_value", currency="currency__code"),
    )
    default_sort = "-created_at"
