"""The demonstration company: what it holds, who may sign in, and that it never touches anybody's own data."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import models, transaction
from django.db.models import Q
from django.test import Client
from pytest_django import DjangoDbBlocker

from activities.models import Activity
from catalog.models import PriceList, Product
from crm.core.history import events_of
from crm.core.invariants import Check, examine, known_checks
from crm.core.models import ExchangeRate, Organisation
from crm.customers.models import Account, Contact
from crm.reports.demo.campaigns import CampaignChapter
from crm.reports.demo.catalogue import Catalogue
from crm.reports.demo.office import OfficeChapter
from crm.reports.demo.people import Login, Staff
from crm.reports.demo.story import Story
from crm.reports.demo.telling import tell_demo
from crm.reports.demo.world import World
from crm.users.models import BusinessUnit, Notification, SavedView, User
from leads.models import AssignmentRule, CampaignActivity, CapturedPost, Lead
from sales.models import Invoice, Opportunity, Order, Payment, Quote

NOW = dt.datetime(2026, 11, 18, 10, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Told:
    logins: tuple[Login, ...]


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Told]:
    """The story is told once for all tests of this module, and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Told(tell_demo(NOW))
        transaction.set_rollback(True)


pytestmark = pytest.mark.usefixtures("told")


def _pairs(model: type[models.Model]) -> set[tuple[str, str]]:
    return set(model._default_manager.values_list("state", "status_reason"))


@pytest.mark.parametrize("days", range(7))
def test_on_every_day_and_hour_the_lists_are_made_before_they_are_used(days: int) -> None:
    for hours in range(0, 24, 3):
        story = Story(NOW + dt.timedelta(days=days, hours=hours))
        world: Any = SimpleNamespace(story=story, staff=SimpleNamespace(manager=None, administrator=None))
        form: Any = SimpleNamespace(key="key")
        CampaignChapter(world, []).plan()
        OfficeChapter(world, form).plan()
        agenda = [step for moment, step in story.agenda() if moment < story.now]
        told = [step.__name__ for step in agenda if step.__name__ in {"_make_lists", "_plan_calls"}]
        assert told == ["_make_lists", "_plan_calls"]


def test_there_are_as_many_records_as_a_company_of_that_size_has() -> None:
    counts = {model: model._default_manager.count() for model in (Account, Contact, Lead, Opportunity, Product)}

    assert 50 <= counts[Account] <= 75
    assert 100 <= counts[Contact] <= 140
    assert 140 <= counts[Lead] <= 160
    assert 65 <= counts[Opportunity] <= 95
    assert counts[Product] == 27


def test_leads_stand_in_every_state_and_for_every_reason() -> None:
    assert _pairs(Lead) == {
        ("open", "new"),
        ("open", "contacted"),
        ("qualified", "qualified"),
        ("disqualified", "lost"),
        ("disqualified", "cannot_contact"),
        ("disqualified", "no_longer_interested"),
        ("disqualified", "canceled"),
    }


def test_deals_and_their_documents_stand_in_every_state_they_pass_through() -> None:
    assert {state for state, _reason in _pairs(Opportunity)} == {"open", "won", "lost"}
    assert {("draft", "draft"), ("active", "active"), ("won", "won"), ("closed", "lost"), ("closed", "revised")} <= (
        _pairs(Quote)
    )
    assert {state for state, _reason in _pairs(Order)} >= {"active", "invoiced", "canceled", "fulfilled"}
    assert _pairs(Invoice) == {
        ("draft", "draft"),
        ("issued", "billed"),
        ("issued", "partially_paid"),
        ("paid", "paid"),
    }


def test_some_invoices_are_overdue_and_some_activities_still_lie_ahead() -> None:
    today = Organisation.load().today(NOW)
    issued = Invoice.objects.filter(state="issued")
    waiting = Activity.objects.filter(state="open", due_at__isnull=False)

    assert any(invoice.is_overdue(today) for invoice in issued)
    assert any(not invoice.is_overdue(today) for invoice in issued)
    assert waiting.filter(due_at__lt=NOW).exists()
    assert waiting.filter(due_at__gt=NOW).exists()


