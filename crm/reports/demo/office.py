"""What the company has arranged for its work: tags, rules, a view for all sellers, a mailing; and what only looks like
a lead.

Nothing of it throws dice: the rest of the story is the same with and without it.
"""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from activities.regarding import Ref
from activities.services.notes import add_note
from crm.core.actors import SYSTEM
from crm.core.tags import make_tag, tag_record
from crm.reports.demo.people import SELLERS
from crm.reports.demo.world import World
from crm.users.models import Team
from crm.users.services.saved_views import ViewValues, save_view, share_view
from leads.capture.started import TRAP
from leads.models import AssignmentRule, Campaign, CaptureForm, Lead, MarketingList, ScoreRule
from leads.services.capture import RawPost, take_post
from leads.services.distribution import add_step

_TAGS = (("Reference customer", "green"), ("Needs a permit", "amber"), ("Retrofit", "accent"))
# label, query, points
_POINTS = (
    ("Budget is released", "budget_status:will_buy", 25),
    ("Comes from a referral", "source:partner", 10),
    ("No way to reach them", "email:none phone:none", -20),
)
# what is filled in, the address it came from
_ADVERTISERS: tuple[tuple[dict[str, str], str], ...] = (
    (
        {
            "last_name": "Visibility Team",
            "email": "offers@rank-first.example",
            "description": "First place in every search: [url=https://a.example]start now[/url]",
        },
        "203.0.113.41",
    ),
    (
        {"first_name": "Win", "last_name": "https://prize.example/claim", "email": "win@prize.example"},
        "203.0.113.57",
    ),
    (
        {"last_name": "Deborah", "email": "d@loans.example", "company": "Loans", TRAP: "https://loans.example"},
        "198.51.100.9",
    ),
    (
        {
            "last_name": "Kessler",
            "company": "Kessler Brunnenbau",
            "email": "kessler@brunnenbau.example",
            "description": "Three links to our plant: https://k.example/1 https://k.example/2 https://k.example/3 "
            'and <a href="https://k.example/plan">the plan</a>. Please call.',
        },
        "192.0.2.18",
    ),
)


class OfficeChapter:
    def __init__(self, world: World, form: CaptureForm) -> None:
        self._world, self._form = world, form
        self._manager, self._administrator = world.staff.manager, world.staff.administrator

    def plan(self) -> None:
        story = self._world.story
        story.plan(story.days_ago(40), self._make_rules)
        story.plan(story.days_ago(30), self._share_a_view)
        story.plan(story.days_ago(3), self._tag)
        story.plan(story.days_ago(3), self._plan_calls)
        for hours, (fields, address) in enumerate(_ADVERTISERS, start=2):
            story.plan(story.now - dt.timedelta(hours=hours), self._posting(fields, address))
        story.plan(story.now - dt.timedelta(minutes=35), self._ask_a_seller)

    def _make_rules(self, at: dt.datetime) -> None:
        AssignmentRule.objects.create(
            name="From the website, in turn",
            position=10,
            query="source:web",
            way=AssignmentRule.Way.TURN,
            team=Team.objects.get(name=SELLERS),
            target_minutes=60,
        )
        AssignmentRule.objects.create(
            name="Everything else to the head of sales",
            position=20,
            way=AssignmentRule.Way.PERSON,
            person=self._manager,
        )
        for label, query, points in _POINTS:
            ScoreRule.objects.create(label=label, query=query, points=points)
        for name, tone in _TAGS:
            make_tag(name=name, tone=tone, actor=self._administrator, at=at)

    def _share_a_view(self, at: dt.datetime) -> None:
        values = ViewValues(
            name="Hot and waiting",
            query="state:open rating:hot",
            columns="name,company,rating,estimated_value,next_step,owner,created_at",
        )
        view = save_view(noun="leads.lead", values=values, actor=self._manager, at=at)
        team = Team.objects.get(name=SELLERS)
        share_view(view_id=view.pk, team_ids=[team.pk], actor=self._manager, at=at)

    def _tag(self, at: dt.datetime) -> None:
        """Two of the oldest open leads of each seller."""
        names = [name for name, _tone in _TAGS]
        for owner in self._world.staff.sellers:
            for number, lead in enumerate(Lead.objects.filter(state="open", owner=owner).order_by("pk")[:2]):
                tags = names[number : number + 2]
                tag_record(model=Lead, record_id=lead.pk, names=tags, actor=owner, at=at)

    def _plan_calls(self, at: dt.datetime) -> None:
        """Waits to be given out to the visitors of the fair."""
        values = {
            "list": MarketingList.objects.get(name="Fair visitors"),
            "channel": "phone",
            "subject": "Invite to the winter workshop",
            "description": "Ask which plant they want to bring the readings of.",
            "due_on": (self._world.story.now + dt.timedelta(days=5)).date(),
            "quiet_days": 7,
        }
        campaign = Campaign.objects.get(code="TOUR")
        add_step(campaign_id=campaign.pk, values=values, actor=self._manager, at=at)

    def _posting(self, fields: dict[str, str], address: str) -> Any:
        post = RawPost(
            path_key=self._form.key,
            path=f"/capture/{self._form.key}/",
            query_string="",
            content_type="application/x-www-form-urlencoded",
            body=urlencode(fields).encode(),
            headers={"User-Agent": "Mozilla/5.0"},
            remote_address=address,
        )
        return lambda at: take_post(post=post, actor=SYSTEM, at=at)

    def _ask_a_seller(self, at: dt.datetime) -> None:
        """What the bell of a seller rings for."""
        seller = self._world.staff.sellers[0]
        lead = Lead.objects.filter(state="open", owner=seller).order_by("-pk").first()
        if lead is not None:
            text = f"@{seller.username} please ask for the flow rate before you offer."
            add_note(regarding=Ref.to(lead), description=text, actor=self._manager, at=at)
