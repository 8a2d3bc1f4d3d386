"""What was paid for a campaign; the sum stands on the campaign."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from crm.core.access import WRITE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Invalid, NotFound
from crm.core.models import Currency, Organisation, rate_on
from crm.core.money import round_money, to_base
from crm.core.transactions import service
from crm.core.values import refuse_closed, set_values
from leads.models import Campaign, CampaignCost

COST_FIELDS = ("name", "spent_on", "amount", "currency")


@service("campaign.cost_added")
def add_cost(*, campaign_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> CampaignCost:
    """Costs come in after the end, too: only an inactive campaign takes none."""
    campaign = _lock(campaign_id, actor)
    cost = CampaignCost(campaign=campaign)
    _set_and_save(cost, values)
    _add_up(campaign)
    return cost


@service("campaign.cost_changed")
def update_cost(*, cost_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> CampaignCost:
    campaign, cost = _locked_cost(cost_id, actor)
    _set_and_save(cost, values)
    _add_up(campaign)
    return cost


@service("campaign.cost_removed")
def remove_cost(*, cost_id: int, actor: Actor, at: dt.datetime) -> Campaign:
    campaign, cost = _locked_cost(cost_id, actor)
    cost.delete()
    _add_up(campaign)
    return campaign


def _lock(campaign_id: int, actor: Actor) -> Campaign:
    campaign = lock_for(Campaign, campaign_id, actor, WRITE)
    refuse_closed(campaign, ("inactive",))
    return campaign


def _locked_cost(cost_id: int, actor: Actor) -> tuple[Campaign, CampaignCost]:
    """Campaign and cost, both as they are once the campaign is locked."""
    found = CampaignCost.objects.filter(pk=cost_id).values_list("campaign", flat=True).first()
    campaign = _lock(found or 0, actor)
    cost = CampaignCost.objects.filter(pk=cost_id, campaign=campaign).first()
    if cost is None:
        raise NotFound(_("There is no such cost, or you may not see it."))
    return campaign, cost


def _set_and_save(cost: CampaignCost, values: Mapping[str, Any]) -> None:
    set_values(cost, values, COST_FIELDS)
    _check_amount(cost.amount, cost.currency)
    base = Organisation.load().base_currency
    rate = rate_on(cost.currency, cost.spent_on, base)
    if rate is None or base is None:
        raise Invalid(
            _("There is no exchange rate for %(currency)s on %(day)s. Ask an administrator to enter one.")
            % {"currency": cost.currency, "day": cost.spent_on},
            field="currency",
        )
    cost.exchange_rate, cost.base_amount = rate, to_base(cost.amount, rate, base.digits)
    cost.save()


def _check_amount(amount: Decimal, currency: Currency) -> None:
    if not amount.is_finite() or amount <= 0:
        raise Invalid(_("Enter an amount above 0."), field="amount")
    if amount != round_money(amount, currency.digits):
        raise Invalid(
            _("%(currency)s has %(digits)d decimals. Enter no more than that.")
            % {"currency": currency, "digits": currency.digits},
            field="amount",
        )


def _add_up(campaign: Campaign) -> None:
    total = campaign.costs.aggregate(total=Sum("base_amount"))["total"]
    campaign.actual_cost = total or Decimal(0)
    campaign.save(update_fields=["actual_cost"])