def test_nothing_on_a_desk_is_overdue_for_longer_than_some_days() -> None:
    waiting = Activity.objects.filter(state__in=("open", "scheduled"))

    assert not waiting.filter(due_at__lt=NOW - dt.timedelta(days=7)).exists()
    assert not waiting.filter(starts_at__lt=NOW - dt.timedelta(days=2)).exists()


@pytest.mark.parametrize(
    ("login", "leads", "overdue", "today", "expiring"), [("anton", 4, 2, 4, 2), ("mara", 1, 1, 2, 1)]
)
def test_the_seller_and_the_manager_find_a_day_to_work_through(
    login: str, leads: int, overdue: int, today: int, expiring: int
) -> None:
    mine = {"owner__username": login}
    begins = NOW.replace(hour=0)
    due = Activity.objects.filter(state__in=("open", "scheduled"), **mine)
    quotes = Quote.objects.filter(state="active", **mine)

    assert Lead.objects.filter(state="open", status_reason="new", created_at__gte=begins, **mine).count() >= leads
    assert due.filter(due_at__lt=begins).count() >= overdue
    assert due.filter(Q(due_at__date=NOW.date()) | Q(starts_at__date=NOW.date())).count() >= today
    assert quotes.filter(expires_on__range=(NOW.date(), NOW.date() + dt.timedelta(days=7))).count() >= expiring


def test_one_offer_shows_all_that_a_document_can_hold_and_was_revised() -> None:
    quote = Quote.objects.get(revision=1, state="active", name__startswith="Density and temperature")
    lines = quote.lines.all()

    assert {line.kind for line in lines} == {"section", "note", "product", "write_in"}
    assert [line.name for line in lines if line.is_price_overridden] == ["Controller MC-8, eight channels"]
    assert {line.discount_total > 0 for line in lines} == {True, False}
    assert quote.revised_from is not None
    assert quote.revised_from.status_reason == "revised"


def test_a_new_lead_resembles_a_customer() -> None:
    phones = Account.objects.exclude(phone="").values("phone")
    lead = Lead.objects.filter(state="open", phone__in=phones).latest("created_at")
    account = Account.objects.get(phone=lead.phone)

    assert lead.created_at > NOW - dt.timedelta(hours=2)
    assert lead.email.partition("@")[2] == account.email.partition("@")[2]
    assert lead.existing_account is None


def test_what_is_planned_with_the_lists_comes_after_them_at_every_hour_of_a_week() -> None:
    for hour in range(7 * 24):
        story = Story(NOW + dt.timedelta(hours=hour))
        assert story.days_ago(6) < story.days_ago(3) < story.now


def test_the_office_has_rules_tags_a_view_a_mailing_and_posts_to_look_at() -> None:
    held = CapturedPost.objects.order_by("received_at")

    assert list(held.values_list("verdict", flat=True)) == ["spam"] * 4
    assert held.filter(lead__isnull=False).count() == 0
    assert AssignmentRule.objects.count() == 2
    assert Lead.objects.exclude(tags=[]).count() == 6
    assert SavedView.objects.get().shares.get().team.name == "All sellers"
    assert CampaignActivity.objects.get().list.name == "Fair visitors"
    assert Notification.objects.get(kind="mention").person.username == "anton"


def test_prices_stand_in_two_currencies_with_rates_for_the_whole_year() -> None:
    lists = PriceList.objects.order_by("currency__code").values_list("currency__code", flat=True)

    assert list(lists) == ["EUR", "USD"]
    assert ExchangeRate.objects.filter(currency__code="USD").count() == 15
    assert not Quote.objects.exclude(pricing_error="").exists()
    assert Quote.objects.filter(currency__code="USD").exists()


def test_every_document_counts_in_a_series_of_its_own() -> None:
    for model, prefix in ((Lead, "DEMO-LEAD-"), (Quote, "DEMO-QUO-"), (Order, "DEMO-ORD-"), (Invoice, "DEMO-INV-")):
        numbers = model._default_manager.exclude(number="")
        assert numbers.exists()
        assert not numbers.exclude(number__startswith=prefix).exists()
        assert not model._default_manager.filter(is_demo=False).exists()


