"""Today: what waits for the person who signed in, and nothing of others."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity
from crm.users.home import Day
from leads.home import new_leads
from leads.services.leads import disqualify_lead
from sales.home import expiring_quotes, quiet_deals
from sales.home_month import my_month
from tests.factories.activities import make_activity, make_completed
from tests.factories.cast import Cast
from tests.factories.leads import make_contacted_lead, make_lead
from tests.factories.opportunities import make_won
from tests.factories.sales import (
    make_account,
    make_active_quote,
    make_issued_invoice,
    make_opportunity,
    make_order,
    write_in,
)
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def nodes_in(page: str) -> dict[str, str]:
    """Word → number and words of each node of the funnel."""
    found = re.findall(
        r'<a class="line-word"[^>]*>(\w+) <strong>(\d+)</strong></a>\s*(?:<span[^>]*>([^<]*)</span>)?', page
    )
    return {word: f"{number} {label}".strip() for word, number, label in found}


def test_the_first_page_shows_my_open_work_and_nobody_elses(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, last_name="Mine", company="Acme", country="Italy")
    closed = make_lead(cast.rep_a, last_name="Closed")
    disqualify_lead(lead_id=closed.pk, reason="lost", actor=cast.rep_a, at=AT)
    make_contacted_lead(cast.rep_a, last_name="Touched")
    make_lead(cast.rep_b, last_name="Theirs")
    now = timezone.now()
    call = make_activity(cast.rep_a, "phone_call", subject="Call back", regarding=lead, due_at=now)
    make_activity(cast.rep_a, subject="Some day")
    make_activity(cast.rep_a, subject="Next week", due_at=now + dt.timedelta(days=7))
    make_activity(cast.rep_b, subject="Bens call", due_at=now)
    make_completed(cast.rep_a, subject="Done", due_at=now)

    page = anna.get("/").content.decode()

    shown = ("Megan Mine", "Acme, IT", "Call back", "1 waiting", f'action="/activities/{call.pk}/complete/"')
    assert [text for text in shown if text not in page] == []
    hidden = ("Megan Closed", "Megan Touched", "Megan Theirs", "Some day", "Next week", "Bens call", ">Done<")
    assert [text for text in hidden if text in page] == []
    assert f'href="/activities/new/?kind=phone_call&amp;regarding=leads.lead:{lead.pk}"' in page
    assert f'href="/leads/{lead.pk}/qualify/"' in page


def test_new_leads_stand_by_longest_waiting(cast: Cast) -> None:
    with time_machine.travel(AT, tick=False):
        for minutes in (20, 90, 4):
            make_lead(cast.rep_a, last_name=str(minutes), at=AT - dt.timedelta(minutes=minutes))
        body = new_leads(Day(cast.rep_a))
    assert [(lead.name, re.findall(r"clock-(\w+)", lead.clock)) for lead in body.rows] == [
        ("Megan 90", ["late"]),
        ("Megan 20", ["green"]),
        ("Megan 4", ["green"]),
    ]


def test_completing_from_today_is_one_post_and_comes_back(cast: Cast, anna: Client) -> None:
    task = make_activity(cast.rep_a, due_at=timezone.now(), regarding=make_lead(cast.rep_a))
    form = {"idempotency_key": "k", "go_on": "today"}
    for _time in range(2):
        response = anna.post(f"/activities/{task.pk}/complete/", form)
        assert (response.status_code, response["Location"]) == (302, "/")
    assert Activity.objects.get().state == "completed"


def test_the_funnel_counts_and_sums_my_own_open_work(cast: Cast, anna: Client) -> None:
    make_lead(cast.rep_a)
    make_contacted_lead(cast.rep_a)
    make_lead(cast.rep_b)
    for revenue in (1000, 2500):
        make_opportunity(cast.rep_a, estimated_revenue=Decimal(revenue))
    make_opportunity(cast.rep_b, estimated_revenue=Decimal(9000))
    for make in (make_active_quote, make_order, make_issued_invoice):
        make(cast.rep_a, (write_in("100"),))
    page = anna.get("/").content.decode()
    assert nodes_in(page) == {
        "Leads": "2 1 new",
        "Opportunities": "2 3,500",
        "Quotes": "1 120 out",
        "Orders": "1 120 to invoice",
        "Invoices": "1 120 unpaid",
    }


def test_the_page_of_somebody_who_owns_nothing_leads_to_the_lists(cast: Cast, client_for: ClientFor) -> None:
    make_lead(cast.rep_a)
    for person in (cast.manager, cast.administrator, cast.read_only):
        page = client_for(person).get("/").content.decode()
        assert "Nothing of yours is open" in page
        assert 'href="/leads/?view=open"' in page
        assert 'href="/opportunities/?view=all"' in page
        assert "line-sum" not in page


@time_machine.travel(AT, tick=False)
def test_quotes_about_to_expire_stand_by_their_last_day(cast: Cast) -> None:
    for days in (3, 30, 9, 0):
        make_active_quote(cast.rep_a, expires_on=AT.date() + dt.timedelta(days=days))
    body = expiring_quotes(Day(cast.rep_a))
    assert [(row.words, row.is_pressing) for row in body.rows] == [
        ("today", True),
        ("in 3 days", True),
        ("in 9 days", False),
    ]
    assert expiring_quotes(Day(cast.rep_b)).rows == []


def test_deals_without_a_next_step_stand_by_how_long_they_are_quiet(cast: Cast) -> None:
    now = timezone.now()
    quiet, planned, fresh = (make_opportunity(cast.rep_a, topic=name) for name in ("Quiet", "Planned", "Fresh"))
    make_activity(cast.rep_a, regarding=planned)
    make_completed(cast.rep_a, regarding=quiet, at=now - dt.timedelta(days=16))
    make_activity(cast.rep_a, "note", regarding=fresh)
    body = quiet_deals(Day(cast.rep_a))
    assert [(row.name, row.note.rpartition(" · ")[2]) for row in body.rows] == [
        ("Quiet", "16 days quiet"),
        ("Fresh", "0 days quiet"),
    ]
    assert body.rows[0].act_url == f"/activities/new/?kind=task&regarding=sales.opportunity:{quiet.pk}"


def test_a_hidden_customer_is_not_named_on_today(cast: Cast) -> None:
    hidden = make_account(cast.rep_c, name="Secret Ltd")
    deal = make_opportunity(cast.rep_a, topic="Deal")
    type(deal).objects.filter(pk=deal.pk).update(customer_account=hidden, customer_contact=None, contact=None)
    assert [row.note for row in quiet_deals(Day(cast.rep_a)).rows] == ["0 days quiet"]


def test_my_month_sums_what_i_have_won(cast: Cast) -> None:
    make_won(cast.rep_a, estimated_revenue=Decimal(1200))
    make_won(cast.rep_a, estimated_revenue=Decimal("300.40"))
    make_won(cast.rep_b, estimated_revenue=Decimal(5000))
    body = my_month(Day(cast.rep_a))
    assert (body.more["total"], body.more["deals"]) == ("1,500", 2)
    assert my_month(Day(cast.rep_c)).rows == []


def test_meetings_of_today_stand_by_their_time(cast: Cast, anna: Client) -> None:
    with time_machine.travel(AT, tick=False):
        for hours, subject in ((5, "Later"), (-1, "Earlier"), (30, "Tomorrow")):
            starts = AT + dt.timedelta(hours=hours)
            make_activity(cast.rep_a, "appointment", subject=subject, starts_at=starts, location="Bremen")
        page = anna.get("/").content.decode()
    meetings = page.partition('<ul class="meetings">')[2].partition("</ul>")[0]
    assert re.findall(r">(Later|Earlier|Tomorrow)<", meetings) == ["Earlier", "Later"]
    assert meetings.count("is-over") == 1
    assert "Bremen" in meetings


def test_the_first_page_costs_the_same_with_2_and_with_50_rows(cast: Cast, anna: Client) -> None:
    anna.get("/")
    now, counts = timezone.now(), []
    account = make_account(cast.rep_a)
    for rows in (2, 48):
        for _row in range(rows):
            lead = make_lead(cast.rep_a)
            make_activity(cast.rep_a, regarding=lead, due_at=now)
            make_activity(cast.rep_a, "appointment", regarding=account, starts_at=now)
            make_activity(cast.rep_a, regarding=make_opportunity(cast.rep_a), due_at=now)
            make_opportunity(cast.rep_a)
        with CaptureQueriesContext(connection) as queries:
            assert anna.get("/").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15
