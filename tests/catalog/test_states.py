"""The legal moves of products and price lists, and the refusal of every other pair."""

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from catalog.models import PriceList, Product
from catalog.services import price_lists, products
from catalog.states import PRICE_LIST_MACHINE, PRODUCT_MACHINE
from crm.core.actors import SYSTEM
from crm.core.errors import IllegalMove
from tests.catalog.rows import AT, row
from tests.factories.catalog import PriceListFactory, ProductFactory

pytestmark = pytest.mark.django_db

PRODUCT_MOVES = {
    ("draft", "publish"): "active",
    ("under_revision", "publish"): "active",
    ("active", "revise"): "under_revision",
    ("under_revision", "revert"): "active",
    ("active", "retire"): "retired",
    ("retired", "reactivate"): "active",
}
PRODUCT_STATES = ("draft", "active", "under_revision", "retired")
PRODUCT_SERVICES = {
    "publish": products.publish_product,
    "revise": products.revise_product,
    "revert": products.revert_product,
    "retire": products.retire_product,
    "reactivate": products.reactivate_product,
}
LIST_MOVES = {("active", "deactivate"): "inactive", ("inactive", "activate"): "active"}
LIST_STATES = ("active", "inactive")
LIST_SERVICES = {"deactivate": price_lists.deactivate_price_list, "activate": price_lists.activate_price_list}


def _product(state: str) -> Product:
    return ProductFactory.create(state=state, status_reason=state)


def test_the_tables_here_are_the_tables_of_the_product() -> None:
    assert {move.name for move in PRODUCT_MACHINE.moves} == set(PRODUCT_SERVICES)
    assert tuple(PRODUCT_MACHINE.reasons) == PRODUCT_STATES
    assert {move.name for move in PRICE_LIST_MACHINE.moves} == set(LIST_SERVICES)
    assert tuple(PRICE_LIST_MACHINE.reasons) == LIST_STATES


@pytest.mark.parametrize(("state", "move"), PRODUCT_MOVES)
def test_a_product_makes_each_legal_move(state: str, move: str) -> None:
    product = _product(state)
    Product.objects.filter(pk=product.pk).update(name="As published" if state == "active" else product.name)
    if move == "revert":
        product = _revised()
    PRODUCT_SERVICES[move](product_id=product.pk, actor=SYSTEM, at=AT)
    product.refresh_from_db()
    assert (product.state, product.status_reason) == (PRODUCT_MOVES[state, move],) * 2


def _revised() -> Product:
    product = _product("active")
    products.revise_product(product_id=product.pk, actor=SYSTEM, at=AT)
    return product


@pytest.mark.parametrize(
    ("state", "move"),
    [(state, move) for state in PRODUCT_STATES for move in PRODUCT_SERVICES if (state, move) not in PRODUCT_MOVES],
)
def test_a_product_refuses_every_other_move(state: str, move: str) -> None:
    product = _product(state)
    before = row(product)
    with pytest.raises(TransitionNotAllowed):
        getattr(product, move)()
    with pytest.raises(IllegalMove, match=state.replace("_", " ")):
        PRODUCT_SERVICES[move](product_id=product.pk, actor=SYSTEM, at=AT)
    assert row(product) == before


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (source, target)
        for source in PRODUCT_STATES
        for target in PRODUCT_STATES
        if source != target and target not in {end for (start, _move), end in PRODUCT_MOVES.items() if start == source}
    ],
)
def test_the_database_refuses_every_other_change_of_a_products_state(source: str, target: str) -> None:
    product = _product(source)
    before = row(product)
    with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
        Product.objects.filter(pk=product.pk).update(state=target, status_reason=target)
    assert row(product) == before


def test_a_state_has_only_its_own_reason() -> None:
    with pytest.raises(IntegrityError, match="product_state_reason"), transaction.atomic():
        ProductFactory.create(state="draft", status_reason="retired")
    with pytest.raises(IntegrityError, match="price_list_state_reason"), transaction.atomic():
        PriceListFactory.create(state="inactive", status_reason="active")


@pytest.mark.parametrize(("state", "move"), LIST_MOVES)
def test_a_price_list_makes_each_legal_move(state: str, move: str) -> None:
    price_list = PriceListFactory.create(state=state, status_reason=state)
    LIST_SERVICES[move](price_list_id=price_list.pk, actor=SYSTEM, at=AT)
    price_list.refresh_from_db()
    assert (price_list.state, price_list.status_reason) == (LIST_MOVES[state, move],) * 2


@pytest.mark.parametrize(("state", "move"), [("active", "activate"), ("inactive", "deactivate")])
def test_a_price_list_refuses_every_other_move(state: str, move: str) -> None:
    price_list = PriceListFactory.create(state=state, status_reason=state)
    before = row(price_list)
    with pytest.raises(TransitionNotAllowed):
        getattr(price_list, move)()
    with pytest.raises(IllegalMove, match=state):
        LIST_SERVICES[move](price_list_id=price_list.pk, actor=SYSTEM, at=AT)
    assert row(price_list) == before


@pytest.mark.parametrize("target", ["draft", "retired", "nonsense"])
def test_the_database_refuses_a_foreign_state_of_a_price_list(target: str) -> None:
    price_list = PriceListFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceList.objects.filter(pk=price_list.pk).update(state=target, status_reason=target)
    assert row(price_list)["state"] == "active"
