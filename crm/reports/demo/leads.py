"""How leads come, are worked on, and end."""

import datetime as dt
from collections.abc import Callable

from crm.core.actors import WEB_FORM, Actor
from crm.core.models import Currency
from crm.customers.models import Contact
from crm.reports.demo.campaigns import CampaignChapter
from crm.reports.demo.customers import Customer, terms_of
from crm.reports.demo.talk import Talk
from crm.reports.demo.world import Firm, Person, World
from crm.users.models import User
from leads.models import Lead
from leads.services.leads import contact_lead, create_lead, disqualify_lead, reopen_lead
from sales.models import Opportunity
from sales.services.qualification import Create, Use, qualify_lead

SERIES = "demo-lead"
_SOURCES = ("web", "web", "web", "trade_show", "partner", "external_referral", "advertisement", "word_of_mouth")
_FATES = ("qualify",) * 8 + ("disqualify",) * 6 + ("wait",) * 6
_REASONS = ("lost", "cannot_contact", "no_longer_interested", "canceled")
_QUESTIONS = (
    "Please send a quotation. We need it in the plant by the end of the quarter.",
    "We are replacing the instruments of our second line and would like to see yours at work.",
    "What accuracy can we expect at 5 °C, and how often must it be calibrated?",
    "",
)

type OnQualified = Callable[[Opportunity, Customer, dt.datetime], None]


class LeadChapter:
    """Leads arrive through the year; `on_qualified` tells what becomes of a deal."""

    def __init__(
        self, world: World, customers: list[Customer], campaigns: CampaignChapter, on_qualified: OnQualified
    ) -> None:
        self._world, self._customers, self._on_qualified = world, customers, on_qualified
        self._campaigns = campaigns

    def arrive(self, at: dt.datetime) -> None:
        """A new lead of somebody unknown, or a new need of a customer."""
        world = self._world
        customer = world.story.pick(self._customers) if world.story.happens(22) else None
        firm = customer.firm if customer else world.new_firm()
        owner = customer.owner if customer else world.seller_for(firm)
        person = _same_person(customer.contact) if customer else world.new_person(firm)
        source = world.story.pick(_SOURCES)
        lead = self.enter(firm, person, owner, at, source=source, customer=customer)
        self._plan_life(lead, firm, owner, customer, at)

    def enter(
        self,
        firm: Firm,
        person: Person,
        owner: User,
        at: dt.datetime,
        *,
        source: str,
        customer: Customer | None = None,
    ) -> Lead:
        """A lead of which nothing else is told."""
        values = {**self._asked(firm, person, source, at), **_known(customer)}
        actor: Actor = WEB_FORM if source == "web" else owner
        return create_lead(values=values, owner=owner, actor=actor, at=at, series=SERIES)

    def _asked(self, firm: Firm, person: Person, source: str, at: dt.datetime) -> dict[str, object]:
        story = self._world.story
        knows_money = story.happens(75)
        return {
            **person.columns,
            **firm.place,
            "topic": self._world.need_of(firm).topic,
            "company": firm.name,
            "industry": firm.industry,
            "website": f"https://www.{firm.domain}",
            "source": source,
            "campaign": self._campaigns.of(source),
            "rating": story.pick(("hot", "warm", "warm", "cold", "")),
            "description": story.pick(_QUESTIONS),
            "currency": Currency.objects.get(code=firm.country.currency),
            "estimated_value": story.share("3000", "96000", "500") if knows_money else None,
            "estimated_close_on": (at + dt.timedelta(days=story.number(30, 140))).date() if knows_money else None,
            "purchase_timeframe": story.pick(("", "immediate", "this_quarter", "next_quarter", "this_year")),
            "budget_status": story.pick(("", "", "may_buy", "can_buy", "will_buy")),
        }

    def _plan_life(self, lead: Lead, firm: Firm, owner: User, customer: Customer | None, at: dt.datetime) -> None:
        story, talk = self._world.story, Talk(self._world, lead, owner)
        first = story.later(at, 0.02, 1.6)
        if not story.happens(97):
            story.plan(story.later(at, 20, 60), lambda then: self._disqualify(lead.pk, owner, then))
            return
        contact = talk.call if story.happens(65) else lambda then: _mark_contacted(lead.pk, owner, then)
        story.plan(first, contact)
        self._chat(talk, first)
        verdict = story.later(first, 2, 26)
        fate = story.draw(_FATES)
        if fate == "qualify":
            story.plan(verdict, lambda then: self._qualify(lead.pk, firm, owner, customer, then))
        elif fate == "disqualify":
            story.plan(verdict, lambda then: self._disqualify(lead.pk, owner, then))
        else:
            story.plan(verdict, talk.task)
            story.plan(story.later(verdict, 30, 120), lambda then: self._disqualify(lead.pk, owner, then))

    def _chat(self, talk: Talk, first: dt.datetime) -> None:
        """Some of what else happens before the verdict."""
        story = self._world.story
        for act, percent in ((talk.mail, 7), (talk.note, 12), (talk.meet, 8), (talk.task, 10)):
            if story.happens(percent):
                story.plan(story.later(first, 0.1, 6), act)

    def _disqualify(self, lead_id: int, owner: User, at: dt.datetime) -> None:
        story = self._world.story
        disqualify_lead(lead_id=lead_id, reason=story.draw(_REASONS), note="", actor=owner, at=at)
        if story.happens(8):
            again = story.later(at, 10, 60)
            story.plan(again, lambda then: _reopen(lead_id, owner, then))
            story.plan(story.later(again, 15, 50), lambda then: self._disqualify(lead_id, owner, then))

    def _qualify(self, lead_id: int, firm: Firm, owner: User, customer: Customer | None, at: dt.datetime) -> None:
        account = Use(customer.account.pk) if customer else Create(terms_of(self._world, firm))
        qualification = qualify_lead(
            lead_id=lead_id,
            account=account,
            contact=Use(customer.contact.pk) if customer else Create(),
            opportunities=[Create()],
            actor=owner,
            at=at,
        )
        records = {result.kind: result.record for result in qualification.results.all()}
        customer = customer or Customer(firm, records["account"], records["contact"], owner)
        if customer not in self._customers:
            self._customers.append(customer)
        self._on_qualified(records["opportunity"], customer, at)


def _same_person(contact: Contact) -> Person:
    return Person(**{name: getattr(contact, name) for name in Person.__slots__})


def _known(customer: Customer | None) -> dict[str, object]:
    if customer is None:
        return {}
    return {"existing_account": customer.account, "existing_contact": customer.contact}


def _mark_contacted(lead_id: int, owner: User, at: dt.datetime) -> None:
    """They met at a fair; there is no call to record."""
    contact_lead(lead_id=lead_id, actor=owner, at=at)


def _reopen(lead_id: int, owner: User, at: dt.datetime) -> None:
    reopen_lead(lead_id=lead_id, actor=owner, at=at)
