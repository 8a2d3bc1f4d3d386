"""A form sent twice, by an impatient hand or by two tabs at once, takes effect once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.customers.models import Account
from crm.customers.services.accounts import create_account
from leads.models import Lead
from leads.services.leads import create_lead
from sales.models import Invoice, LineKind, Opportunity, Payment, Qualification
from sales.services.invoices import create_invoice, issue_invoice
from sales.services.lines import LineRow, add_line
from tests.proofs.sites import Site
from tests.proofs.visitor import Answer, Pairs, form_with

type Send = Callable[[Site, str, Pairs], list[Answer]]


def _send_twice(site: Site, path: str, pairs: Pairs) -> list[Answer]:
    """One after the other."""
    return [site.seller.post(path, pairs), site.seller.post(path, pairs)]


def _send_together(site: Site, path: str, pairs: Pairs) -> list[Answer]:
    """From two tabs at the same moment."""
    tabs = [site.seller.twin(), site.seller.twin()]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda tab: tab.post(path, pairs), tabs))
    for tab in tabs:
        tab.close()
    return answers


both_ways = pytest.mark.parametrize("send", [_send_twice, _send_together], ids=["twice", "together"])


def _one_place(answers: list[Answer]) -> str:
    assert [answer.status for answer in answers] == [302, 302], [answer.text[:500] for answer in answers]
    assert answers[0].location == answers[1].location
    return answers[0].location


@both_ways
def test_a_lead_typed_once_and_sent_twice_is_one_lead(send: Send, site: Site) -> None:
    form = form_with(site.seller.get("/leads/new/"), "last_name")
    name = f"Oncely {send.__name__}"

    location = _one_place(send(site, "/leads/new/", form.with_values(first_name="Ida", last_name=name)))

    assert location == f"/leads/{Lead.objects.get(last_name=name).pk}/"


@both_ways
def test_a_lead_qualified_twice_gives_one_opportunity(send: Send, site: Site) -> None:
    values = {"last_name": "Twicely", "company": f"Twicely & Sons {send.__name__}", "topic": "Two clicks"}
    owner = site.cast.rep_a
    lead = create_lead(values=values, owner=owner, actor=owner, at=timezone.now())
    path = f"/leads/{lead.pk}/qualify/"
    form = form_with(site.seller.get(path), "opportunity-rows")

    location = _one_place(send(site, path, form.pairs))

    opportunity = Opportunity.objects.get(qualification_results__qualification__lead=lead)
    assert location == f"/opportunities/{opportunity.pk}/"
    assert Qualification.objects.filter(lead=lead).count() == 1
    assert Account.objects.filter(name=values["company"]).count() == 1


@both_ways
def test_a_payment_sent_twice_is_taken_once(send: Send, site: Site) -> None:
    invoice = _issued_invoice(site)
    path = f"/invoices/{invoice.pk}/pay/"
    form = form_with(site.seller.get(path), "amount")

    location = _one_place(send(site, path, form.with_values(amount="40.00")))

    invoice.refresh_from_db()
    assert location == f"/invoices/{invoice.pk}/"
    assert [payment.amount for payment in Payment.objects.filter(invoice=invoice)] == [Decimal(40)]
    assert invoice.balance == Decimal(80)


def _issued_invoice(site: Site) -> Invoice:
    """100.00 at the usual 20 %."""
    owner, now = site.cast.rep_a, timezone.now() - timedelta(minutes=1)
    account = create_account(values={"name": "Payers Ltd"}, owner=owner, actor=owner, at=now)
    values = {"name": "Consulting", "customer_account": account}
    invoice = create_invoice(values=values, owner=owner, actor=owner, at=now)
    row = LineRow(kind=LineKind.WRITE_IN, name="A day", price_per_unit=Decimal(100))
    add_line(model=Invoice, document_id=invoice.pk, row=row, actor=owner, at=now)
    return issue_invoice(invoice_id=invoice.pk, actor=owner, at=now)
