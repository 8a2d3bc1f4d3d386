"""Values as people read them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from crm.core import format as shown
from crm.core.badges import state_badge
from crm.core.counts import Count
from crm.core.screens.lists.wording import count_words
from crm.core.tables import avatar
from crm.core.widgets import plain_decimal
from leads.states import LEAD_MACHINE
from sales.states import INVOICE_MACHINE

NOW = dt.datetime(2026, 11, 17, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("86000"), "USD", "USD 86,000.00"),
        (Decimal("1234.565"), "", "1,234.57"),
        (Decimal("-0.004"), "EUR", "EUR 0.00"),
        (Decimal("-12.5"), "EUR", "EUR −12.50"),
        (Decimal("1234.5"), "JPY", "JPY 1,235"),
        (Decimal("1.2345"), "KWD", "KWD 1.235"),
        (None, "EUR", ""),
    ],
)
def test_money_is_rounded_to_its_currency(amount: Decimal | None, currency: str, text: str) -> None:
    assert shown.money(amount, currency) == text


def test_money_in_markup_has_a_small_code() -> None:
    assert shown.money_html(Decimal("5"), "USD") == '<span class="code">USD</span> 5.00'
    assert shown.money_html(Decimal("5"), "<b>", digits=0) == '<span class="code">&lt;b&gt;</span> 5'
    assert shown.money_html(None, "USD") == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("2.50000"), "2.5"), (Decimal("1000"), "1,000"), (Decimal("0.12345"), "0.12345"), (None, "")],
)
def test_quantities_show_the_decimals_that_they_have(value: Decimal | None, text: str) -> None:
    assert shown.quantity(value) == text


def test_dates_follow_the_language() -> None:
    assert shown.day(dt.date(2026, 12, 18)) == "18 Dec 2026"
    with translation.override("de"):
        assert shown.day(dt.date(2026, 12, 18)) == "18.12.2026"
        assert shown.money(Decimal("1234.5")) == "1.234,50"


def test_a_moment_is_local_with_utc_in_the_tooltip() -> None:
    with timezone.override("Europe/Berlin"):
        assert shown.moment(NOW) == (
            '<time datetime="2026-11-17T09:30+00:00" title="2026-11-17 09:30 UTC">17 Nov 2026 10:30</time>'
        )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (NOW - dt.timedelta(minutes=4), ">09:26<"),
        (NOW - dt.timedelta(hours=12), ">yesterday<"),
        (NOW - dt.timedelta(days=3), ">14 Nov<"),
        (NOW - dt.timedelta(days=400), ">13 Oct 2025<"),
    ],
)
def test_a_column_of_moments_says_no_more_than_needed(value: dt.datetime, words: str) -> None:
    assert words in shown.short_moment(value, NOW.date())


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (dt.timedelta(minutes=4), "4 min ago"),
        (dt.timedelta(hours=2, minutes=41), "2 h 41 min ago"),
        (dt.timedelta(hours=19, minutes=5), "19 h ago"),
        (dt.timedelta(days=1, hours=3), "1 day ago"),
        (dt.timedelta(days=16), "16 days ago"),
        (dt.timedelta(minutes=-90), "in 1 h 30 min"),
    ],
)
def test_how_long_ago(span: dt.timedelta, words: str) -> None:
    assert shown.ago(NOW - span, NOW) == words


def test_estimates_show_three_digits() -> None:
    assert count_words(Count(12_437, exact=False)) == "about 12,400"
    assert count_words(Count(1_004_999, exact=False)) == "about 1,000,000"
    assert count_words(Count(9_999, exact=True)) == "9,999"


def test_a_badge_shows_the_reason_where_it_has_a_tone_of_its_own() -> None:
    new, contacted = state_badge(LEAD_MACHINE, "open", "new"), state_badge(LEAD_MACHINE, "open", "contacted")
    assert (new.label, new.tone, contacted.label, contacted.tone) == ("New", "grey", "Contacted", "accent")
    lost = state_badge(LEAD_MACHINE, "disqualified", "lost")
    assert (lost.label, lost.tone) == ("Disqualified", "red")
    assert state_badge(INVOICE_MACHINE, "issued", "billed", {("issued", ""): ("red", "alert-triangle")}).tone == "red"


def test_every_state_of_every_machine_has_a_tone() -> None:
    for machine in (LEAD_MACHINE, INVOICE_MACHINE):
        for state, reasons in machine.reasons.items():
            for reason in reasons:
                badge = state_badge(machine, state, reason)
                assert (badge.tone, badge.glyph) != ("grey", "") or (state, reason) == ("open", "new")


def test_initials_stand_for_people() -> None:
    assert avatar("Anna Maria North").startswith('<span class="avatar avatar-6" aria-hidden="true" title="Anna')
    assert ">AN<" in avatar("Anna Maria North")
    assert "&lt;B" in avatar("<B>")
    assert "avatar-nobody" in avatar("")


@pytest.mark.parametrize(
    ("stored", "typed"),
    [("41500.0000", "41500"), ("12.5000", "12.50"), ("0.12345", "0.12345"), ("0.1200000", "0.12"), ("0.0000", "0")],
)
def test_stored_amounts_are_offered_as_one_would_type_them(stored: str, typed: str) -> None:
    assert str(plain_decimal(Decimal(stored))) == typed


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [("149.5", 2, "149.50"), ("1340", 0, "1,340"), ("0.12345", 2, "0.12345"), ("4180", 3, "4,180.000")],
)
def test_a_price_has_at_least_the_decimals_of_its_currency(value: str, digits: int, text: str) -> None:
    assert shown.price(Decimal(value), digits) == text
