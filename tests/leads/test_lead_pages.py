"""The pages of leads."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core.actors import SYSTEM
from crm.core.models import StatusReason
from crm.customers.models import Account
from crm.customers.services.accounts import create_account
from leads.models import CapturedPost, Lead
from leads.services import leads as services
from tests.catalog.pages import hidden, list_of, names_in, text_of
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.leads import (
    AT,
    make_contacted_lead,
    make_disqualified_lead,
    make_form,
    make_lead,
    make_qualified_lead,
)
from tests.fixtures import ClientFor


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def saved(lead: Lead) -> Lead:
    found: Lead = Lead.objects.get(pk=lead.pk)
    return found


def make_account(cast: Cast, name: str = "Acme") -> Account:
    return create_account(values={"name": name}, owner=cast.rep_a, actor=SYSTEM, at=AT)


def form_of(page: str, **changes: str) -> dict[str, str]:
    """What the page's form would send unchanged, and the changes."""
    texts = dict(re.findall(r'<input type="(?:text|email|number|date|hidden)" name="(\w+)" value="([^"]*)"', page))
    chosen = re.findall(r'<select name="(\w+)".*?<option value="([^"]*)" selected', page, re.DOTALL)
    return {**texts, **dict(chosen), **changes}


def test_the_views_of_the_list(cast: Cast, anna: Client) -> None:
    make_lead(cast.rep_a, last_name="New")
    make_contacted_lead(cast.rep_a, last_name="Contacted")
    make_disqualified_lead(cast.rep_a, last_name="Lost")
    make_qualified_lead(cast.rep_a, last_name="Won")
    make_lead(cast.rep_c, last_name="Hidden")
    expected = {
        "": ["Megan Contacted", "Megan New"],
        "?view=open": ["Megan Contacted", "Megan New"],
        "?view=untouched": ["Megan New"],
        "?view=closed": ["Megan Won", "Megan Lost"],
        "?view=all": ["Megan Won", "Megan Lost", "Megan Contacted", "Megan New"],
    }
    assert {query: names_in(text_of(anna, f"/leads/{query}")) for query in expected} == expected


def test_a_manager_sees_the_unit_in_all_open_leads_only(cast: Cast, client_for: ClientFor) -> None:
    make_lead(cast.rep_a, last_name="North")
    make_lead(cast.rep_c, last_name="South")
    client = client_for(cast.manager)
    assert names_in(text_of(client, "/leads/")) == []
    assert names_in(text_of(client, "/leads/?view=open")) == ["Megan North"]
    assert len(names_in(text_of(client_for(cast.read_only), "/leads/?view=open"))) == 2


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=open", ["Ann Zimmer", "Ben Young"]),
        ("source=partner", ["Ben Young"]),
        ("rating=hot", ["Ann Zimmer"]),
        ("q=zim", ["Ann Zimmer"]),
        ("q=ZIMMER+ann", ["Ann Zimmer"]),
        ("q=acme", ["Ben Young"]),
        ("q=y@a", ["Ben Young"]),
        ("sort=sort_key", ["Ben Young", "Ann Zimmer"]),
        ("sort=-sort_key", ["Ann Zimmer", "Ben Young"]),
        ("created_from=2100-01-01", []),
        ("created_to=2100-01-01", ["Ann Zimmer", "Ben Young"]),
        ("rating=nonsense", ["Ann Zimmer", "Ben Young"]),
        ("sort=owner__password", ["Ann Zimmer", "Ben Young"]),
        ("after=nonsense", ["Ann Zimmer", "Ben Young"]),
        ("q=%25", []),
    ],
)
def test_filters_search_and_sort(cast: Cast, anna: Client, query: str, names: list[str]) -> None:
    make_lead(cast.rep_a, first_name="Ben", last_name="Young", company="Acme", email="y@a.example", source="partner")
    make_lead(cast.rep_a, first_name="Ann", last_name="Zimmer", rating="hot")
    assert names_in(list_of(anna, f"/leads/?{query}")) == names


