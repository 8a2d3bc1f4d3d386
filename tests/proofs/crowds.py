"""The world of the proofs with many rows: every list, document, timeline and panel holds `count` of its kind."""

import copy
import itertools
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models.base import ModelState
from django.utils import timezone

from activities.models import Activity, Attachment, TimelineLink
from catalog.models import Product
from crm.core.actors import SYSTEM
from crm.core.history import event_model
from crm.core.models import TRACKED
from crm.users.depth import Depth
from crm.users.models import Role, RolePrivilege, User, UserRole
from crm.users.rights import known_permissions
from leads.models import CaptureForm
from leads.models.capture import new_form_key
from sales.models import Payment
from sales.services.lines import LineRow
from sales.services.opportunities import hold_opportunity
from sales.services.orders import hold_order
from sales.services.payments import pay_invoice
from sales.services.quotes import activate_quote, create_quote_from_opportunity
from tests.factories.activities import make_activity
from tests.factories.catalog import PriceListItemFactory, ProductFactory
from tests.factories.opportunities import make_qualified, make_won
from tests.factories.sales import (
    D,
    make_account,
    make_invoice,
    make_invoice_of_order,
    make_issued_invoice,
    make_opportunity,
    make_order,
    make_order_of_quote,
    make_quote,
    row,
    standard_list,
)
from tests.factories.users import UnitFactory
from tests.proofs.world import World, make_world

UNITS = 8
_NAMED_ONCE = ("number", "name")
_numbers = itertools.count(1)


def make_crowded_world(count: int) -> World:
    world = make_world()
    owner = world.cast.rep_a
    _give_all_rights_to_own(owner)
    _give_the_rights_of_forms_to(world.cast.manager)
    for number in range(UNITS - 1):
        UnitFactory.create(name=f"North {number}", parent=world.cast.north)
    products = _products(count)
    rows = [row(product, rate=product.tax_rate) for product in products]
    world.records |= _documents(owner, rows)
    world.records["lead qualified"] = make_qualified(owner).lead
    _crowd_catalogue(world, products)
    _crowd_customers(world, count)
    for record in [record for record in world.records.values() if isinstance(record, models.Model)]:
        _crowd_page(record, owner, count)
    _crowd_lists(world, count)
    return world


def _give_all_rights_to_own(person: User) -> None:
    role = Role.objects.create(name="Everything of one's own")
    RolePrivilege.objects.bulk_create(
        RolePrivilege(role=role, permission=permission, depth=Depth.OWN) for permission in known_permissions()
    )
    UserRole.objects.filter(user=person).delete()
    UserRole.objects.create(user=person, role=role)


def _give_the_rights_of_forms_to(person: User) -> None:
    """Whom no other page is measured for: lead forms and what they bring are marketing's."""
    role = Role.objects.create(name="Keeper of lead forms")
    RolePrivilege.objects.bulk_create(
        RolePrivilege(role=role, permission=permission, depth=Depth.ALL)
        for permission in known_permissions()
        if permission.endswith(("_captureform", "_capturedpost"))
    )
    UserRole.objects.create(user=person, role=role)


def _products(count: int) -> list[Product]:
    products = [ProductFactory.create() for _number in range(count)]
    for product in products:
        PriceListItemFactory.create(price_list=standard_list(), product=product)
    return products


def _documents(owner: User, rows: Sequence[LineRow]) -> dict[str, Any]:
    """Each with all the lines; the chain of one opportunity with two offers, as deals have them."""
    now = timezone.now()
    account = make_account(owner, "Crowded Dairy")
    of: dict[str, Any] = {"customer_account": account}
    held, order_held = make_opportunity(owner, rows, **of), make_order(owner, rows, **of)
    paid = make_issued_invoice(owner, rows, **of)
    payment = pay_invoice(invoice_id=paid.pk, amount=D(20), actor=SYSTEM, at=now)
    invoiced = make_order_of_quote(owner, rows, **of)
    return {
        "opportunity": make_opportunity(owner, rows, **of),
        "opportunity held": hold_opportunity(opportunity_id=held.pk, actor=SYSTEM, at=now),
        "opportunity won": make_won(owner, rows, **of),
        "quote": make_quote(owner, rows, **of),
        "quote active": _offer(owner, rows, of),
        "order": make_order(owner, rows, **of),
        "order held": hold_order(order_id=order_held.pk, actor=SYSTEM, at=now),
        "order invoiced": invoiced,
        "invoice": make_invoice_of_order(invoiced),
        "invoice alone": make_invoice(owner, rows, **of),
        "invoice issued": make_issued_invoice(owner, rows, **of),
        "invoice partly paid": paid,
        "payment": payment,
    }


