"""A reader whose own records name what they may not see: no page, form, list or search gives the names away.

The stranger owns one record of each kind. Every foreign key of it is turned to a hidden record, and hidden records
are turned to it; then every page of it is read.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from activities.models import Activity, Attachment
from crm.core.addresses import screen_url
from crm.customers.models import Account, Contact
from crm.users.models import OwnedModel
from leads.models import Campaign, Lead
from sales.models import Invoice, Opportunity, Order, Quote
from tests.factories.activities import make_activity
from tests.factories.campaigns import make_campaign
from tests.factories.leads import make_lead
from tests.factories.sales import make_account, make_contact, make_invoice, make_opportunity, make_order, make_quote
from tests.proofs.world import SECRET, World, browser, everything, lasting_world, passing, without_echo

OWNED: tuple[type[Any], ...] = (Account, Contact, Lead, Opportunity, Quote, Order, Invoice, Activity)
_DOCUMENT = ("timeline", "lines", "details", "related", "history")
TABS: dict[type[Any], tuple[str, ...]] = {
    Account: ("timeline", "details", "related", "history"),
    Contact: ("timeline", "details", "related", "history"),
    Lead: ("timeline", "details", "related", "history"),
    Opportunity: _DOCUMENT,
    Quote: _DOCUMENT,
    Order: _DOCUMENT,
    Invoice: _DOCUMENT,
    Activity: ("timeline", "details", "history"),
}
MORE: dict[type[Any], tuple[str, ...]] = {
    **dict.fromkeys(OWNED, ()),
    Lead: ("qualify/",),
    Opportunity: ("lines/", "win/"),
    Quote: ("lines/", "activate/"),
    Order: ("create-invoice/",),
    Invoice: ("issue/",),
}
#: A customer is an account or a contact; the other one is turned to on a record of its own.
SECOND = "customer_contact"
DEALS: tuple[type[Any], ...] = (Opportunity, Quote, Order, Invoice)


class Mine:
    """What the stranger owns, by model."""

    def __init__(self, world: World) -> None:
        self.world, self.person = world, world.person("stranger")
        self.records: dict[type[Any], Any] = {
            Account: make_account(self.person, "Own Bakery"),
            Contact: make_contact(self.person, last_name="Own"),
            Lead: make_lead(self.person, last_name="Own"),
            Opportunity: make_opportunity(self.person, topic="Own need"),
            Quote: make_quote(self.person, name="Own quote"),
            Order: make_order(self.person, name="Own order"),
            Invoice: make_invoice(self.person, name="Own invoice"),
            Activity: make_activity(self.person, "task", subject="Own task"),
            Campaign: make_campaign(self.person, "Own campaign"),
        }

    def secret(self, model: type[models.Model]) -> Any:
        return self.world.records[str(model._meta.verbose_name)]

    def turn_to_hidden(self, *but: str) -> list[str]:
        """Every foreign key that the database lets turn, apart from those named."""
        return [
            f"{model.__name__}.{field.name}"
            for model, record in self.records.items()
            for field in _keys_to_owned(model)
            if field.name not in but and _turned(record, field.name, self.secret(field.related_model))
        ]

    def turn_hidden_here(self) -> list[str]:
        """Hidden records come to name the stranger's own ones."""
        return [
            f"{model.__name__}.{field.name}"
            for model in self.records
            for field in _keys_to_owned(model)
            if field.name != SECOND
            and field.related_model is not model
            and _turned(self.secret(model), field.name, self.records[field.related_model])
        ]

    def pages(self, *models: type[Any]) -> Iterator[str]:
        yield from ("/", f"/search/?q={SECRET}", f"/search/?q={SECRET[:5]}", "/search/?q=Own")
        for model, record in ((model, self.records[model]) for model in models or OWNED):
            page, listing = screen_url(model, "detail", record.pk), screen_url(model, "list")
            yield from (listing, f"{listing}?view=all", f"{listing}?view=all&q={SECRET}")
            yield from (f"{page}?tab={tab}" for tab in TABS[model])
            yield from (
                f"{page}edit/",
                f"{page}delete/",
                f"{page}?panel=why",
                *(f"{page}{more}" for more in MORE[model]),
            )


def _keys_to_owned(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, OwnedModel):
            yield field


def _turned(record: Any, name: str, target: Any) -> bool:
    try:
        with transaction.atomic():
            type(record)._base_manager.filter(pk=record.pk).update(**{name: target})
    except DatabaseError:
        return False
    return True


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


@pytest.fixture
def mine(world: World) -> Iterator[Mine]:
    """The clock stands still, since pages say how long something has waited."""
    with passing():
        made = Mine(world)
        with time_machine.travel(timezone.now(), tick=False):
            yield made