def test_pages_of_fifty(cast: Cast, anna: Client) -> None:
    for number in range(53):
        make_lead(cast.rep_a, last_name=f"L{number:02}")
    first = text_of(anna, "/leads/")
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = text_of(anna, following[1].replace("&amp;", "&"))
    assert (len(names_in(first)), len(names_in(second))) == (50, 3)
    assert len({*names_in(first), *names_in(second)}) == 53


def test_a_lead_is_written_down_and_changed(cast: Cast, anna: Client) -> None:
    account = make_account(cast)
    page = text_of(anna, "/leads/new/")
    form = form_of(page, last_name="Chang", company="Williams", existing_account=f"Acme (#{account.pk})")
    response = anna.post("/leads/new/", form)
    lead = Lead.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    assert (lead.name, lead.owner, lead.existing_account, lead.preferred_contact_method) == (
        "Chang",
        cast.rep_a,
        account,
        "any",
    )
    edit = text_of(anna, f"/leads/{lead.pk}/edit/")
    changed = form_of(edit, first_name="Megan", source="partner", estimated_value="1200.50")
    assert anna.post(f"/leads/{lead.pk}/edit/", changed).status_code == 302
    assert (saved(lead).name, saved(lead).source) == ("Megan Chang", "partner")
    detail = text_of(anna, f"/leads/{lead.pk}/?tab=details")
    for text in ("Megan Chang", "Williams", lead.number, "Partner", "1,200.50", "Acme", "Anna North"):
        assert text in detail, text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_name": "Only"}, "last_name"),
        ({"last_name": "X", "email": "no address"}, "email"),
        ({"last_name": "X", "website": "javascript:alert(1)"}, "website"),
        ({"last_name": "X", "annual_revenue": "-1"}, "annual_revenue"),
        ({"last_name": "X", "estimated_close_on": "soon"}, "estimated_close_on"),
        ({"last_name": "X" * 101}, "last_name"),
        ({"last_name": "X", "source": "made up"}, "source"),
        ({"last_name": "X", "existing_account": "Nobody"}, "existing_account"),
    ],
)
def test_wrong_values_come_back_at_their_field(cast: Cast, anna: Client, changes: dict[str, str], field: str) -> None:
    response = anna.post("/leads/new/", form_of(text_of(anna, "/leads/new/"), **changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert all(f'value="{value}"' in response.text for name, value in changes.items() if name != "source")
    assert not Lead.objects.exists()


def test_a_form_does_not_set_what_is_not_on_it(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    hostile = {"owner": str(cast.rep_b.pk), "state": "qualified", "score": "9", "number": "X", "is_demo": "1"}
    form = form_of(text_of(anna, f"/leads/{lead.pk}/edit/"), **hostile)
    assert anna.post(f"/leads/{lead.pk}/edit/", form).status_code == 302
    kept = saved(lead)
    assert (kept.owner, kept.state, kept.score, kept.number, kept.is_demo) == (
        cast.rep_a,
        "open",
        None,
        lead.number,
        False,
    )


def test_a_stale_form_overwrites_nothing(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    form = form_of(text_of(anna, f"/leads/{lead.pk}/edit/"), topic="Mine")
    services.update_lead(lead_id=lead.pk, values={"topic": "Theirs"}, actor=cast.rep_a, at=AT)
    response = anna.post(f"/leads/{lead.pk}/edit/", form)
    assert response.status_code == 409
    assert "Mine" in response.text
    assert "Theirs" in response.text
    assert saved(lead).topic == "Theirs"


def test_a_form_sent_twice_makes_one_lead(cast: Cast, anna: Client) -> None:
    form = form_of(text_of(anna, "/leads/new/"), last_name="Once")
    assert form["idempotency_key"]
    first, second = (anna.post("/leads/new/", form) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert Lead.objects.count() == 1


def test_a_senders_own_source_stays_when_the_lead_is_edited(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, source="My <blog>")
    page = text_of(anna, f"/leads/{lead.pk}/edit/")
    assert "My &lt;blog&gt;" in page
    assert anna.post(f"/leads/{lead.pk}/edit/", form_of(page, source="My <blog>")).status_code == 302
    assert saved(lead).source == "My <blog>"


def test_a_disqualified_lead_leaves_my_open_leads_and_can_come_back(cast: Cast, anna: Client) -> None:
    StatusReason.objects.create(noun="lead", state="disqualified", key="no_budget", label="No budget left")
    lead = make_lead(cast.rep_a)
    page = text_of(anna, f"/leads/{lead.pk}/disqualify/")
    assert "No longer interested" in page
    assert saved(lead).state == "open"
    without = anna.post(f"/leads/{lead.pk}/disqualify/", {"note": "Hm"})
    assert (without.status_code, "Hm" in without.text) == (422, True)
    assert saved(lead).state == "open"
    response = anna.post(f"/leads/{lead.pk}/disqualify/", {"status_reason": "no_budget", "note": "Next year"})
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    detail = text_of(anna, f"/leads/{lead.pk}/?tab=details")
    assert "No budget left" in detail
    assert "Next year" in detail
    assert names_in(text_of(anna, "/leads/")) == []
    assert names_in(text_of(anna, "/leads/?view=closed")) == ["Megan Chang"]
    assert anna.post(f"/leads/{lead.pk}/reopen/").status_code == 302
    assert (saved(lead).state, saved(lead).status_reason) == ("open", "new")


def test_apps_above_warn_before_a_lead_is_disqualified(
    cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_warnings", {})
    services.register_warning(lambda lead, _actor: [f"An opportunity refers to {lead.name}."])
    lead = make_lead(cast.rep_a)
    assert "An opportunity refers to Megan Chang." in text_of(anna, f"/leads/{lead.pk}/disqualify/")


@pytest.mark.parametrize("make", [make_disqualified_lead, make_qualified_lead])
def test_a_closed_lead_is_not_edited_but_noted_and_assigned(
    cast: Cast, anna: Client, make: Callable[..., Lead]
) -> None:
    lead = make(cast.rep_a)
    for response in (anna.get(f"/leads/{lead.pk}/edit/"), anna.post(f"/leads/{lead.pk}/edit/", {"last_name": "X"})):
        assert response.status_code == 409
        assert lead.state in response.text
    form = {"kind": "note", "regarding": f"leads.lead:{lead.pk}", "description": "Late news"}
    assert anna.post("/activities/new/", form).status_code == 302
    assert "Late news" in text_of(anna, f"/leads/{lead.pk}/")
    assert anna.post(f"/leads/{lead.pk}/assign/", {"owner": cast.rep_b.pk}).status_code == 302
    assert (saved(lead).owner, saved(lead).last_name) == (cast.rep_b, "Chang")


def test_who_gives_a_lead_away_lands_on_the_list(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    response = anna.post(f"/leads/{lead.pk}/assign/", {"owner": cast.rep_c.pk})
    assert (response.status_code, response["Location"]) == (302, "/leads/")
    assert anna.get(f"/leads/{lead.pk}/").status_code == 404
    assert anna.post(f"/leads/{make_lead(cast.rep_a).pk}/assign/", {}).status_code == 422


@pytest.mark.parametrize("screen", ["", "edit/", "delete/", "contact/", "disqualify/", "reopen/", "assign/"])
def test_who_may_see_and_who_may_do(cast: Cast, client_for: ClientFor, screen: str) -> None:
    lead = make_lead(cast.rep_a, last_name="Secretive")
    url = f"/leads/{lead.pk}/{screen}"
    anonymous = Client().get(url)
    assert (anonymous.status_code, anonymous["Location"]) == (302, f"/login/?next={url}")
    own = client_for(cast.rep_a).get(url)
    assert own.status_code == (409 if screen == "reopen/" else 200)
    for person, status in ((cast.rep_b, 404), (cast.rep_c, 404), (cast.read_only, 403)):
        client = client_for(person)
        expected = 200 if not screen and status == 403 else status
        response = client.get(url)
        assert response.status_code == expected
        assert ("Secretive" in response.text) is (expected == 200)
        if screen:
            form = {"last_name": "Taken", "status_reason": "lost", "owner": person.pk}
            assert client.post(url, form).status_code == status
    kept = saved(lead)
    assert (kept.last_name, kept.state, kept.status_reason, kept.owner) == ("Secretive", "open", "new", cast.rep_a)


def test_who_may_not_create_leads_gets_no_form(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.read_only)
    assert client.get("/leads/new/").status_code == 403
    assert client.post("/leads/new/", {"last_name": "X"}).status_code == 403
    assert "/leads/new/" not in text_of(client, "/leads/")
    assert not Lead.objects.exists()


def test_a_lead_is_deleted_into_the_bin(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    assert "Delete" in text_of(anna, f"/leads/{lead.pk}/delete/")
    assert Lead.objects.exists()
    response = anna.post(f"/leads/{lead.pk}/delete/")
    assert (response.status_code, response["Location"]) == (302, "/leads/")
    assert anna.get(f"/leads/{lead.pk}/").status_code == 404
    assert Lead.with_bin.count() == 1


def test_a_hidden_existing_account_is_not_named(cast: Cast, client_for: ClientFor) -> None:
    hidden_account = create_account(values={"name": "Secret Ltd"}, owner=cast.rep_c, actor=SYSTEM, at=AT)
    lead = make_lead(cast.rep_a, existing_account=hidden_account)
    assert "Secret Ltd" not in text_of(client_for(cast.rep_a), f"/leads/{lead.pk}/")


def test_the_page_shows_the_post_that_brought_the_lead(cast: Cast, anna: Client) -> None:
    form = make_form(cast.rep_a, name="Website form")
    hostile = "<img src=x onerror=alert(1)>"
    sent = {
        "last_name": "Chang",
        "00N20000003bk9v": hostile,
        "email": "not an address",
        "referrer": "javascript:alert(1)",
    }
    Client().post(f"/capture/{form.key}/", sent, headers={"User-Agent": "Probe <b>9</b>"})
    lead = Lead.objects.get()
    page = text_of(anna, f"/leads/{lead.pk}/?tab=details")
    for text in (
        "Website form",
        "00N20000003bk9v",
        "not an address",
        "is not an e-mail address",
        "javascript:alert(1)",
    ):
        assert text in page, text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "Probe &lt;b&gt;9&lt;/b&gt;" in page
    assert hostile not in page
    assert 'href="javascript' not in page
    assert CapturedPost.objects.get().lead == lead


def test_naughty_text_in_every_field_is_shown_as_text(cast: Cast, anna: Client) -> None:
    script = "<script>alert(1)</script>"
    columns = ("topic", "first_name", "last_name", "company", "job_title", "city", "description", "industry", "phone")
    values: dict[str, Any] = dict.fromkeys(columns, script)
    lead = make_lead(cast.rep_a, **values)
    for url in ("/leads/", f"/leads/{lead.pk}/", f"/leads/{lead.pk}/edit/", f"/leads/{lead.pk}/delete/"):
        page = text_of(anna, url)
        assert script not in page
        assert "&lt;script&gt;alert(1)" in page


def _queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def _fill(cast: Cast, number: int, **values: Any) -> None:
    for _number in range(number):
        make_lead(cast.rep_a, **values)


def test_a_list_of_fifty_costs_what_a_list_of_two_costs(cast: Cast, anna: Client) -> None:
    _fill(cast, 2)
    few = _queries(anna, "/leads/")
    _fill(cast, 48)
    assert _queries(anna, "/leads/") == few <= 8


def test_a_lead_with_fifty_activities_costs_what_one_with_two_costs(cast: Cast, anna: Client) -> None:
    few, many = make_lead(cast.rep_a), make_lead(cast.rep_a)
    for lead, number in ((few, 2), (many, 50)):
        for _number in range(number):
            make_activity(cast.rep_a, "task", regarding=lead)
    assert _queries(anna, f"/leads/{few.pk}/") == _queries(anna, f"/leads/{many.pk}/") <= 12


def test_the_version_of_the_form_is_that_of_the_lead(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    assert hidden(text_of(anna, f"/leads/{lead.pk}/edit/"), "version") == str(saved(lead).version)
