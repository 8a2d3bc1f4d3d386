"""The lists of campaigns and of responses to them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.core.record_names import Link, visible_names
from crm.core.tables import (
    ChoiceColumn,
    DateColumn,
    LinkColumn,
    LookupColumn,
    MoneyColumn,
    OwnerColumn,
    Paper,
    StateColumn,
    Table,
    TextColumn,
)
from crm.customers.links import linked
from leads.models import Campaign, CampaignResponse
from leads.states import CAMPAIGN_MACHINE, RESPONSE_MACHINE


class CampaignTable(Table):
    model = Campaign
    columns = (
        LinkColumn(_("Name"), "name", sort="sort_key"),
        TextColumn(_("Code"), "code", place="sub"),
        ChoiceColumn(_("Type"), "type", Campaign.Type.choices),
        StateColumn(_("State"), CAMPAIGN_MACHINE),
        DateColumn(_("Start"), "starts_on", sort="starts_on"),
        DateColumn(_("End"), "ends_on"),
        MoneyColumn(_("Budget"), "budget_amount", place="amount"),
        MoneyColumn(_("Actual cost"), "actual_cost", place=""),
        OwnerColumn(_("Owner")),
    )
    default_sort = "sort_key"


class CampaignColumn(LookupColumn):
    """The campaign of each row, as its reader may have it."""

    key = "campaign"

    def __init__(self, label: Any, rows: Any, *, place: str = "") -> None:
        def campaigns(keys: Sequence[int], actor: Any) -> dict[int, Link]:
            found = dict(rows.filter(pk__in=keys, campaign__isnull=False).values_list("pk", "campaign"))
            names = visible_names(actor, {(Campaign, pk) for pk in found.values()})
            return {key: names[Campaign, pk] for key, pk in found.items()}

        super().__init__(label, campaigns, place=place)

    def cell(self, paper: Paper, *values: Any) -> str:
        return linked(values[0]) if values[0] else ""


class ResponseTable(Table):
    model = CampaignResponse
    columns = (
        LinkColumn(_("Subject"), "subject", sort="sort_key"),
        CampaignColumn(_("Campaign"), CampaignResponse.objects.all(), place="sub"),
        ChoiceColumn(_("Answer"), "answer", CampaignResponse.Answer.choices),
        ChoiceColumn(_("Channel"), "channel", CampaignResponse.Channel.choices),
        StateColumn(_("State"), RESPONSE_MACHINE),
        DateColumn(_("Received"), "received_on", sort="received_on"),
        TextColumn(_("Company"), "company"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "-received_on"


class ResponsesOfCampaignTable(Table):
    model = CampaignResponse
    columns = (
        LinkColumn(_("Subject"), "subject"),
        ChoiceColumn(_("Answer"), "answer", CampaignResponse.Answer.choices, place="sub"),
        StateColumn(_("State"), RESPONSE_MACHINE),
        DateColumn(_("Received"), "received_on"),
    )
    default_sort = "-received_on"
