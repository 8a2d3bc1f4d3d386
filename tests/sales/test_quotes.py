"""Quotes: made, activated, revised, closed, and frozen from then on."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from activities.models import Activity
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record, restore_record
from crm.core.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from crm.core.models import Organisation
from crm.customers.models import Address
from sales.models import Quote, QuoteLine, QuoteTax
from sales.services.opportunities import reopen_opportunity
from sales.services.quotes import (
    activate_quote,
    close_quote,
    create_quote,
    create_quote_from_opportunity,
    revise_quote,
    update_quote,
)
from tests.factories.cast import Cast
from tests.factories.opportunities import win
from tests.factories.sales import (
    again,
    make_account,
    make_active_quote,
    make_contact,
    make_opportunity,
    make_product,
    make_quote,
    no_tax,
    put_lines,
    row,
    write_in,
)

pytestmark = pytest.mark.django_db

D = Decimal

type Acts = tuple[Callable[..., Any], ...]


def today() -> dt.date:
    return Organisation.load().today(timezone.now())


def test_a_quote_of_an_opportunity_copies_header_and_lines(cast: Cast) -> None:
    product = make_product("50", rate=no_tax())
    opportunity = make_opportunity(
        cast.rep_a,
        [row(product, "2", discount_amount="1"), write_in("10", rate=no_tax())],
        discount_percent=D(10),
        source="web",
    )
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=timezone.now())
    assert (quote.name, quote.state, quote.revision, quote.source) == ("Pasteuriser loop", "draft", 0, "web")
    assert quote.customer == opportunity.customer
    assert (quote.owner, quote.opportunity) == (cast.rep_a, opportunity)
    assert again(quote).total_amount == D("98.10")
    assert [line.opportunity_line for line in quote.lines.all()] == list(opportunity.lines.all())


def test_a_closed_opportunity_gives_no_quote(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a)
    opportunity.lose(reason="canceled", actual_revenue=None, closed_on=today())
    opportunity.save()
    with pytest.raises(Conflict, match="Reopen it"):
        create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=timezone.now())
    assert Quote.objects.count() == 0


def test_a_quote_needs_one_active_customer(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    for values in ({}, {"customer_account": account, "customer_contact": make_contact(cast.rep_a)}):
        with pytest.raises(Invalid, match="either an account or a person") as refused:
            create_quote(values={"name": "N", **values}, owner=cast.rep_a, actor=cast.rep_a, at=timezone.now())
        assert refused.value.field == "customer_account"
    account.deactivate()
    account.save()
    with pytest.raises(Invalid, match="is inactive"):
        make_quote(cast.rep_a, customer_account=account)
    assert Quote.objects.count() == 0


def test_numbers_follow_the_series(cast: Cast) -> None:
    first, second = make_quote(cast.rep_a), make_quote(cast.rep_a)
    year = today().year
    assert first.number.startswith(f"QUO-{year}-")
    assert second.number > first.number
    values = {"name": "Demo", "customer_account": make_account(cast.rep_a)}
    demo = create_quote(values=values, owner=cast.rep_a, actor=SYSTEM, at=timezone.now(), number_series="demo-quote")
    assert demo.number.startswith(f"DEMO-QUO-{year}-")


def test_activating_freezes_figures_rate_and_names(cast: Cast) -> None:
    organisation = Organisation.load()
    organisation.name, organisation.tax_number, organisation.city = "Throughline Works", "DE 1", "Bremen"
    organisation.save()
    account = make_account(cast.rep_a, name="Nordhafen", tax_number="DE 2")
    Address.objects.create(account=account, street="Speicherhof 7", city="Bremen", is_default_bill_to=True)
    quote = make_quote(cast.rep_a, customer_account=account, contact=make_contact(cast.rep_a, account=account))
    active = activate_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    assert (active.state, active.exchange_rate, active.base_total_amount) == ("active", D(1), D(120))
    assert (active.seller_name, active.seller_tax_number, active.seller_city) == ("Throughline Works", "DE 1", "Bremen")
    assert (active.buyer_name, active.buyer_tax_number, active.bill_to_street) == ("Nordhafen", "DE 2", "Speicherhof 7")
    assert active.buyer_contact_name == "Wyatt Halvorsen"
    account.name = "Renamed"
    account.save()
    assert again(active).buyer_name == "Nordhafen"


@pytest.mark.parametrize(
    ("repair", "sentence"), [("lines", "has no lines"), ("price", "have no price"), ("expiry", "last day to accept")]
)
def test_a_quote_is_not_activated_before_it_is_whole(cast: Cast, repair: str, sentence: str) -> None:
    rows = [row(make_product(None))] if repair == "price" else []
    quote = make_quote(cast.rep_a, rows)
    if repair == "lines":
        quote.lines.all().delete()
    if repair == "expiry":
        yesterday = today() - dt.timedelta(days=1)
        update_quote(quote_id=quote.pk, values={"expires_on": yesterday}, actor=SYSTEM, at=timezone.now())
    with pytest.raises(Invalid, match=sentence):
        activate_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    assert again(quote).state == "draft"


def test_without_an_exchange_rate_nothing_is_activated(cast: Cast) -> None:
    quote = make_quote(cast.rep_a, currency="USD")
    with pytest.raises(Invalid, match="no exchange rate for USD"):
        activate_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    assert again(quote).state == "draft"


def test_revising_makes_the_next_draft_of_the_same_number(cast: Cast) -> None:
    old = make_active_quote(cast.rep_a, [write_in("10", discount_amount="1", rate=no_tax())])
    new = revise_quote(quote_id=old.pk, actor=cast.rep_a, at=timezone.now())
    old = again(old)
    assert (old.state, old.status_reason, old.closed_on) == ("closed", "revised", today())
    assert (new.number, new.revision, new.state, new.revised_from) == (old.number, 1, "draft", old)
    assert (new.total_amount, new.lines.get().revised_line) == (D(9), old.lines.get())
    assert str(new) == f"{old.number} · rev 1"
    assert Activity.objects.filter(kind="close", regarding_id=old.pk, state="completed").count() == 1


def test_revising_is_refused_while_a_revision_is_open(cast: Cast) -> None:
    lost = make_active_quote(cast.rep_a)
    close_quote(quote_id=lost.pk, status_reason="lost", actor=cast.rep_a, at=timezone.now())
    draft = revise_quote(quote_id=lost.pk, actor=cast.rep_a, at=timezone.now())
    canceled = again(lost)
    assert canceled.status_reason == "revised"
    with pytest.raises(IllegalMove):
        revise_quote(quote_id=lost.pk, actor=cast.rep_a, at=timezone.now())
    active = activate_quote(quote_id=draft.pk, actor=cast.rep_a, at=timezone.now())
    third = revise_quote(quote_id=active.pk, actor=cast.rep_a, at=timezone.now())
    assert (third.revision, Quote.objects.count()) == (2, 3)


def test_an_older_lost_revision_waits_for_the_open_one(cast: Cast) -> None:
    first = make_active_quote(cast.rep_a)
    second = revise_quote(quote_id=first.pk, actor=SYSTEM, at=timezone.now())
    close_quote(quote_id=second.pk, status_reason="canceled", actor=SYSTEM, at=timezone.now())
    third = revise_quote(quote_id=second.pk, actor=SYSTEM, at=timezone.now())
    other = make_active_quote(cast.rep_a)
    Quote.objects.filter(pk=third.pk).update(number=third.number)
    with pytest.raises(IllegalMove):
        revise_quote(quote_id=third.pk, actor=SYSTEM, at=timezone.now())
    with pytest.raises(IntegrityError, match="quote_one_live_revision"), transaction.atomic():
        Quote.objects.filter(pk=make_quote(cast.rep_a).pk).update(number=other.number, revision=7)
    assert third.revision == 2


def test_a_won_quote_is_not_revised(cast: Cast) -> None:
    quote = make_active_quote(cast.rep_a)
    quote.win(on=today())
    quote.save()
    with pytest.raises(IllegalMove, match="is won"):
        revise_quote(quote_id=quote.pk, actor=cast.rep_a, at=timezone.now())
    assert Quote.objects.count() == 1


def test_a_quote_is_closed_with_its_opportunity(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("10")])
    quotes = [
        create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=cast.rep_a, at=timezone.now())
        for _number in range(2)
    ]
    activate_quote(quote_id=quotes[0].pk, actor=cast.rep_a, at=timezone.now())
    close_quote(
        quote_id=quotes[0].pk, status_reason="lost", close_opportunity=True, actor=cast.rep_a, at=timezone.now()
    )
    assert (again(opportunity).state, again(opportunity).status_reason) == ("lost", "canceled")
    assert [(again(quote).state, again(quote).status_reason) for quote in quotes] == [
        ("closed", "lost"),
        ("closed", "canceled"),
    ]


def test_a_draft_is_canceled_but_not_lost(cast: Cast) -> None:
    quote = make_quote(cast.rep_a)
    with pytest.raises(Invalid, match="only be canceled"):
        close_quote(quote_id=quote.pk, status_reason="lost", actor=cast.rep_a, at=timezone.now())
    assert again(quote).state == "draft"
    closed = close_quote(quote_id=quote.pk, status_reason="canceled", actor=cast.rep_a, at=timezone.now())
    assert (closed.state, closed.status_reason) == ("closed", "canceled")


@pytest.mark.parametrize("column", ["total_amount", "name", "discount_percent", "exchange_rate", "buyer_name"])
def test_the_database_keeps_an_active_quote_as_it_is(cast: Cast, column: str) -> None:
    quote = make_active_quote(cast.rep_a)
    value = "7" if column in ("name", "buyer_name") else D(7)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Quote.objects.filter(pk=quote.pk).update(**{column: value})
    assert getattr(again(quote), column) == getattr(quote, column)


def test_the_database_keeps_the_lines_and_taxes_of_an_active_quote(cast: Cast) -> None:
    quote = make_active_quote(cast.rep_a)
    attempts: Acts = (
        lambda: QuoteLine.objects.filter(document=quote).update(quantity=7),
        lambda: QuoteLine.objects.filter(document=quote).delete(),
        lambda: QuoteLine.objects.create(document=quote, kind="write_in", name="More"),
        lambda: QuoteTax.objects.filter(document=quote).update(tax_amount=0),
        lambda: Quote.objects.filter(pk=quote.pk).delete(),
    )
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert (quote.lines.get().quantity, quote.taxes.get().tax_amount) == (1, 20)


def test_owner_and_customer_keys_of_an_active_quote_may_change(cast: Cast) -> None:
    quote, other = make_active_quote(cast.rep_a), make_account(cast.rep_a, name="Master")
    Quote.objects.filter(pk=quote.pk).update(owner=cast.rep_b, customer_account=other)
    assert (again(quote).owner, again(quote).customer_account, again(quote).buyer_name) == (
        cast.rep_b,
        other,
        "Green Lakes Dairy",
    )


def test_only_drafts_are_deleted(cast: Cast) -> None:
    draft, active = make_quote(cast.rep_a), make_active_quote(cast.rep_a)
    delete_record(model=Quote, record_id=draft.pk, actor=cast.rep_a, at=timezone.now())
    with pytest.raises(Conflict) as refused:
        delete_record(model=Quote, record_id=active.pk, actor=cast.rep_a, at=timezone.now())
    assert refused.value.details == ("Only drafts of quotes are deleted. Close it instead.",)
    assert list(Quote.objects.all()) == [active]


def test_rights_are_asked_for_every_act(cast: Cast) -> None:
    quote = again(make_active_quote(cast.rep_a))
    acts: Acts = (
        lambda actor: activate_quote(quote_id=quote.pk, actor=actor, at=timezone.now()),
        lambda actor: revise_quote(quote_id=quote.pk, actor=actor, at=timezone.now()),
        lambda actor: close_quote(quote_id=quote.pk, status_reason="lost", actor=actor, at=timezone.now()),
        lambda actor: update_quote(quote_id=quote.pk, values={}, actor=actor, at=timezone.now()),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act(cast.rep_c)
        with pytest.raises(Forbidden):
            act(cast.read_only)
    assert (again(quote).state, again(quote).version) == ("active", quote.version)


def test_put_lines_keeps_the_traces_of_a_revision(cast: Cast) -> None:
    product = make_product("100", rate=no_tax())
    old = make_active_quote(cast.rep_a, [row(product, price_per_unit="90")])
    new = revise_quote(quote_id=old.pk, actor=SYSTEM, at=timezone.now())
    line = new.lines.get()
    kept = put_lines(new, row(product, "2", line_id=line.pk, price_per_unit="90", rate=no_tax()), actor=cast.rep_a)
    line = kept.lines.get()
    assert (line.is_price_overridden, line.net_amount) == (True, D(180))


def test_a_draft_stays_in_the_bin_while_its_opportunity_is_closed(cast: Cast) -> None:
    opportunity = make_opportunity(cast.rep_a, [write_in("100")])
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=SYSTEM, at=timezone.now())
    delete_record(model=Quote, record_id=quote.pk, actor=SYSTEM, at=timezone.now())
    win(opportunity)
    with pytest.raises(Conflict) as refusal:
        restore_record(model=Quote, record_id=quote.pk, actor=SYSTEM, at=timezone.now())
    assert "Its opportunity is closed" in refusal.value.details[0]
    assert not Quote.objects.exists()
    reopen_opportunity(opportunity_id=opportunity.pk, actor=SYSTEM, at=timezone.now())
    restore_record(model=Quote, record_id=quote.pk, actor=SYSTEM, at=timezone.now())
    assert Quote.objects.get().state == "draft"
