"""The page of a record: what is shown, what can be done, and what is not there for this person."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import format_html

from crm.core import history, line, panels
from crm.core.line import Node
from crm.core.panels import Panel
from crm.core.screens.details import KeyFact
from crm.core.stages import Stage
from crm.users.depth import Depth
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
from tests.core.lead_screens import LeadDetailView
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lead_screens")]
CLOSED: dict[str, Any] = {
    "state": "disqualified",
    "status_reason": "lost",
    "closed_at": dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
}
ALL_RIGHTS = ("read", "create", "write", "delete", "disqualify")


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    grant(cast.rep_a, Depth.OWN, *ALL_RIGHTS)
    return client_for(cast.rep_a)


def page_of(client: Client, lead: Lead, query: str = "") -> str:
    response = client.get(f"/leads/{lead.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def tabs_on(page: str) -> list[str]:
    """The labels of the tabs; the open one with a star."""
    found = re.findall(r'<a id="tab-\w+" href="[^"]*"( aria-current="page")?>([^<]+)</a>', page)
    return [f"{label}*" if current else label for current, label in found]


def test_a_record_shows_name_state_owner_and_the_next_move(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, "Katrin Ostermann", company="Ostermann <Brauerei>")
    page = page_of(anna, lead)
    assert "<h1>Katrin Ostermann" in page
    assert "New</span>" in page
    assert "Anna North" in page
    assert "Ostermann &lt;Brauerei&gt;" in page
    assert f'<a class="btn btn-primary" href="/leads/{lead.pk}/contact/">Mark as contacted</a>' in page
    assert f'href="/leads/{lead.pk}/disqualify/"' in page
    assert f'href="/leads/{lead.pk}/edit/"' in page
    assert f'href="/leads/{lead.pk}/delete/"' in page


def test_a_move_that_is_not_legal_stays_visible_and_says_why(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a, **CLOSED)
    page = page_of(anna, lead)
    assert "btn-primary" not in page
    assert f'href="/leads/{lead.pk}/contact/"' not in page
    assert "This lead is disqualified (Lost), so it cannot be changed that way (contact)." in page
    assert "Closed leads cannot be edited." in page
    assert '<span class="tag">Lost</span>' in page


def test_an_invisible_record_is_not_there(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_c, "Secret name")
    for address in (f"/leads/{lead.pk}/", f"/leads/{lead.pk}/?panel=history", "/leads/999999999999999999999/"):
        response = anna.get(address)
        assert response.status_code == 404
        assert "Secret name" not in response.content.decode()


def test_acts_that_one_never_may_do_are_left_out(cast: Cast, client_for: ClientFor) -> None:
    lead = lead_row(cast.rep_a)
    grant(cast.rep_a, Depth.OWN, "read")
    page = page_of(client_for(cast.rep_a), lead)
    for name in ("contact", "disqualify", "edit", "delete"):
        assert f"/leads/{lead.pk}/{name}/" not in page
    assert "Mark as contacted" not in page


def test_acts_that_one_may_do_with_other_records_say_that_the_right_is_missing(
    cast: Cast, client_for: ClientFor
) -> None:
    lead = lead_row(cast.rep_b)
    grant(cast.rep_a, Depth.UNIT, "read")
    role = cast.rep_a.user_roles.get().role
    role.privileges.create(permission="leads.write_lead", depth=Depth.OWN)
    page = page_of(client_for(cast.rep_a), lead)
    assert "You lack the right to do this with this record." in page
    assert f'href="/leads/{lead.pk}/edit/"' not in page


def test_panels_stand_in_their_columns_and_lazy_ones_wait(
    cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = lead_row(cast.rep_a)
    asked: list[str] = []

    def note(record: Lead, user: object) -> dict[str, object]:
        asked.append(str(user))
        return {"facts": [("Topic", record.topic)]}

    shown = Panel(name="near", title="Near", template="components/facts.html", context=note, column="side")
    lazy = Panel(name="far", title="Far", template="components/facts.html", context=note, lazy=True)
    hidden = Panel(name="gone", title="Gone", template="components/facts.html", shown=lambda _record, _user: False)
    monkeypatch.setattr(panels, "_registry", {Lead: {panel.name: panel for panel in (shown, lazy, hidden)}})
    page = page_of(anna, lead, "?tab=related")
    assert asked == ["Anna North"]
    assert "<h2>Near</h2>" in page
    assert f'hx-get="/leads/{lead.pk}/?panel=far"' in page
    assert "Gone" not in page
    alone = anna.get(f"/leads/{lead.pk}/?panel=far", headers={"HX-Request": "true", "HX-Target": "panel-far"})
    assert alone.content.decode().lstrip().startswith('<section class="card" id="panel-far"')
    assert "Flow meters" in alone.content.decode()
    assert "<html" in page_of(anna, lead, "?panel=far")
    assert anna.get(f"/leads/{lead.pk}/?panel=gone").status_code == 404
    assert anna.get(f"/leads/{lead.pk}/?panel=none").status_code == 404


def test_only_the_panels_of_the_open_tab_are_made(cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = lead_row(cast.rep_a, company="Ostermann")
    asked: list[str] = []

    def panel(name: str, tab: str, *, position: int = 100) -> Panel:
        def context(record: Lead, _user: object) -> dict[str, object]:
            asked.append(name)
            return {"facts": [("Topic", record.topic)]}

        template = "components/facts.html"
        return Panel(name=name, title=name.title(), template=template, context=context, tab=tab, position=position)

    declared = (panel("talk", "timeline"), panel("terms", "details"), panel("deals", "related"))
    monkeypatch.setattr(panels, "_registry", {Lead: {one.name: one for one in declared}})
    first = page_of(anna, lead)
    assert asked == ["talk"]
    assert tabs_on(first) == ["Timeline*", "Details", "Related", "History"]
    assert page_of(anna, lead, "?tab=nonsense&x=%00").count("<h2>Talk</h2>") == 1
    details = page_of(anna, lead, "?tab=details")
    assert tabs_on(details) == ["Timeline", "Details*", "Related", "History"]
    assert "<h2>All fields</h2>" in details
    assert asked == ["talk", "talk", "terms"]
    region = anna.get(
        f"/leads/{lead.pk}/?tab=history", headers={"HX-Request": "true", "HX-Target": "tabs"}
    ).content.decode()
    assert region.lstrip().startswith('<div class="tab-region" id="tabs">')
    assert "<h1" not in region
    assert tabs_on(region)[-1] == "History*"


def test_a_tab_with_nothing_in_it_is_not_there(cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = lead_row(cast.rep_a)
    nothing = Panel(name="gone", title="Gone", template="components/facts.html", shown=lambda _record, _user: False)
    monkeypatch.setattr(panels, "_registry", {Lead: {"gone": nothing}})
    assert tabs_on(page_of(anna, lead, "?tab=related")) == ["Details*", "History"]


def test_key_facts_lead_to_their_field_for_those_who_may_write(
    cast: Cast, anna: Client, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = lead_row(cast.rep_a, company="Ostermann & Co")
    link = format_html('<a href="mailto:{}">{}</a>', "a&b@example.com", "a&b@example.com")
    facts = [
        KeyFact("Company", lead.company, "company"),
        KeyFact("E-mail", link, "email"),
        ("Topic", ""),
        ("City", "Ulm"),
    ]
    monkeypatch.setattr(LeadDetailView, "key_facts", lambda _view, _record: facts)
    page = page_of(anna, lead)
    assert f'href="/leads/{lead.pk}/edit/#id_company"' in page
    assert 'data-copy="a&amp;b@example.com"' in page
    assert page.count("data-copy=") == 1
    assert "Copy: E-mail" in page
    assert "<dt>Topic</dt>" not in page
    grant(cast.rep_b, Depth.UNIT, "read")
    reading = page_of(client_for(cast.rep_b), lead)
    assert "Ostermann &amp; Co" in reading
    assert "#id_company" not in reading


def test_the_process_bar_says_where_the_record_is(cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = [Stage("Qualify", "done", "9 d"), Stage("Develop", "current", "4 d 3 h"), Stage("Close", "next")]
    monkeypatch.setattr(LeadDetailView, "stages", lambda _view, _record: stages)
    page = page_of(anna, lead_row(cast.rep_a))
    assert re.findall(r'process-stage is-(\w+)"( aria-current="step")?', page) == [
        ("done", ""),
        ("current", ' aria-current="step"'),
        ("next", ""),
    ]
    assert '<span class="process-note">4 d 3 h</span>' in page


def test_a_heading_has_six_facts_at_most(cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = [("Empty", ""), *((f"Fact {number}", number) for number in range(8))]
    monkeypatch.setattr(LeadDetailView, "facts", lambda _view, _record: facts)
    head = page_of(anna, lead_row(cast.rep_a)).split('<dl class="facts-head">')[1].split("</dl>")[0]
    assert re.findall(r">([^<>]+)</dt>", head) == ["Owner", "Fact 0", "Fact 1", "Fact 2", "Fact 3", "Fact 4"]


def test_the_line_stands_above_a_record_of_the_chain(cast: Cast, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = lead_row(cast.rep_a)
    nodes = [Node("Lead", "current", lead.number), Node("Opportunity", "plan", "after qualifying")]
    monkeypatch.setattr(line, "_registry", {Lead: lambda _record, _user: nodes})
    page = page_of(anna, lead)
    assert 'aria-current="step"' in page
    assert "after qualifying" in page


def test_history_tells_who_changed_what(cast: Cast, anna: Client) -> None:
    with history.action("lead.created", actor=cast.rep_a):
        lead = lead_row(cast.rep_a, company="Old & Co")
    with history.action("lead.updated", actor=cast.manager):
        Lead.objects.filter(pk=lead.pk).update(company="New & Co", rating="hot", owner=cast.rep_b)
        Lead.objects.filter(pk=lead.pk).update(owner=cast.rep_a)
    page = page_of(anna, lead, "?panel=history")
    text = " ".join(page.split())
    assert "<strong>Mara Manager</strong> Lead changed" in text
    assert "<strong>Anna North</strong> Lead created" in text
    assert 'Company: <span class="muted">Old &amp; Co</span> → New &amp; Co' in text
    assert 'Rating: <span class="muted">empty</span> → Hot' in text
    assert 'Owner: <span class="muted">Anna North</span> → Ben North' in text
    assert "Version" not in text
    assert "key:" not in text  # what is derived from the company


def test_history_of_a_move_uses_the_words_of_the_machine(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a)
    Lead.objects.filter(pk=lead.pk).update(status_reason="contacted")
    text = " ".join(page_of(anna, lead, "?panel=history").split())
    assert 'Status reason: <span class="muted">New</span> → Contacted' in text


def test_history_is_read_in_pages_and_each_page_costs_the_same(cast: Cast, anna: Client) -> None:
    lead = lead_row(cast.rep_a)
    for number in range(60):
        Lead.objects.filter(pk=lead.pk).update(company=f"Company {number}")
    page_of(anna, lead, "?panel=history")
    with CaptureQueriesContext(connection) as queries:
        first = page_of(anna, lead, "?panel=history")
    assert first.count("timeline-item") == 50
    assert len(queries) <= 6
    token = first.split("&amp;older=")[1].split('"')[0]
    second = page_of(anna, lead, f"?panel=history&older={token}")
    assert second.count("timeline-item") == 11
    assert 'Company: <span class="muted">Company 8</span> → Company 9' in " ".join(second.split())
    assert page_of(anna, lead, "?panel=history&older=nonsense").count("timeline-item") == 50


def test_a_record_costs_few_queries(cast: Cast, client_for: ClientFor) -> None:
    lead = lead_row(cast.rep_a)
    grant(cast.manager, Depth.UNIT, *ALL_RIGHTS)
    client = client_for(cast.manager)
    page_of(client, lead)
    with CaptureQueriesContext(connection) as queries:
        page_of(client, lead)
    assert len(queries) <= 7, [query["sql"] for query in queries]
