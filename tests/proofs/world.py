"""One record of each kind in each state that an address asks for, made once for a whole module of proofs.

The module runs in one transaction that is rolled back at its end; each visit is undone by a savepoint.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone

from activities.models import Attachment
from activities.services.pinning import pin_activity
from catalog.services.products import retire_product, revise_product
from crm.core.actors import SYSTEM
from crm.customers.models import Account, ConnectionRole
from crm.customers.services.accounts import deactivate_account
from crm.customers.services.connections import add_connection
from crm.customers.services.contacts import deactivate_contact
from crm.data.merge.services import merge_records
from crm.data.models import BulkRun, Export, Import
from crm.users.models import Notification, SavedView, Share, User
from crm.users.services.notifications import notify
from leads.models import Absence, CapturedPost
from leads.services.distribution import distribute
from leads.services.forms import add_field, add_mapping
from leads.services.lists import add_members, deactivate_list, lock_list
from sales.services.opportunities import hold_opportunity
from sales.services.orders import hold_order
from sales.services.payments import pay_invoice
from sales.services.quotes import close_quote
from tests.factories.activities import make_activity, make_completed
from tests.factories.campaigns import (
    make_campaign,
    make_closed_response,
    make_cost,
    make_dynamic_list,
    make_inactive,
    make_launched,
    make_list,
    make_response,
    make_step,
    make_suspended,
)
from tests.factories.cast import Cast, make_cast
from tests.factories.catalog import PriceListFactory, PriceListItemFactory, ProductFactory
from tests.factories.customers import AddressFactory
from tests.factories.leads import make_disqualified_lead, make_form, make_lead
from tests.factories.opportunities import make_won
from tests.factories.sales import (
    make_account,
    make_active_quote,
    make_contact,
    make_invoice,
    make_issued_invoice,
    make_opportunity,
    make_order,
    make_quote,
    write_in,
)
from tests.factories.users import TeamFactory

#: Stands in the title of every owned record, and nowhere else.
SECRET = "Quillfeather"
#: A customer of the owner whom all salespeople may see.
COMMON = "Common Dairy"

type Args = tuple[Any, ...]


@dataclass
class World:
    """`records` by key; `args` are what the address of the key's pages takes."""

    cast: Cast
    records: dict[str, Any] = field(default_factory=dict)

    def person(self, role: str) -> User:
        """By the words of the matrix: the owner of everything, and those around."""
        cast = self.cast
        people = {"owner": cast.rep_a, "colleague": cast.rep_b, "stranger": cast.rep_c, "reader": cast.read_only}
        return people.get(role) or getattr(cast, role)

    def args(self, key: str) -> Args:
        """Of "leads lead" the word and the key: such addresses serve several tables."""
        noun, _space, rest = key.partition(" ")
        record = (noun, self.records[rest]) if rest and key not in self.records else self.records[key]
        return tuple(getattr(one, "pk", one) for one in record) if isinstance(record, tuple) else (record.pk,)


def make_world() -> World:
    world = World(make_cast())
    owner = world.cast.rep_a
    _share(make_account(owner, COMMON), world.cast.rep_b, world.cast.rep_c)
    world.records |= _views(owner)
    for make in (_leads, _lead_forms, _campaigns, _customers, _catalogue, _activities, _opportunities, _documents):
        world.records |= make(owner)
    world.records |= _bulk(owner, world.records["lead"])
    return world


def _share(record: models.Model, *people: User) -> None:
    kind = ContentType.objects.get_for_model(record)
    for person in people:
        Share.objects.create(content_type=kind, object_id=record.pk, user=person)


def _views(owner: Any) -> dict[str, Any]:
    view = SavedView.objects.create(owner=owner, noun="leads.lead", name="Own view")
    return {"view": view, "first view": ("leads.lead", "all")}


def _leads(owner: Any) -> dict[str, Any]:
    lead = make_lead(owner, last_name=SECRET)
    share = Share.objects.create(record=lead, team=TeamFactory.create(business_unit=owner.business_unit))
    notify(person_id=owner.pk, text="%(record)s is yours", url="", kind="shared", about=lead, at=timezone.now())
    export = Export.objects.create(
        person=owner,
        title="All leads",
        address="/leads/",
        format="csv",
        file="gone.csv",
        rows=1,
        size=9,
        created_at=timezone.now(),
        finished_at=timezone.now(),
    )
    return {
        "export": export,
        "absence": Absence.objects.create(person=owner, first_on="2030-05-01", last_on="2030-05-09", note="Sailing"),
        "notification": Notification.objects.get(person=owner),
        "lead": lead,
        "lead share": ("leads", lead, share),
        "lead disqualified": make_disqualified_lead(owner, last_name=SECRET),
    }


