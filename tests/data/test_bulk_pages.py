"""The way from the boxes of a list to what came of it: preview, doing it, the result, taking it back."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core.models import Tag
from crm.data.models import BulkRun
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.leads import make_disqualified_lead, make_lead
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def leads(cast: Cast) -> list[Lead]:
    return [make_lead(cast.rep_a, last_name=name, rating="cold") for name in ("One", "Two", "Three")]


@pytest.fixture
def client(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def bulk(client: Client, query: str, **sent: Any) -> Any:
    return client.post(f"/leads/bulk/?{query}", sent)


def test_the_list_has_a_box_for_each_row_and_the_bar_says_what_can_be_done(leads: list[Lead], client: Client) -> None:
    page = text_of(client.get("/leads/?view=open&sort=sort_key&after=nothing"))
    assert page.count('name="pick"') == 3
    assert 'aria-label="Select Megan One"' in page
    assert '<form class="bulk-bar" id="bulk" method="get" action="/leads/bulk/"' in page
    for name, value in (("view", "open"), ("sort", "sort_key")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert 'name="after"' not in page
    for act in ("assign", "edit", "tag", "untag", "move-disqualify", "delete"):
        assert f'name="act" value="{act}"' in page


def test_who_may_change_nothing_has_no_boxes(leads: list[Lead], cast: Cast, client_for: ClientFor) -> None:
    page = client_for(cast.read_only).get("/leads/?view=all").content.decode()
    assert ('name="pick"' in page, "bulk-bar" in page) == (False, False)


def test_the_preview_counts_and_writes_nothing(leads: list[Lead], cast: Cast, client: Client) -> None:
    make_disqualified_lead(cast.rep_a, last_name="Closed")
    hidden = make_lead(cast.rep_c, last_name="Hidden")
    page = text_of(client.get("/leads/bulk/?view=all&scope=all&act=edit&field=rating"))
    assert "<strong>3 will change, 1 are not in a state for it</strong>" in page
    assert "Everything that matches the list is meant." in page
    assert 'name="expected" value="3"' in page
    picked = "&".join(f"pick={lead.pk}" for lead in (leads[0], leads[1], hidden))
    page = text_of(client.get(f"/leads/bulk/?view=all&act=assign&{picked}&pick=x&pick={'9' * 30}"))
    assert "<strong>2 will change</strong>" in page
    assert "Hidden" not in page
    assert BulkRun.objects.count() == 0


def test_the_preview_asks_no_more_for_many_than_for_few(leads: list[Lead], cast: Cast, client: Client) -> None:
    client.get("/leads/bulk/?view=all&scope=all&act=tag")
    counts = []
    for number in (0, 20):
        for _one in range(number):
            make_lead(cast.rep_a)
        with CaptureQueriesContext(connection) as asked:
            client.get("/leads/bulk/?view=all&scope=all&act=edit&field=rating")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8


def test_picked_records_change_and_the_result_can_be_taken_back(leads: list[Lead], client: Client) -> None:
    query = f"view=open&act=edit&field=rating&pick={leads[0].pk}&pick={leads[1].pk}"
    answer = bulk(client, query, rating="hot", expected="2", idempotency_key="once")
    run = BulkRun.objects.get()
    assert answer["Location"] == f"/bulk-changes/{run.pk}/"
    assert bulk(client, query, rating="hot", expected="2", idempotency_key="once")["Location"] == answer["Location"]
    assert list(Lead.objects.order_by("pk").values_list("rating", flat=True)) == ["hot", "hot", "cold"]
    page = text_of(client.get(answer["Location"]))
    assert "2 records changed" in page
    assert 'href="/leads/?view=open"' in page
    assert "Take back “Rating set to Hot”?" in text_of(client.get(f"/bulk-changes/{run.pk}/undo/"))
    back = client.post(f"/bulk-changes/{run.pk}/undo/")
    assert "2 records changed" in text_of(client.get(back["Location"]))
    assert set(Lead.objects.values_list("rating", flat=True)) == {"cold"}
    again = client.post(f"/bulk-changes/{run.pk}/undo/")
    assert (again.status_code, "has been taken back already" in text_of(again)) == (409, True)
    assert "Taken back: Rating set to Hot" in text_of(client.get("/bulk-changes/"))


def test_hidden_records_among_the_ticked_ones_are_left_alone(leads: list[Lead], cast: Cast, client: Client) -> None:
    hidden = make_lead(cast.rep_c, last_name="Hidden", rating="cold")
    query = f"view=all&act=edit&field=rating&pick={leads[0].pk}&pick={hidden.pk}"
    answer = bulk(client, query, rating="hot", expected="1")
    assert "Hidden" not in client.get(answer["Location"]).content.decode()
    assert [row.record_id for row in BulkRun.objects.get().rows.all()] == [leads[0].pk]
    hidden.refresh_from_db()
    assert (hidden.rating, hidden.version) == ("cold", 1)


def test_what_the_form_refuses_stays_at_its_field(leads: list[Lead], client: Client) -> None:
    answer = bulk(client, "view=all&scope=all&act=edit&field=employees", employees="many", expected="3")
    assert (answer.status_code, 'id="id_employees_error"' in answer.content.decode()) == (422, True)
    answer = bulk(client, "view=all&scope=all&act=tag", names=" , ", expected="3")
    assert (answer.status_code, Tag.objects.count()) == (422, 0)
    assert BulkRun.objects.count() == 0


def test_numbers_that_no_longer_hold_are_shown_again(leads: list[Lead], cast: Cast, client: Client) -> None:
    make_lead(cast.rep_a)
    answer = bulk(client, "view=all&scope=all&act=edit&field=rating", rating="hot", expected="3")
    assert (answer.status_code, "<strong>4 will change</strong>" in text_of(answer)) == (409, True)
    assert "have changed since you looked" in text_of(answer)
    assert Lead.objects.filter(rating="hot").count() == 0


def test_an_address_that_was_half_understood_changes_nothing(leads: list[Lead], client: Client) -> None:
    answer = bulk(client, "view=all&colour=red&scope=all&act=edit&field=rating", rating="hot", expected="3")
    assert (answer.status_code, "was not understood" in text_of(answer)) == (409, True)
    assert Lead.objects.filter(rating="hot").count() == 0


@pytest.mark.parametrize("query", ["act=nothing", "act=edit&field=owner", "act=edit&field=state", "act=move-qualify"])
def test_what_is_no_act_is_not_there(query: str, leads: list[Lead], client: Client) -> None:
    assert client.get(f"/leads/bulk/?view=all&scope=all&{query}").status_code == 404
    assert bulk(client, f"view=all&scope=all&{query}", owner="1", state="won").status_code == 404


def test_a_run_belongs_to_one_person(leads: list[Lead], client: Client, cast: Cast, client_for: ClientFor) -> None:
    bulk(client, "view=all&scope=all&act=edit&field=rating", rating="hot", expected="3")
    run = BulkRun.objects.get()
    other = client_for(cast.administrator)
    assert other.get(f"/bulk-changes/{run.pk}/").status_code == 404
    assert other.post(f"/bulk-changes/{run.pk}/undo/").status_code == 404
    assert "rating set" not in text_of(other.get("/bulk-changes/"))


def test_a_field_is_chosen_first(leads: list[Lead], client: Client) -> None:
    page = text_of(client.get("/leads/bulk/?view=all&scope=all&act=edit"))
    assert '<option value="rating">' in page
    assert 'name="expected"' not in page
