"""Who may do what with the catalogue."""

from collections.abc import Callable
from typing import Any

import pytest

from catalog.models import PriceList, Product
from catalog.services.price_lists import add_item, create_price_list, deactivate_price_list, update_price_list
from catalog.services.products import create_product, publish_product, retire_product, update_product
from crm.core.access import READ
from crm.core.deletion import delete_record
from crm.core.errors import Forbidden, NotFound
from crm.users.models import User
from crm.users.rights import FINANCE, MARKETING
from tests.catalog.rows import AT, row
from tests.factories.cast import Cast
from tests.factories.catalog import PriceListFactory, ProductFactory, currency
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

WRITES: dict[str, Callable[[Product, PriceList, Any], Any]] = {
    "create a product": lambda _p, _l, actor: create_product(
        values={"number": "X", "name": "X", "unit_group": _p.unit_group}, actor=actor, at=AT
    ),
    "change a product": lambda product, _l, actor: update_product(
        product_id=product.pk, values={"name": "X"}, actor=actor, at=AT
    ),
    "publish a product": lambda product, _l, actor: publish_product(product_id=product.pk, actor=actor, at=AT),
    "delete a product": lambda product, _l, actor: delete_record(
        model=Product, record_id=product.pk, actor=actor, at=AT
    ),
    "create a price list": lambda _p, _l, actor: create_price_list(
        values={"name": "X", "currency": currency()}, actor=actor, at=AT
    ),
    "change a price list": lambda _p, price_list, actor: update_price_list(
        price_list_id=price_list.pk, values={"name": "X"}, actor=actor, at=AT
    ),
    "add a price": lambda product, price_list, actor: add_item(
        price_list_id=price_list.pk,
        values={"product": product, "unit": product.default_unit, "amount": 1},
        actor=actor,
        at=AT,
    ),
    "deactivate a price list": lambda _p, price_list, actor: deactivate_price_list(
        price_list_id=price_list.pk, actor=actor, at=AT
    ),
}
ALLOWED = {
    "rep_a": set[str](),
    "read_only": set[str](),
    "finance": set[str](),
    "marketing": {"create a product", "change a product"},
    "manager": set(WRITES),
    "administrator": set(WRITES),
}


def _person(cast: Cast, who: str) -> User:
    roles = {"marketing": MARKETING, "finance": FINANCE}
    if who in roles:
        return UserFactory.create(role=roles[who], business_unit=cast.north)
    person: User = getattr(cast, who)
    return person


@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize("who", ALLOWED)
def test_only_those_who_keep_the_catalogue_change_it(cast: Cast, who: str, what: str) -> None:
    product = ProductFactory.create(state="draft", status_reason="draft")
    price_list = PriceListFactory.create()
    before = row(product), row(price_list), Product.objects.count(), PriceList.objects.count()
    actor = _person(cast, who)
    if what in ALLOWED[who]:
        WRITES[what](product, price_list, actor)
        return
    with pytest.raises(Forbidden):
        WRITES[what](product, price_list, actor)
    assert (row(product), row(price_list), Product.objects.count(), PriceList.objects.count()) == before
    assert not price_list.items.exists()


@pytest.mark.parametrize("who", ALLOWED)
def test_everybody_with_a_role_reads_the_catalogue(cast: Cast, who: str) -> None:
    product = ProductFactory.create()
    assert Product.objects.for_action(_person(cast, who), READ).filter(pk=product.pk).exists()


def test_without_a_role_nothing_is_there(cast: Cast) -> None:
    product, nobody = ProductFactory.create(), UserFactory.create()
    assert not Product.objects.visible_to(nobody).exists()
    with pytest.raises(NotFound):
        retire_product(product_id=product.pk, actor=nobody, at=AT)
    assert row(product)["state"] == "active"
