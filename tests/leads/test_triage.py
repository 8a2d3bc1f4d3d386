"""The inbox of new leads: who waits, what each act does, and that the last one can be taken back."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activities.models import Activity
from crm.customers.models import Account
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory
from tests.factories.leads import make_contacted_lead, make_disqualified_lead, make_lead
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

URL = "/leads/triage/"


def _waiting(cast: Cast) -> tuple[Lead, Lead]:
    """Two of rep A's leads, the first of which has waited longer; and what does not wait for rep A."""
    now = timezone.now()
    first = make_lead(cast.rep_a, first_name="Ada", at=now - dt.timedelta(hours=3))
    second = make_lead(cast.rep_a, first_name="Bea", at=now - dt.timedelta(hours=1))
    make_contacted_lead(cast.rep_a, first_name="Cora")
    make_disqualified_lead(cast.rep_a, first_name="Dora")
    make_lead(cast.rep_c, first_name="Hidden")
    return first, second


def _names(page: str) -> list[str]:
    return re.findall(r'class="row-name" href="[^"]*"[^>]*>([^<]+)<', page)


def _post(client: Client, lead: Lead, act: str, **sent: Any) -> Any:
    return client.post(URL, {"act": act, "lead": lead.pk, **sent})


def _state(lead: Lead) -> tuple[str, str]:
    found: tuple[str, str] = Lead.objects.values_list("state", "status_reason").get(pk=lead.pk)
    return found


def _take_back(client: Client, answer: Any) -> Any:
    """As pressing z on the page to which an act has led."""
    url = answer.headers["Location"]
    page = client.get(url).content.decode()
    undo = re.search(r'name="undo" value="([^"]+)"', page)
    assert undo is not None
    return client.post(url, {"undo": undo[1]})


def test_the_one_that_has_waited_longest_is_shown_with_all_that_can_be_done(cast: Cast, client_for: ClientFor) -> None:
    first, second = _waiting(cast)
    Account.objects.filter(pk=AccountFactory.create(name=first.company, owner=cast.rep_a).pk)
    page = client_for(cast.rep_a).get(URL).content.decode()
    assert _names(page) == ["Ada Chang", "Bea Chang"]
    assert f'<a href="/leads/{first.pk}/">Ada Chang</a>' in page
    assert [key for key in "qdacz123" if f'data-key="{key}"' in page] == ["q", "d", "a", "c", "1", "2", "3"]
    assert f'href="{URL}?lead={second.pk}" data-key="j"' in page
    assert "Same company name" in page
    assert "3 h" in page
    assert "Hidden" not in page


def test_disqualifying_takes_one_key_more_and_leads_to_the_next(cast: Cast, client_for: ClientFor) -> None:
    first, second = _waiting(cast)
    client = client_for(cast.rep_a)
    answer = _post(client, first, "disqualify", status_reason="cannot_contact")
    assert _state(first) == ("disqualified", "cannot_contact")
    assert re.fullmatch(rf"{URL}\?lead={second.pk}&undo=run-\d+", answer.headers["Location"])

    back = _take_back(client, answer)
    assert back.headers["Location"] == f"{URL}?lead={first.pk}"
    assert _state(first) == ("open", "new")


def test_assigning_gives_it_away_and_has_it_back_though_it_is_not_seen_any_more(
    cast: Cast, client_for: ClientFor
) -> None:
    first, _second = _waiting(cast)
    client = client_for(cast.rep_a)
    answer = _post(client, first, "assign", owner=cast.rep_c.pk)
    assert Lead.objects.get(pk=first.pk).owner == cast.rep_c
    assert client.get(f"{URL}?lead={first.pk}").status_code == 404

    _take_back(client, answer)
    assert Lead.objects.get(pk=first.pk).owner == cast.rep_a


