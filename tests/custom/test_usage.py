"""Before a field is retired, its page names the views that use it."""

import pytest
from django.utils import timezone

from crm.users.models import User
from crm.users.services.saved_views import ViewValues, save_view
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def keep(owner: User, name: str, noun: str = "customers.account", **values: str) -> None:
    save_view(noun=noun, values=ViewValues(name=name, **values), actor=owner, at=timezone.now())


def test_views_that_name_a_field_are_told_on_its_page(cast: Cast, client_for: ClientFor) -> None:
    field = make_field("Girth", "whole", noun="customers.account")
    make_field("Girth", "whole", noun="leads.lead")
    keep(cast.rep_a, "Shown", columns="name,girth")
    keep(cast.rep_a, "Asked", query="owner:me or (not GIRTH:>3)")
    keep(cast.rep_b, "Ordered", sort="-girth")
    keep(cast.rep_b, "Grouped", grouping="girth")
    keep(cast.rep_b, "Far", "customers.contact", query="account.girth:>3")
    keep(cast.rep_a, "Word alone", query='girth name:"girth:3"', columns="name")
    keep(cast.rep_a, "Broken", query="girth:>3 (")
    keep(cast.rep_a, "Lead of that name", "leads.lead", columns="name,girth")

    page = client_for(cast.administrator).get(f"/admin/core/customfield/{field.pk}/change/").content.decode()

    assert "come back with it. It is used by: " in page
    told = page.partition("It is used by: ")[2].partition("</div>")[0].strip()
    using = {"Shown": cast.rep_a, "Asked": cast.rep_a, "Ordered": cast.rep_b, "Grouped": cast.rep_b, "Far": cast.rep_b}
    assert told == ", ".join(f"view “{name}” of {owner}" for name, owner in using.items()) + "."


def test_a_field_that_no_view_names_says_only_what_retiring_means(cast: Cast, client_for: ClientFor) -> None:
    field = make_field("Girth")
    keep(cast.rep_a, "Other", "leads.lead", columns="name,company")

    page = client_for(cast.administrator).get(f"/admin/core/customfield/{field.pk}/change/").content.decode()

    assert "come back with it." in page
    assert "It is used by" not in page