def _told(client: Client, pages: Iterator[str]) -> str:
    """A line for each page that tells the secret, with the text before it."""
    found = []
    for url in pages:
        text = _text(client.get(url))
        place = without_echo(text).find(SECRET)
        if place >= 0:
            found.append(f"{url}: {' '.join(text[max(0, place - 200) : place + 60].split())}")
    return "\n".join(found)


def _text(response: Any) -> str:
    assert response.status_code in {200, 404, 405, 409, 422}, response.status_code
    return re.sub(rf"“?{SECRET}”?\s*(?=</(?:h1|title|p))", "", "" if response.streaming else response.content.decode())


def test_the_proof_turns_every_kind_of_link(mine: Mine) -> None:
    turned = set(mine.turn_to_hidden(SECOND))
    every = {f"{model.__name__}.{field.name}" for model in OWNED for field in _keys_to_owned(model)}
    assert every - turned == {f"{model.__name__}.{SECOND}" for model in (Opportunity, Quote, Order, Invoice)}


def test_no_page_names_what_a_record_refers_to_and_its_reader_may_not_see(mine: Mine) -> None:
    mine.turn_to_hidden(SECOND)
    assert _told(browser(mine.person), mine.pages()) == ""


def test_no_page_names_a_hidden_person_as_the_customer(mine: Mine) -> None:
    for model in DEALS:
        rows = model._base_manager.filter(pk=mine.records[model].pk)
        rows.update(customer_account=None, customer_contact=mine.secret(Contact))
    assert _told(browser(mine.person), mine.pages(*DEALS)) == ""


def test_no_page_shows_or_counts_what_refers_to_it_and_is_hidden(mine: Mine) -> None:
    """But for deleting and winning, which hidden records stand in the way of: those say that there is something."""
    client = browser(mine.person)
    pages = [page for page in mine.pages() if not page.endswith(("delete/", "win/", "edit/", "why"))]
    before = {url: _bare(client.get(url)) for url in pages}
    assert mine.turn_hidden_here() != []
    assert [url for url in pages if _bare(client.get(url)) != before[url]] == []
    assert _told(client, (page for page in mine.pages() if page.endswith(("delete/", "win/")))) == ""


def test_what_is_hidden_holds_a_record_without_its_name_or_number(mine: Mine) -> None:
    """Two hidden orders hold the account as one does."""
    account, client = mine.records[Account], browser(mine.person)
    url = f"/accounts/{account.pk}/delete/"
    assert _turned(mine.world.records["order"], "customer_account", account)
    one = _bare(client.get(url))
    assert "An order you may not see" in one
    assert _turned(mine.world.records["order held"], "customer_account", account)
    assert _bare(client.get(url)) == one
    before = everything()
    assert client.post(url).status_code == 409
    assert everything() == before


def _bare(response: Any) -> str:
    text = re.sub(r'"[0-9a-zA-Z_\-+/=:]{10,}"|\b[0-9a-f]{12}\b|value="[^"]*"', "", _text(response))
    return re.sub(r"\b\d+ (?:s|min|seconds?|minutes?)\b", "", text)


def test_hidden_activities_of_an_own_record_are_neither_shown_nor_counted(mine: Mine) -> None:
    client, owner = browser(mine.person), mine.world.person("owner")
    pages = [
        f"{screen_url(model, 'detail', record.pk)}?tab={tab}"
        for model, record in mine.records.items()
        if model in (Account, Lead)
        for tab in ("timeline", "files", "history")
    ]
    pages.append(f"/leads/{mine.records[Lead].pk}/qualify/")
    before = {url: _bare(client.get(url)) for url in ("/", *pages)}
    for model in (Account, Lead):
        for kind in ("task", "note", "appointment"):
            make_activity(owner, kind, subject=SECRET, regarding=mine.records[model])
        note = make_activity(owner, "note", subject="Note", regarding=mine.records[model])
        Attachment.objects.create(activity=note, name=f"{SECRET}.txt", media_type="text/plain", size=1, file="gone")
    assert [url for url in before if _bare(client.get(url)) != before[url]] == []


def test_an_own_activity_does_not_name_the_hidden_record_that_it_concerns(mine: Mine) -> None:
    client, task = browser(mine.person), mine.records[Activity]
    for model in (Account, Lead, Opportunity, Quote, Order, Invoice):
        kind = ContentType.objects.get_for_model(model)
        rows = Activity._base_manager.filter(pk=task.pk)
        rows.update(regarding_type=kind, regarding_id=mine.secret(model).pk)
        page = f"/activities/{task.pk}/"
        pages = (
            page,
            f"{page}?tab=details",
            f"{page}?tab=history",
            f"{page}edit/",
            "/activities/",
            "/",
            "/search/?q=Own",
        )
        assert _told(client, iter(pages)) == "", model