def test_a_logged_call_is_on_the_timeline_and_taken_back_makes_the_lead_new_again(
    cast: Cast, client_for: ClientFor
) -> None:
    first, _second = _waiting(cast)
    client = client_for(cast.rep_a)
    answer = _post(client, first, "call", note="Wants a price")
    call = Activity.objects.get()
    assert (call.kind, call.state, call.description, call.regarding_id) == (
        "phone_call",
        "completed",
        "Wants a price",
        first.pk,
    )
    assert _state(first) == ("open", "contacted")

    _take_back(client, answer)
    assert _state(first) == ("open", "new")
    assert Lead.objects.get(pk=first.pk).contacted_at is None
    assert not Activity.objects.exists()


def test_a_lead_that_was_met_otherwise_stays_contacted_when_a_call_is_taken_back(
    cast: Cast, client_for: ClientFor
) -> None:
    first, _second = _waiting(cast)
    client = client_for(cast.rep_a)
    answer = _post(client, first, "call")
    _post(client, first, "call", note="Again")
    _take_back(client, answer)
    assert _state(first) == ("open", "contacted")
    assert Activity.objects.get().description == "Again"


def test_qualifying_goes_through_its_preview_back_here_and_can_be_taken_back(cast: Cast, client_for: ClientFor) -> None:
    first, _second = _waiting(cast)
    client = client_for(cast.rep_a)
    page = client.get(URL).content.decode()
    url = f"/leads/{first.pk}/qualify/?from=triage"
    assert f'href="{url}" data-key="q"' in page
    answer = client.post(url, {"account-choice": "create", "account-name": "New", "contact-choice": "skip",
                               "opportunity-choice": "skip"})  # fmt: skip
    assert answer.headers["Location"] == f"{URL}?undo=qualify-{first.pk}"
    assert _state(first)[0] == "qualified"

    _take_back(client, answer)
    assert _state(first) == ("open", "new")
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"act": "disqualify", "status_reason": "tired"}, 422),
        ({"act": "disqualify", "lead": "hidden", "status_reason": "lost"}, 404),
        ({"act": "assign"}, 422),
        ({"act": "delete"}, 404),
        ({"act": "call", "lead": "closed"}, 409),
        ({"act": "disqualify", "lead": "closed", "status_reason": "lost"}, 409),
        ({"act": "call", "lead": "0x1"}, 404),
        ({"undo": "run-1"}, 404),
        ({"undo": "call-999999999999999999"}, 404),
        ({"undo": "qualify-9"}, 404),
        ({"undo": "everything"}, 404),
    ],
)
def test_what_is_refused_changes_nothing(sent: dict[str, str], status: int, cast: Cast, client_for: ClientFor) -> None:
    first, _second = _waiting(cast)
    keys = {"hidden": Lead.objects.get(first_name="Hidden").pk, "closed": Lead.objects.get(first_name="Dora").pk}
    before = list(Lead.objects.order_by("pk").values())
    lead = sent.get("lead", str(first.pk))
    answer = client_for(cast.rep_a).post(URL, {**sent, "lead": keys.get(lead, lead)})
    assert answer.status_code == status
    assert list(Lead.objects.order_by("pk").values()) == before
    assert not Activity.objects.exists()


def test_nobody_takes_back_the_act_of_somebody_else(cast: Cast, client_for: ClientFor) -> None:
    first, _second = _waiting(cast)
    url = _post(client_for(cast.rep_a), first, "disqualify", status_reason="lost").headers["Location"]
    undo = url.partition("undo=")[2]
    assert client_for(cast.manager).post(URL, {"undo": undo}).status_code == 404
    assert _state(first) == ("disqualified", "lost")


def test_the_page_costs_the_same_with_many_that_wait(
    cast: Cast, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        make_lead(cast.rep_a, first_name=f"Lead {number}")
    client = client_for(cast.rep_a)
    client.get(URL)
    with django_assert_max_num_queries(12):
        page = client.get(f"{URL}?undo=run-5").content.decode()
    assert len(_names(page)) == 50
    assert "50 wait+" in re.sub(r"\s+", " ", page)