def _campaigns(owner: Any) -> dict[str, Any]:
    """All who sell see them, so their names are no secret."""
    campaign, launched = make_campaign(owner), make_launched(owner)
    chosen, member = (
        make_list(owner, SECRET),
        make_contact(owner, last_name=f"{SECRET} on a list", phone="+442079460001"),
    )
    add_members(list_id=chosen.pk, keys=[member.pk], actor=owner, at=timezone.now())
    distributed = make_step(launched, chosen)
    distribute(step_id=distributed.pk, actor=owner, at=timezone.now())
    return {
        "campaign": campaign,
        "campaign cost": (campaign, make_cost(campaign)),
        "campaign response": make_response(owner, launched, subject=SECRET),
        "campaign response closed": make_closed_response(owner, launched, subject=SECRET),
        "marketing list": make_list(owner, SECRET),
        "campaign activity": (launched, make_step(launched, chosen)),
        "campaign activity distributed": (launched, distributed),
        "marketing list locked": lock_list(list_id=make_list(owner, SECRET).pk, actor=SYSTEM, at=timezone.now()),
        "marketing list inactive": deactivate_list(
            list_id=make_list(owner, SECRET).pk, actor=SYSTEM, at=timezone.now()
        ),
        "marketing list dynamic": make_dynamic_list(owner, "state:active", SECRET),
        "campaign response of a customer": make_response(
            owner, launched, subject=SECRET, account=make_account(owner, f"{SECRET} answers")
        ),
        "campaign launched": launched,
        "campaign suspended": make_suspended(owner),
        "campaign inactive": make_inactive(owner),
    }


def _lead_forms(owner: Any) -> dict[str, Any]:
    """In tuples what belongs to a form."""
    now = timezone.now()
    form, other = make_form(owner, name="Contact us", language="eo"), make_form(owner, name="Newsletter")
    by: dict[str, Any] = {"actor": SYSTEM, "at": now}
    email, city = {"column": "email", "label": "Your e-mail"}, {"sent_as": "LEADCF5", "column": "city"}
    add_field(form_id=form.pk, values=email, **by)
    add_mapping(form_id=form.pk, values=city, **by)
    waiting = CapturedPost.objects.create(
        form=form,
        form_key=form.key,
        path="/capture/",
        body=b"last_name=Bot&email=bot%40spam.example",
        fields=[["last_name", ["Bot"]], ["email", ["bot@spam.example"]], ["message", ["Buy https://a.example"]]],
        verdict="spam",
        sender="bot@spam.example",
        spam_score=60,
        reasons=["link_in_name", "links:4"],
    )
    return {
        "captured post": (waiting,),
        "hosted form": (form.key,),
        "capture form": form,
        "form field": (other, add_field(form_id=other.pk, values=email, **by)),
        "field mapping": (other, add_mapping(form_id=other.pk, values=city, **by)),
    }


def _bulk(owner: Any, lead: Any) -> dict[str, Any]:
    """In tuples, since none of them is a record with a page; the run has changed one lead and can be taken back."""
    now = timezone.now()
    run = BulkRun.objects.create(
        person=owner,
        noun="leads",
        act="edit-rating",
        sent="rating=",
        summary="Rating",
        total=1,
        at=now,
        finished_at=now,
    )
    run.rows.create(record_id=lead.pk, outcome="done", before={"rating": "hot"}, after={"rating": ""})
    more = {**_imports(owner), **_merged(owner)}
    return {"bulk run": (run,), "bulk noun": ("leads",), "lead field": ("leads", lead, "topic"), **more}


def _imports(owner: Any) -> dict[str, Any]:
    """Of one row each. Their file has gone, which its person is told."""
    now = timezone.now()
    columns = {"header": [SECRET], "mapping": ["last_name"], "reading": {"header_line": 1}}
    found = {"rehearsed": {"counts": {"new": 1}, "unknown": {"owner": {SECRET: 1}}}}
    made = {
        stage: Import.objects.create(
            person=owner, noun="leads", title=f"{SECRET}.csv", kind="csv", file="gone.csv", rows=1, created_at=now,
            stage=stage, started_at=now if stage == "done" else None, found=found.get(stage, {}), **columns,
        )
        for stage in ("draft", "rehearsed", "done")
    }  # fmt: skip
    return {f"import {stage}": (run,) for stage, run in made.items()}


def _merged(owner: Any) -> dict[str, Any]:
    """Two leads that were made one, and two that may be the same."""
    names = ("merged", "merged too", "twin", "twin too")
    one, other, *twins = (make_lead(owner, last_name=f"{SECRET} {name}") for name in names)
    merge = merge_records(model=type(one), master_id=one.pk, loser_ids=[other.pk], actor=SYSTEM, at=timezone.now())
    return {"merge": (merge,), "twins": tuple(twins)}