def test_invoices_are_numbered_without_gaps_in_the_order_of_their_dates() -> None:
    rows = Invoice.objects.exclude(number="").order_by("number").values_list("number", "issued_on")
    issued = [(number, day) for number, day in rows if day]
    by_year: dict[str, list[int]] = {}
    for number, day in issued:
        prefix, counter = number.rsplit("-", 1)
        assert prefix.endswith(str(day.year))
        by_year.setdefault(prefix, []).append(int(counter))

    assert all(counters == list(range(1, len(counters) + 1)) for counters in by_year.values())
    assert [day for _number, day in issued] == sorted(day for _number, day in issued)


def test_balances_are_what_the_payments_leave() -> None:
    for invoice in Invoice.objects.exclude(state="draft"):
        paid = sum(Payment.objects.filter(invoice=invoice).values_list("amount", flat=True), Decimal(0))
        assert invoice.balance == invoice.total_amount - paid


def test_records_and_their_history_bear_the_moments_of_the_story() -> None:
    lead = Lead.objects.order_by("created_at").first()
    quote = Quote.objects.filter(state="won").order_by("pk").first()

    assert lead is not None
    assert NOW - dt.timedelta(days=370) < lead.created_at < NOW - dt.timedelta(days=340)
    assert events_of(lead).filter(pgh_created_at=lead.created_at).exists()
    assert quote is not None
    assert quote.activated_at is not None
    assert quote.created_at < quote.activated_at <= quote.updated_at < NOW
    for model in (Lead, Opportunity, Quote, Order, Invoice, Activity, Account, Contact):
        assert not model._default_manager.filter(created_at__gt=NOW).exists()
        assert not model._default_manager.filter(updated_at__gt=NOW).exists()


def test_history_names_the_act_and_the_person() -> None:
    quote = Quote.objects.filter(state="won").order_by("pk").first()
    assert quote is not None
    acts = [event.pgh_context["action"] for event in events_of(quote).order_by("pgh_id")]  # type: ignore[attr-defined]
    actors = {event.pgh_context["actor"] for event in events_of(quote)}  # type: ignore[attr-defined]

    assert acts[0] == "quote.created"
    assert "quote.activated" in acts
    assert acts[-1] == "quote.won"
    assert actors == {str(quote.owner)}


def test_five_people_in_two_units_sign_in_with_what_was_printed(told: Told) -> None:
    assert [(login.login, login.role, login.unit) for login in told.logins] == [
        ("admin", "Administrator", "Head office"),
        ("mara", "Sales manager", "Sales North"),
        ("anton", "Salesperson", "Sales North"),
        ("pia", "Salesperson", "Sales North"),
        ("teo", "Salesperson", "Sales South"),
    ]
    assert set(BusinessUnit.objects.filter(parent__name="Head office").values_list("name", flat=True)) == {
        "Sales North",
        "Sales South",
    }
    assert len({login.password for login in told.logins}) == 5
    for login in told.logins:
        assert Client().login(username=login.login, password=login.password), login.login


def test_a_salesperson_sees_less_than_the_manager() -> None:
    seller, manager = User.objects.get(username="pia"), User.objects.get(username="mara")

    assert 0 < Lead.objects.visible_to(seller).count() < Lead.objects.visible_to(manager).count()
    assert Lead.objects.visible_to(manager).count() == Lead.objects.count()


def test_a_second_run_refuses_with_a_sentence_and_changes_nothing() -> None:
    tables = (User, Lead, Account, Contact, Opportunity, Quote, Order, Invoice, Payment, Activity, Product)
    before = {table: table._default_manager.count() for table in tables}
    out = StringIO()

    with pytest.raises(CommandError, match="There are people in this database already"):
        call_command("demo", stdout=out)

    assert out.getvalue() == ""
    assert {table: table._default_manager.count() for table in tables} == before


def test_the_same_moment_tells_the_same_story() -> None:
    def beginning() -> list[object]:
        world = World(Story(NOW), Staff(User(), User(), (), ()), Catalogue({}, {}, {}, ()))
        firms = [world.new_firm() for _firm in range(40)]
        return [(firm, world.new_person(firm), world.need_of(firm)) for firm in firms]

    assert beginning() == beginning()


@pytest.mark.parametrize("check", known_checks(), ids=lambda check: check.name)
def test_the_doctor_finds_nothing_wrong_with_it(check: Check) -> None:
    assert examine(check).examples == ()
