"""What the company does so that people come, what it costs, and who answers.

The chapter throws dice of its own: the rest of the story is the same with and without it.
"""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from crm.core.models import Organisation
from crm.reports.demo.customers import Customer
from crm.reports.demo.story import Step
from crm.reports.demo.world import World
from leads.models import Campaign, CampaignResponse, Lead
from leads.services.campaign_costs import add_cost
from leads.services.campaigns import complete_campaign, create_campaign, launch_campaign, prepare_campaign
from leads.services.lists import add_by_query, create_list
from leads.services.responses import close_response, create_response, link_response

SERIES = "demo-campaign"
_SEED = 7_211
_RESPONSES = 14

# name, code, type, source of its leads, how many of a hundred come from it, began and ended days ago, budget
_PLANS: tuple[tuple[str, str, str, str, int, int, int | None, str], ...] = (
    ("Dairy technology fair", "FAIR", "event", "trade_show", 100, 330, 240, "18000"),
    ("Search advertising", "SEARCH", "advertisement", "web", 55, 360, None, "24000"),
    ("Instrument newsletter", "NEWS", "direct_marketing", "advertisement", 80, 300, None, "4500"),
    ("Partner referral programme", "PARTNER", "co_branding", "partner", 75, 280, None, "9000"),
    ("Winter workshop tour", "TOUR", "event", "", 0, -20, None, "12000"),
)
# Of the budget, each time it is paid; what for.
_BILLS = (("Booking", "0.4"), ("Print and mail", "0.15"), ("Agency", "0.22"))


class CampaignChapter:
    def __init__(self, world: World, customers: list[Customer]) -> None:
        self._world, self._customers = world, customers
        self._dice = random.Random(_SEED)  # noqa: S311 - tells a story, guards nothing
        self._running: dict[str, tuple[Campaign, int]] = {}

    def plan(self) -> None:
        story = self._world.story
        for plan in _PLANS:
            began = max(plan[5], 10)
            story.plan(story.days_ago(began + 6), self._beginning(plan))
        for number in range(_RESPONSES):
            story.plan(story.days_ago(2 + number * 6), self._answer)
        # Early enough to lie behind every weekend, before what is planned with the lists.
        story.plan(story.days_ago(6), self._make_lists)

    def _beginning(self, plan: Any) -> Step:
        return lambda at: self._begin(plan, at)

    def of(self, source: str) -> Campaign | None:
        """The campaign from which a lead of this source comes, if any is running."""
        campaign, percent = self._running.get(source, (None, 0))
        return campaign if campaign and self._dice.randrange(100) < percent else None

    def _begin(self, plan: Any, at: dt.datetime) -> None:
        name, code, kind, source, percent, began, ended, budget = plan
        story, owner = self._world.story, self._world.staff.manager
        starts_on = (story.now - dt.timedelta(days=began)).date()
        values = {
            "name": name,
            "code": code,
            "type": kind,
            "starts_on": starts_on,
            "ends_on": (story.now - dt.timedelta(days=ended)).date() if ended else None,
            "budget_amount": Decimal(budget),
            "expected_revenue": Decimal(budget) * 6,
            "expected_response": Decimal("2.5"),
        }
        campaign = create_campaign(values=values, owner=owner, actor=owner, at=at, series=SERIES)
        if not source:
            prepare_campaign(campaign_id=campaign.pk, actor=owner, at=at)
            return
        launch_campaign(campaign_id=campaign.pk, actor=owner, at=at)
        self._running[source] = (campaign, percent)
        for number, (what, share) in enumerate(_BILLS):
            paid = story.working_time(at + dt.timedelta(days=40 * number + self._dice.randint(5, 30)))
            story.plan(paid, self._bill(campaign, what, share))
        if ended:
            story.plan(story.days_ago(ended), lambda then: self._end(campaign, source, then))

    def _bill(self, campaign: Campaign, what: str, share: str) -> Step:
        def pay(at: dt.datetime) -> None:
            values = {
                "name": what,
                "spent_on": at.date(),
                "amount": (Decimal(share) * (campaign.budget_amount or 0)).quantize(Decimal("0.01")),
                "currency": Organisation.load().base_currency,
            }
            add_cost(campaign_id=campaign.pk, values=values, actor=self._world.staff.manager, at=at)

        return pay

    def _end(self, campaign: Campaign, source: str, at: dt.datetime) -> None:
        complete_campaign(campaign_id=campaign.pk, actor=self._world.staff.manager, at=at)
        self._running.pop(source, None)

    def _answer(self, at: dt.datetime) -> None:
        """Somebody known answers; some of it leads to a lead that is there already, some to nothing."""
        running = [campaign for campaign, _percent in self._running.values()]
        if not running or not self._customers:
            return
        campaign, customer = self._dice.choice(running), self._dice.choice(self._customers)
        owner = customer.owner
        values = {
            "campaign": campaign,
            "subject": self._dice.choice(("Wants a brochure", "Asks for a visit", "Wants a quotation", "Not now")),
            "answer": self._dice.choice(("interested", "interested", "interested", "not_interested")),
            "channel": self._dice.choice(("email", "phone", "web", "appointment")),
            "received_on": at.date(),
            "contact": customer.contact,
        }
        response = create_response(values=values, owner=owner, actor=owner, at=at, is_demo=True)
        if response.answer == CampaignResponse.Answer.NOT_INTERESTED:
            close_response(response_id=response.pk, actor=owner, at=at)
        elif self._dice.randrange(3) == 0:
            self._link(response, at)

    def _link(self, response: CampaignResponse, at: dt.datetime) -> None:
        owner: Any = response.owner
        lead = Lead.objects.filter(campaign=response.campaign, owner=owner).order_by("-pk").first()
        if lead is not None:
            link_response(response_id=response.pk, record=lead, actor=owner, at=at)

    def _make_lists(self, at: dt.datetime) -> None:
        owner = self._world.staff.manager
        who: dict[str, Any] = {"owner": owner, "actor": owner, "at": at, "is_demo": True}
        visitors = create_list(values={"name": "Fair visitors", "members_are": "lead"}, **who)
        add_by_query(list_id=visitors.pk, query="source:trade_show", actor=owner, at=at)
        create_list(
            values={
                "name": "Hot leads",
                "members_are": "lead",
                "kind": "dynamic",
                "query": "state:open rating:hot",
                "purpose": "Call them first.",
            },
            **who,
        )
        create_list(
            values={
                "name": "Newsletter",
                "members_are": "contact",
                "kind": "dynamic",
                "query": "state:active email:any",
            },
            **who,
        )
