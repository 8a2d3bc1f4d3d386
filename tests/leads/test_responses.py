"""Responses to campaigns: from whom, and what they become, once."""

from typing import Any

import pytest
from django.utils import timezone

from crm.core.errors import Conflict, IllegalMove, Invalid
from crm.customers.models import Contact
from leads.models import CampaignResponse, Lead
from leads.services.leads import update_lead
from leads.services.responses import (
    cancel_response,
    close_response,
    convert_to_lead,
    link_response,
    reopen_response,
)
from sales.models import Opportunity
from sales.services.response_opportunities import convert_to_opportunity
from tests.factories.campaigns import make_campaign, make_response
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.sales import make_account, make_contact
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

#: (state, reason, move): (state, reason) afterwards. Every other move is refused.
MOVES = {
    ("open", "open", "lead"): ("closed", "converted"),
    ("open", "open", "link"): ("closed", "linked"),
    ("open", "open", "close"): ("closed", "no_result"),
    ("open", "open", "cancel"): ("canceled", "canceled"),
    ("closed", "no_result", "reopen"): ("open", "open"),
    ("canceled", "canceled", "reopen"): ("open", "open"),
}
PAIRS = [
    ("open", "open"),
    ("closed", "converted"),
    ("closed", "linked"),
    ("closed", "no_result"),
    ("canceled", "canceled"),
]
#: The move that leads there.
_WAYS = dict(zip(PAIRS[1:], ("lead", "link", "close", "cancel"), strict=True))


def _do(response: CampaignResponse, move: str, cast: Cast) -> Any:
    who: dict[str, Any] = {"response_id": response.pk, "actor": cast.rep_a, "at": timezone.now()}
    if move == "link":
        return link_response(record=make_lead(cast.rep_a), **who)
    services: dict[str, Any] = {
        "lead": convert_to_lead,
        "close": close_response,
        "cancel": cancel_response,
        "reopen": reopen_response,
    }
    return services[move](**who)


@pytest.mark.parametrize(("state", "reason"), PAIRS)
def test_a_response_moves_as_the_table_says(state: str, reason: str, cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a)
    for move in ("lead", "link", "close", "cancel", "reopen"):
        response = make_response(cast.rep_a, campaign)
        if (state, reason) in _WAYS:
            _do(response, _WAYS[state, reason], cast)
        wanted = MOVES.get((state, reason, move))
        if wanted is None:
            with pytest.raises(IllegalMove):
                _do(response, move, cast)
        else:
            _do(response, move, cast)
        response.refresh_from_db()
        assert (move, response.state, response.status_reason) == (move, *(wanted or (state, reason)))


def test_a_response_becomes_one_lead_that_comes_from_the_campaign(cast: Cast, client_for: ClientFor) -> None:
    campaign = make_campaign(cast.rep_a, code="FAIR")
    response, client = make_response(cast.rep_a, campaign, source="trade_show"), client_for(cast.rep_a)

    answers = [client.post(f"/campaign-responses/{response.pk}/make-lead/") for _number in range(3)]
    lead = Lead.objects.get()
    assert [answer.status_code for answer in answers] == [302, 409, 409]
    assert answers[0].headers["Location"] == f"/leads/{lead.pk}/"
    assert (lead.topic, lead.name, lead.company, lead.email) == (
        "Wants a quote",
        "Megan Chang",
        "Williams-Sheppard Ltd",
        "megan@example.com",
    )
    assert (lead.campaign, lead.source, lead.owner) == (campaign, "trade_show", cast.rep_a)
    response.refresh_from_db()
    assert (response.result, response.status_reason, response.closed_by) == (lead, "converted", cast.rep_a)
    assert "Megan Chang" in client.get(f"/campaign-responses/{response.pk}/").content.decode()
    details = client.get(f"/leads/{lead.pk}/?tab=details").content.decode()
    assert f'<a href="/campaign-responses/{response.pk}/">Wants a quote</a>' in details


def test_a_response_of_a_customer_becomes_an_opportunity(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a)
    account = make_account(cast.rep_a, "Acme")
    contact = make_contact(cast.rep_a, last_name="Berg", account=account)
    response = make_response(cast.rep_a, campaign, contact=contact, source="web")

    opportunity = convert_to_opportunity(response_id=response.pk, actor=cast.rep_a, at=timezone.now())

    assert (opportunity.topic, opportunity.customer, opportunity.contact) == ("Wants a quote", account, contact)
    assert (opportunity.campaign, opportunity.source) == (campaign, "web")
    with pytest.raises(IllegalMove):
        convert_to_opportunity(response_id=response.pk, actor=cast.rep_a, at=timezone.now())
    assert Opportunity.objects.count() == 1

    stranger = make_response(cast.rep_a, campaign)
    with pytest.raises(Conflict, match="needs a customer"):
        convert_to_opportunity(response_id=stranger.pk, actor=cast.rep_a, at=timezone.now())
    stranger.refresh_from_db()
    assert stranger.state == "open"


