"""Many leads qualified at once: the clear ones are done, the others held back with their reasons, all taken back."""

from typing import Any

import pytest

from crm.customers.models import Account, Contact
from crm.data.models import BulkRow, BulkRun
from leads.models import Lead
from sales.models import Opportunity, Qualification
from sales.services.opportunities import update_opportunity
from tests.data.runs import outcomes, run, undo
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory
from tests.factories.leads import AT, make_disqualified_lead, make_lead
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def _leads(cast: Cast) -> dict[str, Lead]:
    acme = AccountFactory.create(name="Acme Ltd", owner=cast.rep_a)
    return {
        "clear": make_lead(cast.rep_a, last_name="Clear", company="Brandnew GmbH", topic="Scale"),
        "known": make_lead(cast.rep_a, last_name="Known", company="Acme Ltd", existing_account=acme, topic="Pump"),
        "match": make_lead(cast.rep_a, last_name="Match", company="ACME Limited", topic="Valve"),
        "nameless": make_lead(cast.rep_a, first_name="", last_name="", company="", topic="Only a topic"),
        "closed": make_disqualified_lead(cast.rep_a, last_name="Closed"),
    }


def _left(done: BulkRun, lead: Lead) -> tuple[str, str]:
    found: tuple[str, str] = done.rows.values_list("outcome", "reason").get(record_id=lead.pk)
    return found


def test_the_clear_ones_are_qualified_and_the_others_held_back_with_their_reasons(cast: Cast) -> None:
    leads = _leads(cast)
    done = run(Lead, "qualify", cast.rep_a, with_opportunity="on")
    states = dict(Lead.objects.values_list("pk", "state"))
    assert {name: states[lead.pk] for name, lead in leads.items()} == {
        "clear": "qualified",
        "known": "qualified",
        "match": "open",
        "nameless": "open",
        "closed": "disqualified",
    }
    assert set(Account.objects.values_list("name", flat=True)) == {"Acme Ltd", "Brandnew GmbH"}
    assert set(Opportunity.objects.values_list("topic", "customer_account__name")) == {
        ("Scale", "Brandnew GmbH"),
        ("Pump", "Acme Ltd"),
    }
    assert _left(done, leads["match"]) == ("held", "“Acme Ltd” may be the same: Same company name.")
    assert _left(done, leads["nameless"]) == (
        "held",
        "Neither a company nor a person is named, so there would be no customer.",
    )
    assert _left(done, leads["closed"])[0] == "state"


def test_the_second_lead_of_a_new_company_is_held_back_within_one_run(cast: Cast) -> None:
    first = make_lead(cast.rep_a, last_name="One", company="Twin AG")
    second = make_lead(cast.rep_a, last_name="Two", company="Twin AG")
    done = run(Lead, "qualify", cast.rep_a)
    assert outcomes(done) == {first.pk: "done", second.pk: "held"}
    assert Account.objects.filter(name="Twin AG").count() == 1
    assert not Opportunity.objects.exists()


def test_it_is_taken_back_lead_by_lead_and_refused_where_somebody_has_gone_on(cast: Cast) -> None:
    plain = make_lead(cast.rep_a, last_name="Plain", company="Plain AG")
    worked = make_lead(cast.rep_a, last_name="Worked", company="Worked AG", topic="Worked")
    done = run(Lead, "qualify", cast.rep_a, with_opportunity="on")
    sold = Opportunity.objects.get(topic="Worked")
    update_opportunity(opportunity_id=sold.pk, values={"topic": "Worked on"}, actor=cast.rep_a, at=AT)
    undone = undo(done, cast.rep_a)
    assert outcomes(undone) == {plain.pk: "done", worked.pk: "state"}
    assert "Worked on" in undone.rows.get(record_id=worked.pk).reason
    assert dict(Lead.objects.values_list("last_name", "state")) == {"Plain": "open", "Worked": "qualified"}
    assert list(Account.objects.values_list("name", flat=True)) == ["Worked AG"]
    assert list(Contact.objects.values_list("last_name", flat=True)) == ["Worked"]


def test_the_pages_list_what_is_held_back_with_the_way_to_its_preview(cast: Cast, client_for: ClientFor) -> None:
    leads, client = _leads(cast), client_for(cast.rep_a)
    url = "/leads/bulk/?view=all&scope=all&act=qualify"
    page = " ".join(client.get(url).content.decode().split())
    assert "2 will change, 2 wait for a person, 1 are not in a state for it" in page
    assert "Held back for a person · 2" in page
    link = f'<a href="/leads/{leads["match"].pk}/qualify/">Match, Megan</a>'.replace(
        "Match, Megan", str(leads["match"])
    )
    assert link in page
    assert not Qualification.objects.exists()

    answer = client.post(url, {"expected": "4", "with_opportunity": "on"})
    result = " ".join(client.get(answer.headers["Location"]).content.decode().split())
    assert "2 records changed" in result
    assert link in result
    assert BulkRow.objects.filter(outcome="held").count() == 2


def test_who_may_not_make_accounts_has_their_leads_held_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = make_lead(cast.rep_a, last_name="Clear", company="Brandnew GmbH")

    def nothing(_actor: Any, model: Any) -> bool:
        return model is not Account

    monkeypatch.setattr("sales.services.qualification_preview.may_create", nothing)
    done = run(Lead, "qualify", cast.rep_a, with_opportunity="on")
    assert _left(done, lead) == ("held", "You may not create accounts.")
    assert not Qualification.objects.exists()
