"""The whole line in a browser, by mouse, on a phone and by keys alone: a form on a website becomes a paid invoice."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from catalog.models import PriceList, UnitGroup
from catalog.services.price_lists import add_item
from catalog.services.products import create_product, publish_product
from crm.core.actors import SYSTEM
from leads.models import Lead
from leads.services.forms import ensure_form
from sales.models import Invoice
from tests.browser.hands import Finger, Hand, Keys, Mouse
from tests.browser.walks import Walk
from tests.browser.website import Website
from tests.proofs.sites import Site

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Way:
    """A window, and how somebody works in it."""

    hand: Callable[[Page], Hand]
    window: dict[str, Any]


_SCREEN = {"viewport": {"width": 1440, "height": 900}}
_PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WAYS = {
    "mouse": Way(lambda _page: Mouse(), _SCREEN),
    "finger": Way(lambda _page: Finger(), _PHONE),
    "keys": Way(Keys, _SCREEN),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_form_on_a_website_becomes_a_paid_invoice(
    name: str, chrome: Browser, site: Site, website: Website, shots: Path
) -> None:
    _stock_catalogue()
    ensure_form(name="Website", hosts=[website.host], actor=SYSTEM, at=timezone.now())
    way = WAYS[name]
    window = chrome.new_context(**way.window, reduced_motion="reduce", locale="en-GB")
    page = window.new_page()
    walk = Walk(page, way.hand(page), f"http://{site.place}", _folder(shots, name))

    _go_the_whole_way(walk, website)
    window.close()

    lead, invoice = Lead.objects.get(), Invoice.objects.get()
    assert (lead.state, invoice.state, invoice.balance) == ("qualified", "paid", Decimal(0))
    assert invoice.total_amount == Decimal("802.03")
    assert [payment.amount for payment in invoice.payments.order_by("pk")] == [Decimal(300), Decimal("502.03")]
    assert walk.troubles == []


def _go_the_whole_way(walk: Walk, website: Website) -> None:
    walk.post_the_form(website)
    walk.sign_in()
    walk.find_the_lead()
    walk.qualify()
    walk.add_lines()
    walk.make_a_quote()
    walk.activate_the_quote()
    walk.create_the_order()
    walk.fulfill_the_order()
    walk.create_the_invoice()
    walk.issue_the_invoice()
    walk.pay_in_part()
    walk.pay_the_rest()


def _folder(shots: Path, name: str) -> Path:
    folder = shots / name
    folder.mkdir(exist_ok=True)
    return folder


def _stock_catalogue() -> None:
    group, now = UnitGroup.objects.get(), timezone.now()
    prices = PriceList.objects.get(is_default=True)
    for number, name, price in (("FM-25", "Flow meter", "149.50"), ("SV-1", "Commissioning", "64.75")):
        values = {"number": number, "name": name, "unit_group": group, "decimals": 2}
        product = create_product(values=values, actor=SYSTEM, at=now)
        publish_product(product_id=product.pk, actor=SYSTEM, at=now)
        item = {"product": product, "unit": product.default_unit, "amount": Decimal(price)}
        add_item(price_list_id=prices.pk, values=item, actor=SYSTEM, at=now)
