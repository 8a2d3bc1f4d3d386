"""The clock of the first touch, and the country beside the company."""

import datetime as dt

import pytest

from crm.customers.countries import country_code
from leads.tables import CompanyColumn
from leads.touch import clock_html

ARRIVED = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


def waiting(minutes: int) -> str:
    return clock_html("open", ARRIVED, None, None, ARRIVED + dt.timedelta(minutes=minutes))


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


def test_a_touched_lead_shows_how_long_it_took() -> None:
    now = ARRIVED + dt.timedelta(days=9)
    html = clock_html("open", ARRIVED, ARRIVED + dt.timedelta(minutes=38), None, now)
    assert 'class="clock clock-done" title="First touch 38 min after it arrived"' in html
    assert ">38 min<" in html.replace("</svg>", ">")


def test_a_lead_closed_without_a_touch_has_no_clock() -> None:
    html = clock_html("disqualified", ARRIVED, None, ARRIVED, ARRIVED)
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
