"""The page of a record: what is shown, what can be done, and what is not there for this person."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core import history, line, panels
from crm.core.line import Node
from crm.core.panels import Panel
from crm.users.depth import Depth
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
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
    page = page_of(anna, lead)
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
    assert "<strong>Mara Manager</strong> Lead updated" in text
    assert "<strong>Anna North</strong> Lead created" in text
    assert 'Company: <span class="muted">Old &amp; Co</span> → New &amp; Co' in text
    assert 'Rating: <span class="muted">empty</span> → Hot' in text
    assert 'Owner: <span class="muted">Anna North</span> → Ben North' in text
    assert "Version" not in text


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
