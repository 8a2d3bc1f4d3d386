"""The life of a campaign, its pages, and how a record comes to have come from it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.errors import IllegalMove, Invalid
from crm.core.history import events_of
from leads.models import Campaign, Lead
from leads.services import campaigns as services
from leads.services.leads import create_lead, update_lead
from tests.factories.campaigns import make_campaign, make_inactive, make_launched
from tests.factories.cast import Cast
from tests.factories.leads import make_disqualified_lead, make_lead
from tests.factories.sales import make_opportunity
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

STATES = ("proposed", "ready", "launched", "suspended", "completed", "canceled", "inactive")
#: (state, move): state afterwards. Every other move is refused.
MOVES = {
    ("proposed", "prepare"): "ready",
    ("proposed", "launch"): "launched",
    ("ready", "launch"): "launched",
    ("launched", "suspend"): "suspended",
    ("suspended", "resume"): "launched",
    ("launched", "complete"): "completed",
    ("suspended", "complete"): "completed",
    ("proposed", "cancel"): "canceled",
    ("ready", "cancel"): "canceled",
    ("launched", "cancel"): "canceled",
    ("suspended", "cancel"): "canceled",
    ("proposed", "deactivate"): "inactive",
    ("ready", "deactivate"): "inactive",
    ("completed", "deactivate"): "inactive",
    ("canceled", "deactivate"): "inactive",
    ("completed", "reopen"): "proposed",
    ("canceled", "reopen"): "proposed",
    ("inactive", "reopen"): "proposed",
}
NAMES = ("prepare", "launch", "suspend", "resume", "complete", "cancel", "deactivate", "reopen")
#: How a campaign gets into each state.
WAYS: dict[str, tuple[str, ...]] = {
    "proposed": (),
    "ready": ("prepare",),
    "launched": ("launch",),
    "suspended": ("launch", "suspend"),
    "completed": ("launch", "complete"),
    "canceled": ("cancel",),
    "inactive": ("deactivate",),
}


def _move(campaign: Campaign, name: str, actor: Any = SYSTEM) -> Campaign:
    service = getattr(services, f"{name}_campaign")
    moved: Campaign = service(campaign_id=campaign.pk, actor=actor, at=timezone.now())
    return moved


@pytest.mark.parametrize("state", STATES)
def test_a_campaign_moves_as_the_table_says(state: str, cast: Cast) -> None:
    for name in NAMES:
        campaign = make_campaign(cast.rep_a)
        for step in WAYS[state]:
            _move(campaign, step)
        wanted = MOVES.get((state, name))
        if wanted is None:
            with pytest.raises(IllegalMove):
                _move(campaign, name)
        else:
            _move(campaign, name)
        campaign.refresh_from_db()
        assert (name, campaign.state, campaign.status_reason) == (name, wanted or state, wanted or state)


def test_the_database_refuses_what_the_table_does_not_have(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a)
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(state="completed", status_reason="completed")
    campaign.refresh_from_db()
    assert campaign.state == "proposed"


def test_the_days_of_a_campaign_are_those_of_its_first_launch_and_its_last_end(cast: Cast) -> None:
    campaign = make_launched(cast.rep_a)
    today = timezone.now().date()
    assert (campaign.started_on, campaign.ended_on) == (today, None)
    _move(campaign, "complete")
    campaign.refresh_from_db()
    assert campaign.ended_on == today
    _move(campaign, "reopen")
    campaign.refresh_from_db()
    assert (campaign.started_on, campaign.ended_on) == (today, None)  # type: ignore[comparison-overlap]  # read again


def test_a_campaign_is_made_found_launched_and_deleted_on_its_pages(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)

    made = client.post("/campaigns/new/", {"name": "Spring fair", "code": "SPRING", "type": "event"})
    campaign = Campaign.objects.get()
    assert made.headers["Location"] == f"/campaigns/{campaign.pk}/"
    assert campaign.number == f"CMP-{timezone.now().year}-00001"
    assert (campaign.owner, campaign.actual_cost) == (cast.rep_a, Decimal(0))
    assert "Spring fair" in client.get("/campaigns/").content.decode()
    assert "Spring fair" in client.get("/search/?q=spring").content.decode()

    client.post(f"/campaigns/{campaign.pk}/launch/")
    campaign.refresh_from_db()
    assert campaign.state == "launched"
    assert [event.pgh_context["action"] for event in events_of(campaign)] == [  # type: ignore[attr-defined]
        "campaign.launched",
        "campaign.created",
    ]

    make_lead(cast.rep_a, campaign=campaign)
    assert client.post(f"/campaigns/{campaign.pk}/delete/").status_code == 409
    Lead.objects.all().delete()
    assert client.post(f"/campaigns/{campaign.pk}/delete/").status_code == 302
    assert not Campaign.objects.exists()


def test_a_code_belongs_to_one_campaign_and_an_end_lies_after_its_start(cast: Cast, client_for: ClientFor) -> None:
    make_campaign(cast.rep_a, code="Spring")
    client = client_for(cast.rep_a)

    twice = client.post("/campaigns/new/", {"name": "Other", "code": "SPRING", "type": "event"})
    assert twice.status_code == 422
    assert "Another campaign has this code." in twice.content.decode()
    days = {"starts_on": "2026-05-02", "ends_on": "2026-05-01"}
    early = client.post("/campaigns/new/", {"name": "Other", "type": "event", **days})
    assert early.status_code == 422
    assert "The end lies before the start." in early.content.decode()
    assert Campaign.objects.count() == 1


def test_a_lead_that_brings_the_code_comes_from_the_campaign_of_that_code(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a, code="SPRING-26")
    known = make_lead(cast.rep_a, campaign_code="spring-26")
    by_number = make_lead(cast.rep_a, campaign_code=campaign.number.lower())
    unknown = make_lead(cast.rep_a, campaign_code="701090000")
    assert (known.campaign, by_number.campaign, unknown.campaign) == (campaign, campaign, None)
    assert (known.campaign_code, unknown.campaign_code) == ("spring-26", "701090000")

    update_lead(lead_id=known.pk, values={"campaign": None}, actor=cast.rep_a, at=timezone.now())
    known.refresh_from_db()
    assert known.campaign is None


def test_what_brought_a_code_before_there_was_a_campaign_of_it_comes_from_it_afterwards(cast: Cast) -> None:
    known = make_campaign(cast.manager, name="Other", code="other")
    waiting = make_lead(cast.rep_a, last_name="One", campaign_code="HANNÖVER 26")
    closed = make_disqualified_lead(cast.rep_c, last_name="Two", campaign_code="hannover 26")
    opportunity = make_opportunity(cast.rep_a, campaign_code="Hannover 26")
    given = make_lead(cast.rep_a, last_name="Three", campaign_code="hannover 26", campaign=known)
    foreign = make_lead(cast.rep_a, last_name="Four", campaign_code="hanover 26")

    fair = make_campaign(cast.manager, name="Fair", code="")
    services.update_campaign(
        campaign_id=fair.pk, values={"code": "Hannover 26"}, actor=cast.administrator, at=timezone.now()
    )

    for record in (waiting, closed, opportunity, given, foreign):
        record.refresh_from_db()
    assert [record.campaign for record in (waiting, closed, opportunity)] == [fair] * 3
    assert (given.campaign, foreign.campaign) == (known, None)
    assert events_of(waiting)[0].pgh_context["action"] == "campaign.changed"  # type: ignore[attr-defined]


def test_a_campaign_is_typed_by_name_number_or_code_and_leads_are_found_by_it(
    cast: Cast, client_for: ClientFor
) -> None:
    campaign = make_campaign(cast.rep_a, "Spring fair", code="SPR")
    make_inactive(cast.rep_a, "Old fair")
    client, sent = client_for(cast.rep_a), {"preferred_contact_method": "any"}

    readings = {"Ada": "Spring fair", "Bea": campaign.number, "Cem": "spr", "Dot": f"Spring fair (#{campaign.pk})"}
    for name, typed in readings.items():
        assert client.post("/leads/new/", {**sent, "last_name": name, "campaign": typed}).status_code == 302
    refused = client.post("/leads/new/", {**sent, "last_name": "Eve", "campaign": "Old fair"})
    assert refused.status_code == 422
    assert set(Lead.objects.values_list("campaign", flat=True)) == {campaign.pk}
    assert Lead.objects.count() == 4
    make_lead(cast.rep_a, last_name="Elsewhere")
    found = client.get("/leads/", {"view": "all", "q": f"campaign.number:={campaign.number}"}).content.decode()
    assert all(f">{name}<" in found for name in readings)
    assert "Elsewhere" not in found
    assert "Spring fair" in client.get(f"/leads/{Lead.objects.order_by('pk')[0].pk}/").content.decode()


def test_nobody_links_a_lead_to_a_campaign_that_they_may_not_see(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_c)
    campaign.__class__.objects.filter(pk=campaign.pk).update(deleted_at=timezone.now())
    with pytest.raises(Invalid):
        create_lead(
            values={"last_name": "Chang", "campaign": campaign}, owner=cast.rep_a, actor=cast.rep_a, at=timezone.now()
        )
    assert not Lead.objects.exists()


def test_a_closed_campaign_is_read_only(cast: Cast, client_for: ClientFor) -> None:
    campaign = make_launched(cast.rep_a)
    _move(campaign, "complete")
    answer = client_for(cast.rep_a).post(f"/campaigns/{campaign.pk}/edit/", {"name": "Other", "type": "event"})
    assert answer.status_code == 409
    campaign.refresh_from_db()
    assert campaign.name == "Spring fair"
    assert campaign.ended_on is not None
    assert campaign.ended_on <= dt.date(2100, 1, 1)
