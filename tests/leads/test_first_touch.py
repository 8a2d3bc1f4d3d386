"""The clock of the first touch, and the country beside the company."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from crm.core.models import Organisation
from crm.customers.countries import country_code
from leads.models import Lead
from leads.tables import CompanyColumn
from leads.touch import clock_html
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor

HOUR = dt.timedelta(hours=1)
ARRIVED = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


def waiting(minutes: int) -> str:
    return clock_html("open", ARRIVED, None, None, ARRIVED + dt.timedelta(minutes=minutes), target=HOUR)


@pytest.mark.parametrize(
    ("minutes", "tone", "words"),
    [
        (0, "green", "0 min"),
        (4, "green", "4 min"),
        (29, "green", "29 min"),
        (30, "amber", "30 min"),
        (60, "amber", "1 h"),
        (61, "late", "1 h 1 min"),
        (19 * 60, "late", "19 h"),
    ],
)
def test_a_waiting_lead_shows_how_long_and_how_bad(minutes: int, tone: str, words: str) -> None:
    html = waiting(minutes)
    assert f'class="clock clock-{tone}"' in html
    assert f">{words}<" in html
    assert "Waiting for" in html
    assert "style=" not in html


@pytest.mark.parametrize(("minutes", "share"), [(0, 0), (15, 25), (45, 75), (60, 100)])
def test_the_pie_fills_over_the_target(minutes: int, share: int) -> None:
    assert f'stroke-dasharray="{share} 100"' in waiting(minutes)


@pytest.mark.django_db
def test_the_organisation_says_how_soon_a_lead_should_hear_from_somebody(cast: Cast, client_for: ClientFor) -> None:
    lead, now = make_lead(cast.rep_a), timezone.now()
    Lead.objects.update(created_at=now - dt.timedelta(minutes=90))
    pages, client = ("/leads/", f"/leads/{lead.pk}/", "/leads/triage/", "/"), client_for(cast.rep_a)
    assert [page for page in pages if "longer than the target of 1 h" in _body(client, page)] == [*pages]
    Organisation.objects.update(first_response_minutes=240)
    assert [page for page in pages if "of the target of 4 h" in _body(client, page)] == [*pages]


def _body(client: Client, page: str) -> str:
    return client.get(page).content.decode()


def test_a_touched_lead_shows_how_long_it_took() -> None:
    now = ARRIVED + dt.timedelta(days=9)
    html = clock_html("open", ARRIVED, ARRIVED + dt.timedelta(minutes=38), None, now, target=HOUR)
    assert 'class="clock clock-done" title="First touch 38 min after it arrived"' in html
    assert ">38 min<" in html.replace("</svg>", ">")


def test_a_lead_closed_without_a_touch_has_no_clock() -> None:
    html = clock_html("disqualified", ARRIVED, None, ARRIVED, ARRIVED, target=HOUR)
    assert "clock" not in html
    assert "Closed without a first touch" in html


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Germany", "DE"),
        ("deutschland", "DE"),
        ("at", "AT"),
        ("USA", "US"),
        ("Österreich", "AT"),
        ("Texas", ""),
        ("", ""),
    ],
)
def test_a_country_has_two_letters_however_it_was_typed(typed: str, code: str) -> None:
    assert country_code(typed) == code


def test_the_company_carries_the_letters_of_its_country() -> None:
    column = CompanyColumn("Company")
    html = column.cell(None, "<i>Acme</i>", "Italy")  # type: ignore[arg-type]  # the cell needs no paper
    assert "&lt;i&gt;Acme&lt;/i&gt;" in html
    assert '<span class="country" title="Italy">IT</span>' in html
