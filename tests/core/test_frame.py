"""Navigation and New menu: only what one may do, and only where there is an address."""

import pytest
from django.test import Client

from crm.core import context
from crm.core.context import NavEntry, register_nav
from crm.users.depth import Depth
from tests.core.lead_rows import grant
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lead_screens")]


def page_of(client: Client) -> str:
    register_nav(
        NavEntry(
            "Leads here", "leads:lead_list", "target", "line", "leads.read_lead", 10, "A lead", "leads:lead_create"
        ),
        NavEntry("Nowhere", "leads:not_there", "target", "line", "leads.read_lead", 20),
    )
    return client.get("/search/").content.decode()


def test_the_navigation_leads_where_one_may_read(cast: Cast, client_for: ClientFor) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    page = page_of(client_for(cast.rep_a))
    assert 'href="/leads/" title="Leads here"' in page
    assert "nav-chain" in page
    assert "A lead" not in page
    assert "Nowhere" not in page


def test_the_new_menu_offers_what_one_may_create(cast: Cast, client_for: ClientFor) -> None:
    grant(cast.rep_a, Depth.OWN, "read", "create")
    assert '<a class="menu-item" href="/leads/new/">A lead</a>' in page_of(client_for(cast.rep_a))


def test_without_the_right_to_read_there_is_no_place(cast: Cast, client_for: ClientFor) -> None:
    grant(cast.rep_a, Depth.OWN, "create")
    assert "Leads here" not in page_of(client_for(cast.rep_a))
    assert len(context.nav_entries()) == 2
