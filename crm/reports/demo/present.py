"""What lies on the desks today: leads that wait, a day with appointments, quotes that are about to expire.

The year before brings all of this now and then; here it is made sure of, for a seller and for the manager.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from activities.regarding import Ref
from activities.services.activities import create_activity
from activities.services.notes import add_note
from crm.core.models import Currency
from crm.reports.demo.customers import Customer
from crm.reports.demo.deals import forecast_of
from crm.reports.demo.leads import LeadChapter
from crm.reports.demo.story import TIME_ZONE
from crm.reports.demo.world import Person, World
from crm.users.models import User
from leads.models import Lead
from sales.models import LineKind, Opportunity, Quote
from sales.services.lines import LineRow, save_lines
from sales.services.opportunities import create_opportunity
from sales.services.quotes import activate_quote, create_quote_from_opportunity, revise_quote, update_quote

_WAITING = (9, 26, 47, 95, 210)  # minutes
_INTRODUCTION = (
    "Thank you for showing us your plant. As agreed we offer the instruments for both lines, with commissioning "
    "in the week of the shutdown."
)
# kind, what, days from today, hour and minute
_OF_A_SELLER = (
    ("phone_call", "Call {name} back about the delivery time", -2, (15, 0)),
    ("task", "Send {name} the drawing of the flange", -1, (11, 30)),
    ("task", "Check the calibration certificate for {name}", 0, (9, 30)),
    ("appointment", "Online demonstration with {name}", 0, (11, 0)),
    ("phone_call", "Ask {name} for the second quantity", 0, (14, 0)),
    ("appointment", "Visit of the plant, {name}", 0, (15, 30)),
    ("task", "Write the offer for {name}", 0, (17, 0)),
    ("phone_call", "Ask {name} what the committee said", 1, (10, 0)),
)
_OF_THE_MANAGER = (
    ("task", "Approve the price for {name}", -1, (16, 0)),
    ("appointment", "Review of the quarter with {name}", 0, (10, 0)),
    ("task", "Look through the offer to {name}", 0, (13, 0)),
    ("appointment", "Lunch with {name}", 1, (12, 30)),
)


class PresentChapter:
    """Plans its scenes on the agenda of the story, before that is played."""

    def __init__(self, world: World, customers: list[Customer], leads: LeadChapter) -> None:
        self._world, self._customers, self._leads = world, customers, leads
        self._story, self._now = world.story, world.story.now
        self._seller, self._manager = world.staff.sellers[0], world.staff.manager

    def plan(self) -> None:
        for number, minutes in enumerate(_WAITING):
            owner = self._manager if number % 3 == 2 else self._seller
            self._story.plan(self._ago(minutes=minutes), self._arriving(owner))
        self._story.plan(self._ago(minutes=64), self._colleague)
        self._story.plan(self._story.days_ago(24), self._large_offer)
        self._story.plan(self._story.days_ago(27), self._small_offers)
        self._story.plan(self._ago(minutes=160), self._draft)
        self._story.plan(self._ago(days=2, minutes=140), self._fill_calendars)

    def _ago(self, **span: float) -> dt.datetime:
        return self._now - dt.timedelta(**span)

    def _arriving(self, owner: User) -> Any:
        def arrive(at: dt.datetime) -> None:
            firm = self._world.new_firm()
            self._leads.enter(firm, self._world.new_person(firm), owner, at, source="web")

        return arrive

    def _colleague(self, at: dt.datetime) -> None:
        """Somebody else of a company that is a customer already, with its domain and its telephone."""
        customer = self._customer_of(self._seller)
        new = self._world.new_person(customer.firm)
        person = Person(new.first_name, new.last_name, new.job_title, new.email, customer.account.phone, "")
        lead = self._leads.enter(customer.firm, person, self._seller, at, source="web")
        text = f"Wrote through the website. {customer.contact.full_name} of the same plant is our contact so far."
        add_note(regarding=Ref.to(lead), description=text, actor=self._seller, at=at + dt.timedelta(minutes=4))

    def _customer_of(self, owner: User, place: int = 0) -> Customer:
        return [customer for customer in self._customers if customer.owner == owner][place]

    def _large_offer(self, at: dt.datetime) -> None:
        """Sections, notes, discounts and a price of its own; revised once, and about to expire."""
        customer = self._customer_of(self._seller)
        opportunity = self._opportunity(customer, "Density and temperature for both brewing lines", at)
        quote = self._quote(opportunity, expires_in=20, at=at)
        values = {"introduction": _INTRODUCTION, "discount_percent": Decimal(2), "freight_amount": Decimal("89.5")}
        update_quote(quote_id=quote.pk, values=values, actor=self._seller, at=at)
        self._write(quote, self._large_rows(customer), at)
        activate_quote(quote_id=quote.pk, actor=self._seller, at=at)
        self._story.plan(self._story.days_ago(9), lambda then: self._revise(quote.pk, then))

    def _revise(self, quote_id: int, at: dt.datetime) -> None:
        revised = revise_quote(quote_id=quote_id, actor=self._seller, at=at)
        values = {"discount_percent": Decimal("3.5"), "expires_on": (self._now + dt.timedelta(days=3)).date()}
        update_quote(quote_id=revised.pk, values=values, actor=self._seller, at=at)
        activate_quote(quote_id=revised.pk, actor=self._seller, at=at + dt.timedelta(minutes=20))

    def _large_rows(self, customer: Customer) -> list[LineRow]:
        wares, tax = self._world.catalogue.products, self._world.catalogue.taxes[customer.firm.country.tax].pk
        text: Any = {"quantity": Decimal(0)}
        return [
            LineRow(kind=LineKind.SECTION, name="Line 1, brewhouse", **text),
            LineRow(product_id=wares["DX-210"].pk, quantity=Decimal(4), tax_rate_id=tax),
            LineRow(product_id=wares["TP-3"].pk, quantity=Decimal(12), discount_percent=Decimal(5), tax_rate_id=tax),
            LineRow(kind=LineKind.NOTE, description="Probe length 250 mm, hygienic connection DN 25.", **text),
            LineRow(kind=LineKind.SECTION, name="Line 2, cellar", **text),
            LineRow(product_id=wares["MC-8"].pk, quantity=Decimal(2), price_per_unit=Decimal(2890), tax_rate_id=tax),
            LineRow(product_id=wares["CB-8"].pk, quantity=Decimal("62.5"), tax_rate_id=tax),
            LineRow(
                kind=LineKind.WRITE_IN,
                name="Adapter flanges to drawing",
                price_per_unit=Decimal(145),
                quantity=Decimal(6),
                tax_rate_id=tax,
            ),
            LineRow(kind=LineKind.SECTION, name="Services", **text),
            LineRow(product_id=wares["SV-1"].pk, quantity=Decimal(16), discount_amount=Decimal(128), tax_rate_id=tax),
        ]

    def _small_offers(self, at: dt.datetime) -> None:
        """One of the seller and one of the manager, with a day or a week left."""
        for owner, place, days in ((self._seller, 1, 1), (self._seller, 2, 6), (self._manager, 0, 5)):
            customer = self._customer_of(self._seller, place)
            opportunity = self._opportunity(customer, self._world.need_of(customer.firm).topic, at, owner=owner)
            quote = self._quote(opportunity, expires_in=0, at=at)
            expires_on = (self._now + dt.timedelta(days=days)).date()
            update_quote(quote_id=quote.pk, values={"expires_on": expires_on}, actor=owner, at=at)
            wares = self._world.catalogue.products
            rows = [LineRow(product_id=wares[number].pk, quantity=Decimal(3)) for number in ("PR-9", "FM-50")]
            self._write(quote, rows, at)
            activate_quote(quote_id=quote.pk, actor=owner, at=at + dt.timedelta(hours=2))

    def _draft(self, at: dt.datetime) -> None:
        """An offer that is still being written."""
        customer = self._customer_of(self._seller, 1)
        opportunity = self._opportunity(customer, "Spare probes for the stock", at)
        quote = self._quote(opportunity, expires_in=30, at=at)
        probe = self._world.catalogue.products["PH-16"]
        self._write(quote, [LineRow(product_id=probe.pk, quantity=Decimal(10))], at)

    def _opportunity(
        self, customer: Customer, topic: str, at: dt.datetime, *, owner: User | None = None
    ) -> Opportunity:
        owner = owner or self._seller
        values = {
            "topic": topic,
            "customer_account": customer.account,
            "contact": customer.contact,
            "currency": Currency.objects.get(code=customer.firm.country.currency),
            "estimated_revenue": self._story.share("18000", "60000", "500"),
            "estimated_close_on": (self._now + dt.timedelta(days=self._story.number(9, 40))).date(),
            "rating": "hot",
            "probability": 70,
            "forecast_category": forecast_of(70),
            "is_demo": True,
        }
        return create_opportunity(values=values, owner=owner, actor=owner, at=at)

    def _quote(self, opportunity: Opportunity, *, expires_in: int, at: dt.datetime) -> Quote:
        owner: Any = opportunity.owner
        quote = create_quote_from_opportunity(
            opportunity_id=opportunity.pk, actor=owner, at=at, number_series="demo-quote"
        )
        values = {"effective_from": at.date(), "expires_on": (self._now + dt.timedelta(days=expires_in)).date()}
        return update_quote(quote_id=quote.pk, values=values, actor=owner, at=at)

    def _write(self, quote: Quote, rows: Sequence[LineRow], at: dt.datetime) -> None:
        owner: Any = quote.owner
        save_lines(model=Quote, document_id=quote.pk, rows=rows, actor=owner, at=at)

    def _fill_calendars(self, at: dt.datetime) -> None:
        for owner, planned in ((self._seller, _OF_A_SELLER), (self._manager, _OF_THE_MANAGER)):
            records = self._open_records(owner)
            for number, (kind, subject, days, time) in enumerate(planned):
                record = records[number % len(records)]
                self._enter(owner, record, kind=kind, subject=subject, due=self._moment(days, time), at=at)

    def _open_records(self, owner: User) -> list[Any]:
        """Of the manager, the newest deals of everybody: that is her work."""
        deals = Opportunity.objects.filter(state="open", contact__isnull=False).select_related("contact")
        leads = Lead.objects.filter(state="open", status_reason="contacted", owner=owner)
        mine = deals.filter(owner=owner) if owner != self._manager else deals
        return [*mine.order_by("-pk")[:5], *leads.order_by("-pk")[:3]]

    def _moment(self, days: int, time: tuple[int, int]) -> dt.datetime:
        local = self._now.astimezone(ZoneInfo(TIME_ZONE)) + dt.timedelta(days=days)
        return local.replace(hour=time[0], minute=time[1], second=0, microsecond=0)

    def _enter(self, owner: User, record: Any, *, kind: str, subject: str, due: dt.datetime, at: dt.datetime) -> None:
        name = record.name if isinstance(record, Lead) else record.contact.full_name
        values: dict[str, Any] = {"subject": subject.format(name=name)}
        if kind == "appointment":
            values |= {
                "starts_at": due,
                "duration_minutes": 60,
                "location": "Video call" if "Online" in subject else "",
            }
        else:
            values |= {"due_at": due, "priority": 2 if "price" in subject or "back" in subject else 1}
        create_activity(kind=kind, values=values, actor=owner, at=at, regarding=Ref.to(record))
