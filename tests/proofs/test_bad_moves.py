"""Every move at every address, asked in a state that does not allow it: 409, the state by name, nothing changed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from catalog.services.products import retire_product
from crm.core.actors import SYSTEM
from sales.services.invoices import cancel_invoice
from sales.services.orders import cancel_order
from tests.factories.activities import make_completed
from tests.factories.catalog import PriceListFactory, ProductFactory
from tests.factories.leads import make_contacted_lead, make_disqualified_lead, make_lead
from tests.factories.opportunities import make_won
from tests.factories.sales import make_active_quote, make_invoice, make_issued_invoice, make_opportunity, make_order
from tests.proofs.rights import matrix
from tests.proofs.world import World, browser, everything, lasting_world, passing

type Maker = Callable[[Any], Any]


def _canceled_order(owner: Any) -> Any:
    return cancel_order(order_id=make_order(owner).pk, actor=SYSTEM, at=timezone.now())


def _canceled_invoice(owner: Any) -> Any:
    return cancel_invoice(invoice_id=make_invoice(owner).pk, actor=SYSTEM, at=timezone.now())


def _held(owner: Any) -> Any:
    opportunity = make_opportunity(owner)
    opportunity.hold()
    opportunity.save()
    return opportunity


def _retired(_owner: Any) -> Any:
    return retire_product(product_id=ProductFactory.create().pk, actor=SYSTEM, at=timezone.now())


def _product(_owner: Any) -> Any:
    return ProductFactory.create()


#: By URL name a record in a state that does not allow the move, and the word by which the sentence names the state.
WRONG_STATE: dict[str, tuple[Maker | str, str]] = {
    "leads:lead_contact": (make_contacted_lead, "contacted"),
    "leads:lead_disqualify": (make_disqualified_lead, "disqualified"),
    "leads:lead_reopen": (make_lead, "open"),
    "leads:lead_assign_by_rules": (make_disqualified_lead, "disqualified"),
    "sales:lead_qualify": (make_disqualified_lead, "disqualified"),
    "customers:account_activate": ("account", "active"),
    "customers:account_deactivate": ("account inactive", "inactive"),
    "customers:contact_activate": ("contact", "active"),
    "customers:contact_deactivate": ("contact inactive", "inactive"),
    "sales:account_new_need": ("account inactive", "inactive"),
    "sales:contact_new_need": ("contact inactive", "inactive"),
    "catalog:product_publish": (_product, "active"),
    "catalog:product_revise": (_retired, "retired"),
    "catalog:product_revert": (_product, "active"),
    "catalog:product_retire": (_retired, "retired"),
    "catalog:product_reactivate": (_product, "active"),
    "catalog:price_list_activate": (lambda _owner: PriceListFactory.create(), "active"),
    "catalog:price_list_deactivate": ("price list inactive", "inactive"),
    "activities:activity_complete": (make_completed, "completed"),
    "activities:activity_cancel": (make_completed, "completed"),
    "activities:activity_reopen": ("activity", "open"),
    "activities:activity_pin": ("activity pinned", "pinned"),
    "activities:activity_unpin": ("activity", "pinned"),
    "sales:opportunity_win": (make_won, "won"),
    "sales:opportunity_lose": (make_won, "won"),
    "sales:opportunity_reopen": (make_opportunity, "open"),
    "sales:opportunity_hold": (_held, "on hold"),
    "sales:opportunity_resume": (make_opportunity, "in progress"),
    "sales:opportunity_create_quote": (make_won, "won"),
    "sales:quote_activate": (make_active_quote, "active"),
    "sales:quote_create_order": ("quote", "draft"),
    "sales:quote_revise": ("quote", "draft"),
    "sales:quote_close": ("quote closed", "closed"),
    "sales:order_fulfill": (_canceled_order, "canceled"),
    "sales:order_cancel": (_canceled_order, "canceled"),
    "sales:order_create_invoice": (_canceled_order, "canceled"),
    "sales:order_lock": (_canceled_order, "canceled"),
    "sales:order_use_current_pricing": (_canceled_order, "canceled"),
    "sales:order_mark_pending": (_canceled_order, "canceled"),
    "sales:order_hold": ("order held", "on hold"),
    "sales:order_resume": ("order", "new"),
    "leads:campaign_prepare": ("campaign launched", "launched"),
    "leads:campaign_launch": ("campaign launched", "launched"),
    "leads:campaign_suspend": ("campaign", "proposed"),
    "leads:campaign_resume": ("campaign", "proposed"),
    "leads:campaign_complete": ("campaign", "proposed"),
    "leads:campaign_cancel": ("campaign inactive", "inactive"),
    "leads:campaign_deactivate": ("campaign inactive", "inactive"),
    "leads:campaign_reopen": ("campaign launched", "launched"),
    "leads:campaign_response_make_lead": ("campaign response closed", "closed"),
    "leads:campaign_response_link": ("campaign response closed", "closed"),
    "leads:campaign_response_close": ("campaign response closed", "closed"),
    "leads:campaign_response_cancel": ("campaign response closed", "closed"),
    "leads:campaign_response_reopen": ("campaign response", "open"),
    "sales:campaign_response_make_opportunity": ("campaign response closed", "closed"),
    "leads:marketing_list_add": ("marketing list locked", "locked"),
    "leads:marketing_list_lock": ("marketing list locked", "locked"),
    "leads:marketing_list_unlock": ("marketing list", "not locked"),
    "leads:marketing_list_deactivate": ("marketing list inactive", "inactive"),
    "leads:marketing_list_activate": ("marketing list", "active"),
    "sales:invoice_issue": (make_issued_invoice, "issued"),
    "sales:invoice_pay": ("invoice", "draft"),
    "sales:invoice_reverse_payment": ("invoice", "draft"),
    "sales:invoice_cancel": (_canceled_invoice, "canceled"),
}
#: What is possible in every state.
ALWAYS = {f"{noun}_assign" for noun in ("leads:lead", "activities:activity", "customers:account", "customers:contact")}
ALWAYS |= {f"sales:{noun}_assign" for noun in ("opportunity", "quote", "order", "invoice")}
ALWAYS |= {f"leads:{noun}_assign" for noun in ("campaign", "campaign_response", "marketing_list")}
ALWAYS |= {"sales:opportunity_clone"}
ALWAYS |= {"leads:marketing_list_snapshot"}
#: What serves all nouns: search, palette, cells, tags, bulk changes, exports; and posts, which are no records.
_TOOLS = ("core:", "data:", "reports:", "leads:quarantine")
_SCREENS = (
    "_list",
    "_create",
    "_detail",
    "_edit",
    "_delete",
    "_lines",
    "_lines_preview",
    "_line_products",
    "_file",
    "_candidates",
    "_triage",
    "_progress",
    "_distribute",
    "_undo",
    "_map",
    "_map_reset",
    "absences",
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


def test_every_move_is_tried(world: World) -> None:
    moves = {name for name in matrix(world) if ":" in name and not name.startswith(_TOOLS)}
    moves = {name for name in moves if not name.endswith(_SCREENS)}
    assert moves == set(WRONG_STATE) | ALWAYS


@pytest.mark.parametrize("name", WRONG_STATE)
def test_an_illegal_move_names_the_state_and_changes_nothing(name: str, world: World) -> None:
    maker, word = WRONG_STATE[name]
    with passing():
        record = world.records[maker] if isinstance(maker, str) else maker(world.cast.rep_a)
        client, before = browser(world.cast.administrator), everything()
        url = reverse(name, args=[record.pk])
        for response in (client.get(url), client.post(url, matrix(world)[name].sent)):
            assert response.status_code == 409
            assert word in _sentence(response).lower()
        assert everything() == before


def _sentence(response: Any) -> str:
    """What the error page says, without the frame around it."""
    page: str = response.content.decode()
    return page[page.index("<main") : page.index("</main>")]
