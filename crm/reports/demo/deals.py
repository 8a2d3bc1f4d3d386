"""How a deal goes on: products, quotes, an order, deliveries, invoices, money."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm.core.models import Currency
from crm.reports.demo.customers import Customer
from crm.reports.demo.story import Step
from crm.reports.demo.talk import Talk
from crm.reports.demo.wares import WRITE_INS
from crm.reports.demo.world import World
from crm.users.models import User
from sales.models import ForecastCategory, Invoice, LineKind, Opportunity, Order, RevenueMode
from sales.services.invoices import create_invoice_from_order, issue_invoice
from sales.services.lines import LineRow, save_lines
from sales.services.opportunities import create_opportunity, hold_opportunity, lose_opportunity, update_opportunity
from sales.services.orders import cancel_order, create_order_from_quote, fulfill_order
from sales.services.payments import pay_invoice
from sales.services.quotes import activate_quote, close_quote, create_quote_from_opportunity, revise_quote, update_quote

_TERMS = "Prices ex works, packed. Delivery four to six weeks after the order. Commissioning by agreement."
# What becomes of an opportunity, of a quote that was sent, of an order, of a bill: how often in so many cases.
_DEALS = ("offer",) * 16 + ("lose",) * 2 + ("hold", "wait")
_ANSWERS = ("order",) * 10 + ("revise",) * 5 + ("lose",) * 3 + ("cancel", "silence")
_ORDERS = ("deliver",) * 9 + ("part", "cancel")
_BILLS = ("pay", "pay", "part", "never", "in parts")
_DESK = ("go on", "go on", "rest")
_LATELY = dt.timedelta(days=25)
_LONG_AGO = dt.timedelta(days=120)
_CENT = Decimal("0.01")
# Percent.
_LIKELY, _POSSIBLE = 70, 50


def forecast_of(probability: int) -> str:
    """What somebody who is honest with their manager says of a deal."""
    if probability >= _LIKELY:
        return ForecastCategory.COMMITTED
    return ForecastCategory.BEST_CASE if probability >= _POSSIBLE else ForecastCategory.PIPELINE


class DealChapter:
    """Opportunities of new and old customers, and what they come to."""

    def __init__(self, world: World, customers: list[Customer]) -> None:
        self._world, self._customers = world, customers
        self._bookkeeper = world.staff.administrator

    def begin(self, at: dt.datetime) -> None:
        """A customer asks directly; no lead comes before it."""
        customer = self._world.story.pick(self._customers)
        story = self._world.story
        values = {
            "topic": self._world.need_of(customer.firm).topic,
            "customer_account": customer.account,
            "contact": customer.contact,
            "currency": Currency.objects.get(code=customer.firm.country.currency),
            "estimated_revenue": story.share("2000", "60000", "500"),
            "estimated_close_on": (at + dt.timedelta(days=story.number(30, 120))).date(),
            "rating": story.pick(("hot", "warm", "cold")),
            "is_demo": True,
        }
        opportunity = create_opportunity(values=values, owner=customer.owner, actor=customer.owner, at=at)
        self.follow(opportunity, customer, at)

    def follow(self, opportunity: Opportunity, customer: Customer, at: dt.datetime) -> None:
        _Deal(self._world, opportunity, customer, self._bookkeeper).plan(at)


class _Deal:
    """One opportunity on its way. Each step plans the next one."""

    def __init__(self, world: World, opportunity: Opportunity, customer: Customer, bookkeeper: User) -> None:
        self._world, self._story = world, world.story
        self._opportunity_id, self._customer, self._owner = opportunity.pk, customer, customer.owner
        self._talk = Talk(world, opportunity, customer.owner)
        self._bookkeeper = bookkeeper

    def plan(self, at: dt.datetime) -> None:
        for act, percent in (
            (self._talk.call, 15),
            (self._talk.meet, 20),
            (self._talk.note, 20),
            (self._talk.task, 20),
        ):
            if self._story.happens(percent):
                self._story.plan(self._story.later(at, 0.5, 14), act)
        fate = self._story.draw(_DEALS)
        if fate == "offer":
            self._story.plan(self._story.later(at, 1, 12), self._choose)
        elif fate == "lose":
            self._story.plan(self._story.later(at, 6, 40), self._lose)
        elif fate == "hold":
            self._story.plan(self._story.later(at, 6, 20), self._hold)

    def _choose(self, at: dt.datetime) -> None:
        """The customer knows what it takes: lines, and an estimate that follows them."""
        probability = self._story.pick((40, 50, 60, 70))
        values = {
            "revenue_mode": RevenueMode.CALCULATED,
            "probability": probability,
            "forecast_category": forecast_of(probability),
        }
        update_opportunity(
            opportunity_id=self._opportunity_id,
            values=values,
            actor=self._owner,
            at=at,
        )
        save_lines(model=Opportunity, document_id=self._opportunity_id, rows=self._rows(), actor=self._owner, at=at)
        if self._story.happens(88):
            self._story.plan(self._story.later(at, 1, 9), self._offer)

    def _rows(self) -> list[LineRow]:
        """The wares that answer the need, sometimes something beside the catalogue."""
        need = self._world.need_of(self._customer.firm)
        tax = self._world.catalogue.taxes[self._customer.firm.country.tax]
        rows = [
            LineRow(product_id=product.pk, quantity=self._quantity(product), tax_rate_id=tax.pk)
            for product in (self._world.catalogue.products[number] for number in need.wares)
        ]
        if self._story.happens(30):
            price = self._story.share("80", "900", "12.5")
            name = self._story.pick(WRITE_INS)
            rows.append(LineRow(kind=LineKind.WRITE_IN, name=name, price_per_unit=price, tax_rate_id=tax.pk))
        return rows

    def _quantity(self, product: Any) -> Decimal:
        """Cable by the length, hours by the half, instruments by the piece."""
        unit = product.default_unit.name
        if unit == "metre":
            return self._story.share("10", "240", "2.5")
        if unit == "hour":
            return self._story.share("2", "24", "0.5")
        return Decimal(self._story.pick((1, 1, 2, 2, 3, 4, 6, 8, 12)))

    def _offer(self, at: dt.datetime) -> None:
        quote = create_quote_from_opportunity(
            opportunity_id=self._opportunity_id, actor=self._owner, at=at, number_series="demo-quote"
        )
        today = at.date()
        values: dict[str, object] = {
            "effective_from": today,
            "effective_to": today + dt.timedelta(days=90),
            "expires_on": today + dt.timedelta(days=self._story.pick((30, 45, 60))),
            "terms": _TERMS,
            "freight_amount": self._story.pick((Decimal(0), Decimal(45), Decimal("89.5"), Decimal(140))),
            "freight_tax_rate": self._world.catalogue.taxes[self._customer.firm.country.tax],
            "discount_percent": self._story.pick((Decimal(0), Decimal(0), Decimal(2), Decimal(5))),
        }
        update_quote(quote_id=quote.pk, values=values, actor=self._owner, at=at)
        if not self._rests(at):
            self._story.plan(self._story.later(at, 0.05, 4), lambda then: self._send(quote.pk, then))

    def _rests(self, at: dt.datetime) -> bool:
        """Some of the newest documents are still on the desk."""
        return at > self._story.now - _LATELY and self._story.draw(_DESK) == "rest"

    def _send(self, quote_id: int, at: dt.datetime) -> None:
        quote = activate_quote(quote_id=quote_id, actor=self._owner, at=at)
        if self._story.happens(60):
            Talk(self._world, quote, self._owner).mail(at, f"Quote {quote} sent")
        fate = self._story.draw(_ANSWERS)
        acts: dict[str, Step] = {
            "order": lambda then: self._order(quote_id, then),
            "revise": lambda then: self._revise(quote_id, then),
            "lose": self._lose,
            "cancel": lambda then: self._give_up(quote_id, then),
        }
        if quote.revision and fate == "revise":
            fate = "order"
        if fate in acts:
            self._story.plan(self._story.later(at, 4, 40), acts[fate])

    def _revise(self, quote_id: int, at: dt.datetime) -> None:
        revised = revise_quote(quote_id=quote_id, actor=self._owner, at=at)
        values = {
            "discount_percent": self._story.pick((Decimal(3), Decimal(6), Decimal("7.5"))),
            "expires_on": at.date() + dt.timedelta(days=30),
        }
        update_quote(quote_id=revised.pk, values=values, actor=self._owner, at=at)
        self._story.plan(self._story.later(at, 0.1, 3), lambda then: self._send(revised.pk, then))

    def _give_up(self, quote_id: int, at: dt.datetime) -> None:
        """The offer is taken back; the opportunity goes on."""
        close_quote(quote_id=quote_id, status_reason="canceled", actor=self._owner, at=at)

    def _lose(self, at: dt.datetime) -> None:
        out_sold = self._story.happens(65)
        lose_opportunity(
            opportunity_id=self._opportunity_id,
            status_reason="out_sold" if out_sold else "canceled",
            competitor_id=self._story.pick(self._world.catalogue.competitors).pk if out_sold else None,
            actual_revenue=None,
            closed_on=at.date(),
            description=self._story.pick(("Price.", "The project was postponed.", "Delivery time.", "")),
            close_quotes=True,
            actor=self._owner,
            at=at,
        )

    def _hold(self, at: dt.datetime) -> None:
        hold_opportunity(opportunity_id=self._opportunity_id, actor=self._owner, at=at)

    def _order(self, quote_id: int, at: dt.datetime) -> None:
        order = create_order_from_quote(quote_id=quote_id, actor=self._owner, at=at, number_series="demo-order")
        fate = self._story.draw(_ORDERS)
        if fate == "cancel":
            self._story.plan(self._story.later(at, 1, 6), lambda then: self._cancel(order.pk, then))
        else:
            reason = "partial" if fate == "part" else "complete"
            self._story.plan(self._story.later(at, 6, 40), lambda then: self._deliver(order, reason, then))

    def _cancel(self, order_id: int, at: dt.datetime) -> None:
        cancel_order(order_id=order_id, actor=self._owner, at=at, description="Ordered twice by mistake.")

    def _deliver(self, order: Order, reason: str, at: dt.datetime) -> None:
        fulfill_order(order_id=order.pk, status_reason=reason, actor=self._owner, at=at)
        if reason == "complete":
            self._story.plan(self._story.later(at, 0.5, 6), lambda then: self._invoice(order, then))

    def _invoice(self, order: Order, at: dt.datetime) -> None:
        invoice = create_invoice_from_order(order_id=order.pk, actor=self._owner, at=at, number_series="demo-invoice")
        if not self._rests(at):
            self._story.plan(self._story.later(at, 0.1, 3), lambda then: self._bill(invoice.pk, then))

    def _bill(self, invoice_id: int, at: dt.datetime) -> None:
        invoice = issue_invoice(invoice_id=invoice_id, actor=self._bookkeeper, at=at)
        days = (invoice.due_on - invoice.issued_on).days if invoice.due_on and invoice.issued_on else 30
        fate = "pay" if at < self._story.now - _LONG_AGO else self._story.draw(_BILLS)
        paid = self._story.later(at, max(days - 12, 1), days + 6)
        if fate == "pay":
            self._story.plan(paid, lambda then: self._pay(invoice_id, then, Decimal(1)))
        elif fate != "never":
            paid = self._story.later(at, 4, 14)
            self._story.plan(paid, lambda then: self._pay(invoice_id, then, Decimal("0.4")))
        if fate == "in parts":
            rest = self._story.later(paid, 10, 30)
            self._story.plan(rest, lambda then: self._pay(invoice_id, then, Decimal(1)))

    def _pay(self, invoice_id: int, at: dt.datetime, share: Decimal) -> None:
        """`share` of what is open."""
        invoice = Invoice.objects.get(pk=invoice_id)
        amount = (invoice.balance * share).quantize(_CENT, rounding=ROUND_HALF_UP)
        pay_invoice(
            invoice_id=invoice_id,
            amount=amount,
            reference=f"Transfer {self._story.number(10_000, 99_999)}",
            actor=self._bookkeeper,
            at=at,
        )
