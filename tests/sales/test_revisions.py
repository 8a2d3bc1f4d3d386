"""A revision keeps what was offered, follows a changed customer, and does not vanish without a trace."""

from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.models import PriceListItem
from crm.core.deletion import delete_record
from crm.core.errors import Conflict
from sales.models import Quote
from sales.services.quotes import close_quote, revise_quote, update_quote
from tests.factories.cast import Cast
from tests.factories.sales import (
    again,
    make_account,
    make_active_quote,
    make_product,
    make_quote,
    no_tax,
    put_lines,
    row,
    write_in,
)

pytestmark = pytest.mark.django_db

D = Decimal


def _revised_after_a_rise(cast: Cast) -> Quote:
    """Two products at 100, offered; then the list rises to 120 and the offer is revised."""
    products = [make_product("100", rate=no_tax()), make_product("100", rate=no_tax())]
    old = make_active_quote(cast.rep_a, [row(product, "2") for product in products])
    PriceListItem.objects.update(amount=D(120))
    return revise_quote(quote_id=old.pk, actor=cast.rep_a, at=timezone.now())


def test_a_revision_keeps_the_prices_of_what_it_does_not_change(cast: Cast) -> None:
    new = _revised_after_a_rise(cast)
    update_quote(quote_id=new.pk, values={"name": "Second offer"}, actor=cast.rep_a, at=timezone.now())
    assert list(new.lines.values_list("price_per_unit", flat=True)) == [D(100), D(100)]
    first, second = new.lines.order_by("position")
    put_lines(
        new,
        row(first.product, "3", line_id=first.pk),
        row(second.product, "2", line_id=second.pk, discount_amount="10"),
        actor=cast.rep_a,
    )
    assert list(new.lines.order_by("position").values_list("price_per_unit", "net_amount")) == [
        (D(120), D(360)),
        (D(100), D(190)),
    ]


def test_a_draft_that_revises_an_offer_is_not_deleted_but_canceled_and_revised_again(cast: Cast) -> None:
    new = _revised_after_a_rise(cast)
    with pytest.raises(Conflict) as refusal:
        delete_record(model=Quote, record_id=new.pk, actor=cast.rep_a, at=timezone.now())
    assert "Close it as canceled instead" in refusal.value.details[0]
    assert Quote.objects.filter(pk=new.pk, state="draft").exists()
    close_quote(quote_id=new.pk, status_reason="canceled", actor=cast.rep_a, at=timezone.now())
    third = revise_quote(quote_id=new.pk, actor=cast.rep_a, at=timezone.now())
    assert (third.number, third.revision, third.state) == (new.number, 2, "draft")


def test_a_discount_typed_before_there_are_lines_waits_for_them(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    quote = make_quote(cast.rep_a, customer_account=account)
    put_lines(quote)
    Quote.objects.get(pk=quote.pk).lines.all().delete()
    update_quote(quote_id=quote.pk, values={"discount_amount": D(10)}, actor=cast.rep_a, at=timezone.now())
    assert (again(quote).discount_amount, again(quote).total_amount) == (D(10), D(0))
    put_lines(quote, write_in("100", rate=no_tax()))
    assert again(quote).total_amount == D(90)


def test_payment_terms_follow_another_customer_unless_they_are_typed(cast: Cast) -> None:
    quick, slow = (
        make_account(cast.rep_a, payment_terms_days=7),
        make_account(cast.rep_a, name="Slow", payment_terms_days=60),
    )
    quote = make_quote(cast.rep_a, customer_account=quick)
    assert again(quote).payment_terms_days == 7
    update_quote(quote_id=quote.pk, values={"customer_account": slow}, actor=cast.rep_a, at=timezone.now())
    assert again(quote).payment_terms_days == 60
    typed = {"customer_account": quick, "payment_terms_days": 45}
    update_quote(quote_id=quote.pk, values=typed, actor=cast.rep_a, at=timezone.now())
    assert again(quote).payment_terms_days == 45