def _customers(owner: Any) -> dict[str, Any]:
    now = timezone.now()
    account, contact = make_account(owner, SECRET), make_contact(owner, last_name=SECRET)
    idle, idle_person = make_account(owner, f"{SECRET} idle"), make_contact(owner, last_name=f"{SECRET} idle")
    connected = add_connection(
        model=Account,
        record_id=account.pk,
        other=contact,
        role=ConnectionRole.objects.get(name="Referrer"),
        own_role=None,
        values={},
        actor=SYSTEM,
        at=now,
    )
    return {
        "account": account,
        "account connection": ("accounts", account, connected),
        "contact": contact,
        "account address": (account, AddressFactory.create(account=account)),
        "contact address": (contact, AddressFactory.create(contact=contact)),
        "account inactive": deactivate_account(account_id=idle.pk, actor=SYSTEM, at=now),
        "contact inactive": deactivate_contact(contact_id=idle_person.pk, actor=SYSTEM, at=now),
    }


def _catalogue(_owner: Any) -> dict[str, Any]:
    now, item = timezone.now(), PriceListItemFactory.create()
    revised, retired = ProductFactory.create(), ProductFactory.create()
    return {
        "product": ProductFactory.create(),
        "product draft": ProductFactory.create(state="draft", status_reason="draft", revision=0),
        "product revised": revise_product(product_id=revised.pk, actor=SYSTEM, at=now),
        "product retired": retire_product(product_id=retired.pk, actor=SYSTEM, at=now),
        "price list": PriceListFactory.create(),
        "price list inactive": PriceListFactory.create(state="inactive", status_reason="inactive"),
        "price list item": (item.price_list, item),
    }


def _activities(owner: Any) -> dict[str, Any]:
    note = make_activity(owner, "note", subject=SECRET)
    file = Attachment.objects.create(activity=note, name="plan.txt", media_type="text/plain", size=1, file="gone")
    matters = make_activity(owner, "note", subject=SECRET)
    return {
        "activity pinned": pin_activity(activity_id=matters.pk, actor=SYSTEM, at=timezone.now()),
        "activity": make_activity(owner, "task", subject=SECRET),
        "activity done": make_completed(owner, "task", subject=SECRET),
        "activity file": (note, file),
    }


def _opportunities(owner: Any) -> dict[str, Any]:
    held = make_opportunity(owner, topic=f"{SECRET} held")
    return {
        "opportunity": make_opportunity(owner, [write_in("100")], topic=SECRET),
        "opportunity held": hold_opportunity(opportunity_id=held.pk, actor=SYSTEM, at=timezone.now()),
        "opportunity won": make_won(owner, topic=SECRET),
    }


def _documents(owner: Any) -> dict[str, Any]:
    now, held, paid = timezone.now(), make_order(owner, name=SECRET), make_issued_invoice(owner, name=SECRET)
    closed = make_active_quote(owner, name=SECRET)
    payment = pay_invoice(invoice_id=paid.pk, amount=Decimal(20), actor=SYSTEM, at=now)
    return {
        "quote": make_quote(owner, name=SECRET),
        "quote active": make_active_quote(owner, name=SECRET),
        "quote closed": close_quote(quote_id=closed.pk, status_reason="lost", actor=SYSTEM, at=now),
        "order": make_order(owner, name=SECRET),
        "order held": hold_order(order_id=held.pk, actor=SYSTEM, at=now),
        "invoice": make_invoice(owner, name=SECRET),
        "invoice issued": make_issued_invoice(owner, name=SECRET),
        "invoice partly paid": paid,
        "payment": payment,
    }


@contextmanager
def lasting_world() -> Iterator[World]:
    """For all tests of a module; nothing of it is left behind."""
    with passing():
        yield make_world()


@contextmanager
def passing() -> Iterator[None]:
    """Whatever happens inside is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def without_echo(page: str) -> str:
    """The page without the secret that its reader asked for: in addresses, in the box, as a chip and in sentences."""
    address = rf"(?:q|edit|list)(?:=|%3D)[^\"&]*{SECRET}"
    return re.sub(
        rf'{address}|(?:value|data-chip)="{SECRET}|(?<=>){SECRET}(?=<(?:span|/a|/span)>)|“{SECRET}”|Remove {SECRET}',
        "",
        page,
    )


def browser(user: Any = None) -> Client:
    """Answers 500 like a server, instead of raising."""
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def everything() -> dict[str, tuple[int, str]]:
    """By table the number of rows and a sum over all their columns, versions included. What merely looking writes
    is left out: sessions, and what somebody has opened last.
    """
    statement = " UNION ALL ".join(map(_sum_of, _tables()))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {table: (count, digest) for table, count, digest in cursor.fetchall()}


def _sum_of(table: str) -> str:
    return f"SELECT '{table}', count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"  # noqa: S608 - names of our own tables


def _tables() -> list[str]:
    declared = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return sorted(declared & set(connection.introspection.table_names()) - {"users_session", "users_recent"})