def _offer(owner: User, rows: Sequence[LineRow], of: dict[str, Any]) -> Any:
    opportunity = make_opportunity(owner, rows, **of)
    who: dict[str, Any] = {"actor": owner, "at": timezone.now()}
    offers = [create_quote_from_opportunity(opportunity_id=opportunity.pk, **who) for _number in range(2)]
    first, _second = [activate_quote(quote_id=offer.pk, **who) for offer in offers]
    return first


def _crowd_catalogue(world: World, products: Sequence[Product]) -> None:
    """One list with all products, and one product in as many lists."""
    price_list, item = world.records["price list item"]
    for product in products:
        PriceListItemFactory.create(price_list=price_list, product=product)
        PriceListItemFactory.create(price_list=world.records["price list"], product=product)
    world.records["product in many lists"] = products[0]
    for other in copies(world.records["price list"], len(products)):
        PriceListItemFactory.create(price_list=other, product=products[0])
    world.records["price list item"] = (price_list, item)


def _crowd_customers(world: World, count: int) -> None:
    """An account and a contact with many of everything that lies below them."""
    records = world.records
    account, contact = records["account"], records["contact"]
    copies(contact, count, account=account)
    copies(account, count, parent=account)
    for key in ("account", "contact"):
        copies(records[f"{key} address"][1], count)
    for customer in ({"customer_account": account}, {"customer_account": None, "customer_contact": contact}):
        for key in ("opportunity", "quote", "order", "invoice alone"):
            copies(records[key], count, **customer)
    copies(records["quote"], count, opportunity=records["opportunity"])
    copies(records["order"], count, opportunity=records["opportunity"])
    copies(records["invoice alone"], count, opportunity=records["opportunity"])
    Payment.objects.bulk_create(
        Payment(invoice=records["invoice issued"], amount=D(1), paid_on=records["payment"].paid_on)
        for _number in range(count)
    )


def _crowd_page(record: Any, owner: User, count: int) -> None:
    """Open and done activities with files on the timeline, and a long history."""
    if type(record) not in TRACKED or isinstance(record, Activity | Payment):
        return
    if hasattr(record, "owner"):
        for kind in ("task", "note", "phone_call"):
            _repeat(make_activity(owner, kind, regarding=record, subject=f"About it: {kind}"), count)
    event = event_model(type(record))._base_manager.filter(pgh_obj_id=record.pk).first()
    if event is not None:
        copies(event, count)


def _repeat(activity: Activity, count: int) -> None:
    links = list(TimelineLink.objects.filter(activity=activity))
    others = copies(activity, count)
    for link in links:
        TimelineLink.objects.bulk_create(_copy(link, activity=other) for other in others)
    Attachment.objects.bulk_create(
        Attachment(activity=other, name="plan.txt", media_type="text/plain", size=1, file="gone") for other in others
    )


def _crowd_lists(world: World, count: int) -> None:
    """As many rows of each noun as the crowd is large, whoever looks."""
    seen: set[type[models.Model]] = set()
    for record in list(world.records.values()):
        if isinstance(record, models.Model) and type(record) not in seen and not isinstance(record, Payment):
            seen.add(type(record))
            copies(record, count)


def copies[M: models.Model](record: M, count: int, **changes: Any) -> list[M]:
    """As many more rows like this one, written at once."""
    rows = [_copy(record, **changes) for _number in range(count)]
    for one in rows:
        _name_anew(one)
    made: list[M] = type(record)._base_manager.bulk_create(rows)
    return made


def _copy[M: models.Model](record: M, **changes: Any) -> M:
    other = copy.copy(record)
    other.__dict__["_state"] = ModelState()
    other.pk = None
    for name, value in changes.items():
        setattr(other, name, value)
    return other


def _name_anew(record: Any) -> None:
    """Under another number, or name, where the table wants one."""
    if isinstance(record, CaptureForm):
        record.key = new_form_key()
    for name in _NAMED_ONCE:
        if getattr(record, name, ""):
            setattr(record, name, f"{getattr(record, name)[:60]} {next(_numbers)}")
            return