def test_a_response_from_somebody_hidden_is_left_to_who_sees_them(cast: Cast, client_for: ClientFor) -> None:
    campaign, account = make_campaign(cast.rep_a), make_account(cast.rep_c, "Hidden Ltd")
    seen = make_contact(cast.rep_a, last_name="Berg", email="berg@example.com")
    Contact.objects.filter(pk=seen.pk).update(account=account)
    response = make_response(cast.rep_a, campaign, contact=seen, company="")
    client = client_for(cast.rep_a)
    Contact.objects.filter(pk=seen.pk).update(owner=cast.rep_c, owning_unit=cast.rep_c.business_unit)
    for act in ("make-lead", "make-opportunity"):
        answer = client.post(f"/campaign-responses/{response.pk}/{act}/")
        assert (act, answer.status_code) == (act, 409)
        assert "let somebody convert it who may see it" in answer.content.decode()
        assert "berg@example.com" not in answer.content.decode()
    response.refresh_from_db()
    assert (response.state, Lead.objects.count(), Opportunity.objects.count()) == ("open", 0, 0)
    # Whoever sees the contact and not the company works with the contact.
    Contact.objects.filter(pk=seen.pk).update(owner=cast.rep_a, owning_unit=cast.rep_a.business_unit)
    other = make_response(cast.rep_a, campaign, contact=seen, company="")
    lead = convert_to_lead(response_id=response.pk, actor=cast.rep_a, at=timezone.now())
    made = convert_to_opportunity(response_id=other.pk, actor=cast.rep_a, at=timezone.now())
    assert (lead.existing_contact, lead.existing_account, lead.email) == (seen, None, "berg@example.com")
    assert (made.customer_contact, made.customer_account) == (seen, None)


def test_linking_gives_a_campaign_to_what_has_none_and_takes_none_away(cast: Cast, client_for: ClientFor) -> None:
    fair, mailing = make_campaign(cast.rep_a, "Fair"), make_campaign(cast.rep_a, "Mailing")
    lead, client = make_lead(cast.rep_a), client_for(cast.rep_a)
    first, second = make_response(cast.rep_a, fair, source="web"), make_response(cast.rep_a, mailing)

    wrong = client.post(f"/campaign-responses/{first.pk}/link/", {"noun": "lead", "name": "No such"})
    assert wrong.status_code == 422
    sent = {"noun": "lead", "name": lead.number}
    assert client.post(f"/campaign-responses/{first.pk}/link/", sent).headers["Location"] == f"/leads/{lead.pk}/"
    assert client.post(f"/campaign-responses/{second.pk}/link/", sent).status_code == 302
    lead.refresh_from_db()
    assert (lead.campaign, lead.source) == (fair, "web")
    second.refresh_from_db()
    assert second.result == lead


def test_a_response_is_from_somebody_and_from_one(cast: Cast) -> None:
    campaign, contact = make_campaign(cast.rep_a), make_contact(cast.rep_a)
    nobody = dict.fromkeys(("first_name", "last_name", "company", "email"), "")
    with pytest.raises(Invalid, match="from whom"):
        make_response(cast.rep_a, campaign, **nobody)
    with pytest.raises(Invalid, match="one of lead, contact and account"):
        make_response(cast.rep_a, campaign, contact=contact, lead=make_lead(cast.rep_a))
    assert not CampaignResponse.objects.exists()
    assert make_response(cast.rep_a, campaign, contact=contact, **nobody).contact == contact


def test_a_response_of_a_lead_makes_no_second_one(cast: Cast) -> None:
    response = make_response(cast.rep_a, make_campaign(cast.rep_a), lead=make_lead(cast.rep_a))
    with pytest.raises(Conflict, match="Link it"):
        convert_to_lead(response_id=response.pk, actor=cast.rep_a, at=timezone.now())
    assert Lead.objects.count() == 1


def test_nobody_answers_for_a_hidden_contact(cast: Cast, client_for: ClientFor) -> None:
    hidden = make_contact(cast.rep_c, last_name="Hidden")
    campaign, client = make_campaign(cast.rep_a), client_for(cast.rep_a)
    sent = {
        "campaign": campaign.number,
        "subject": "Typed",
        "answer": "interested",
        "channel": "web",
        "received_on": "2026-03-02",
        "contact": f"Hidden (#{hidden.pk})",
    }
    assert client.post("/campaign-responses/new/", sent).status_code == 422
    assert not CampaignResponse.objects.exists()
    sent["contact"], sent["company"] = "", "Acme"
    assert client.post("/campaign-responses/new/", sent).status_code == 302
    page = client.get(f"/campaigns/{campaign.pk}/?tab=related").content.decode()
    assert "Typed" in page
    assert "Typed" not in client_for(cast.rep_c).get(f"/campaigns/{campaign.pk}/?tab=related").content.decode()


def test_a_lead_keeps_its_campaign_when_it_is_changed(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a)
    lead = make_lead(cast.rep_a, campaign=campaign)
    update_lead(lead_id=lead.pk, values={"topic": "Other"}, actor=cast.rep_a, at=timezone.now())
    lead.refresh_from_db()
    assert lead.campaign == campaign
