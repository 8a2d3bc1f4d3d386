"""What a campaign costs: rows in any currency, one sum in the base currency."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm.core.errors import Conflict, Invalid
from crm.core.models import Currency, ExchangeRate
from leads.models import Campaign, CampaignCost
from leads.services.campaign_costs import add_cost, remove_cost, update_cost
from tests.factories.campaigns import make_campaign, make_cost, make_inactive
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def _sum(campaign: Campaign) -> Decimal:
    campaign.refresh_from_db()
    return campaign.actual_cost


def test_the_sum_follows_every_cost_to_the_cent(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a)
    dollar = Currency.objects.get(code="USD")
    ExchangeRate.objects.create(currency=dollar, valid_from=dt.date(2026, 1, 1), rate=Decimal("1.1"))
    first, second = make_cost(campaign, "250.05"), make_cost(campaign, "100.00", currency="USD")
    assert second.base_amount == Decimal("90.91")
    assert _sum(campaign) == Decimal("340.96")

    update_cost(cost_id=first.pk, values={"amount": Decimal("0.01")}, actor=cast.rep_a, at=timezone.now())
    assert _sum(campaign) == Decimal("90.92")
    remove_cost(cost_id=second.pk, actor=cast.rep_a, at=timezone.now())
    assert _sum(campaign) == Decimal("0.01")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("1.001")}, "amount"),
        ({"currency": "USD", "spent_on": dt.date(1990, 1, 1)}, "currency"),
    ],
)
def test_a_cost_that_is_no_amount_is_refused(values: dict[str, Any], field: str, cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a)
    code = values.pop("currency", "EUR")
    with pytest.raises(Invalid) as refused:
        make_cost(campaign, values.pop("amount", "5"), currency=code, **values)
    assert refused.value.field == field
    assert not CampaignCost.objects.exists()
    assert _sum(campaign) == 0


def test_costs_are_entered_on_the_page_of_the_campaign(cast: Cast, client_for: ClientFor) -> None:
    campaign = make_campaign(cast.rep_a, budget_amount=Decimal(1000))
    client, euro = client_for(cast.rep_a), Currency.objects.get(code="EUR")

    sent = {"name": "Booth", "spent_on": "2026-03-02", "amount": "400", "currency": euro.pk}
    assert client.post(f"/campaigns/{campaign.pk}/costs/new/", sent).status_code == 302
    assert _sum(campaign) == 400
    page = client.get(f"/campaigns/{campaign.pk}/?tab=related").content.decode()
    assert "Left of the budget" in page
    assert "600.00" in page

    cost = CampaignCost.objects.get()
    other = make_campaign(cast.rep_a, "Other")
    assert client.post(f"/campaigns/{other.pk}/costs/{cost.pk}/delete/").status_code == 404
    assert client_for(cast.rep_b).post(f"/campaigns/{campaign.pk}/costs/{cost.pk}/delete/").status_code == 403
    assert _sum(campaign) == 400
    assert client.post(f"/campaigns/{campaign.pk}/costs/{cost.pk}/delete/").status_code == 302
    assert _sum(campaign) == 0


def test_an_inactive_campaign_takes_no_costs(cast: Cast) -> None:
    campaign = make_inactive(cast.rep_a)
    values = {
        "name": "Late",
        "spent_on": dt.date(2026, 3, 2),
        "amount": Decimal(5),
        "currency": Currency.objects.get(code="EUR"),
    }
    with pytest.raises(Conflict):
        add_cost(campaign_id=campaign.pk, values=values, actor=cast.rep_a, at=timezone.now())
    assert not CampaignCost.objects.exists()
