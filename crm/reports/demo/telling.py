"""The whole story, once, in one transaction."""

import datetime as dt

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.actors import SYSTEM
from crm.core.errors import Conflict
from crm.core.foundations import lay_foundations
from crm.reports.demo.campaigns import CampaignChapter
from crm.reports.demo.catalogue import stock_catalogue
from crm.reports.demo.customers import Customer, win_customer
from crm.reports.demo.dates import date_everything
from crm.reports.demo.deals import DealChapter
from crm.reports.demo.leads import LeadChapter
from crm.reports.demo.office import OfficeChapter
from crm.reports.demo.people import Login, open_company
from crm.reports.demo.present import PresentChapter
from crm.reports.demo.story import Step, Story
from crm.reports.demo.talk import Talk
from crm.reports.demo.world import World
from crm.users.models import User
from leads.models import Lead
from leads.services.forms import ensure_form
from sales.models import Opportunity

DAYS = 365
_OLD_CUSTOMERS, _LEADS, _DIRECT_DEALS = 22, 148, 30


def tell_demo(now: dt.datetime) -> tuple[Login, ...]:
    """Fill an empty database with the company and its year until `now`; who may sign in is the answer.

    Raises `Conflict` when somebody can sign in already: then this is somebody's own installation.
    """
    with history.action("demo.loaded", actor=SYSTEM), transaction.atomic():
        if User.objects.exists():
            raise Conflict(_("There are people in this database already, so the demonstration data stays out of it."))
        lay_foundations()
        ContentType.objects.clear_cache()
        logins = _play(Story(now))
        date_everything()
    return logins


def _play(story: Story) -> tuple[Login, ...]:
    staff = open_company()
    opened = story.days_ago(DAYS + 10)
    world = World(story, staff, stock_catalogue(story, staff.administrator, opened))
    form = ensure_form(
        name="Contact form of the website",
        hosts=["www.tarnholm.example"],
        owner=staff.sellers[0],
        actor=staff.administrator,
        at=opened,
    )
    customers: list[Customer] = []
    for number in range(_OLD_CUSTOMERS):
        story.plan(story.days_ago(DAYS + 8 - number / 8), _winning(world, number, customers))
    deals = DealChapter(world, customers)
    campaigns = CampaignChapter(world, customers)
    campaigns.plan()
    leads = LeadChapter(world, customers, campaigns, deals.follow)
    for day in _spread(_LEADS):
        story.plan(story.days_ago(day), leads.arrive)
    for day in _spread(_DIRECT_DEALS):
        story.plan(story.days_ago(day), deals.begin)
    story.plan(story.days_ago(3), lambda at: _plan_ahead(world, at))
    PresentChapter(world, customers, leads).plan()
    OfficeChapter(world, form).plan()
    story.play()
    return staff.logins


def _plan_ahead(world: World, at: dt.datetime) -> None:
    """Everybody looks through what is open; for every third record something is planned."""
    for model in (Lead, Opportunity):
        for record in model.objects.filter(state="open").select_related("owner").order_by("pk"):
            if record.owner and world.story.happens(33):
                Talk(world, record, record.owner).next_step(at)


def _winning(world: World, number: int, customers: list[Customer]) -> Step:
    return lambda at: customers.append(win_customer(world, number, at))


def _spread(number: int) -> list[float]:
    """Days ago, from a year to today, a little denser towards the end: business grows."""
    return [DAYS * (1 - (step + 0.5) / number) ** 1.5 for step in range(number)]
