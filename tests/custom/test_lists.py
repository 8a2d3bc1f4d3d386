"""Added fields as columns of lists: shown, sorted and grouped like any other, and hidden like any other."""

import re

import pytest

from crm.users.models import Role
from crm.users.rights import SALES_MANAGER
from leads.models import Lead
from tests.custom.test_kinds import TYPED, post
from tests.factories.cast import Cast
from tests.factories.custom import make_field, make_field_of_each_kind
from tests.factories.leads import make_lead
from tests.factories.sales import make_account
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def test_a_column_of_each_kind_shows_sorts_and_groups(cast: Cast, client_for: ClientFor) -> None:
    make_field_of_each_kind()
    account = make_account(cast.rep_a, "Green Lakes Dairy")
    make_lead(cast.rep_a, last_name="Empty")
    client = client_for(cast.rep_a)
    sent = {f"custom_my_{kind}": typed for kind, (typed, _kept, _shown) in TYPED.items()}
    sent |= {"custom_my_person": cast.rep_b.pk, "custom_my_record": f"(#{account.pk})"}
    assert post(client, **sent).status_code == 302
    shown = {kind: words for kind, (_typed, _kept, words) in TYPED.items()}
    shown |= {"person": "Ben North", "record": "Green Lakes Dairy", "money": "1,000,000,000,000,000", "decimal": "0.1"}

    for kind, words in shown.items():
        name = f"my_{kind}"
        for order in ("", f"&sort={name}", f"&sort=-{name}", f"&group={name}"):
            answer = client.get(f"/leads/?view=all&columns=name,{name}{order}")
            page = answer.content.decode()
            assert answer.status_code == 200, (kind, order)
            assert re.search(rf">\s*{re.escape(words)}", page), (kind, order)


def test_columns_that_one_may_not_read_do_not_exist(cast: Cast, client_for: ClientFor) -> None:
    make_field("Margin note", readers=[Role.objects.get(name=SALES_MANAGER).pk])
    lead = make_lead(cast.rep_a)
    Lead.objects.filter(pk=lead.pk).update(custom={"margin_note": "Thin"})
    path = "/leads/?view=all&columns=name,margin_note&sort=margin_note"

    assert "Thin" in client_for(cast.manager).get(path).content.decode()
    page = client_for(cast.rep_a).get(path).content.decode()
    assert "Thin" not in page
    assert "Margin note" not in page


def test_the_names_of_a_page_cost_one_query_however_many_rows(
    cast: Cast, client_for: ClientFor, django_assert_max_num_queries: object
) -> None:
    make_field("Partner", "record", related="customers.account")
    client = client_for(cast.rep_a)
    for number in range(12):
        account = make_account(cast.rep_a, f"Dairy {number}")
        lead = make_lead(cast.rep_a, last_name=f"Quill {number}")
        Lead.objects.filter(pk=lead.pk).update(custom={"partner": account.pk})
    client.get("/leads/?view=all&columns=name,partner")

    with django_assert_max_num_queries(8):  # type: ignore[operator]  # the fixture's own type is private
        page = client.get("/leads/?view=all&columns=name,partner").content.decode()
    assert page.count(">Dairy ") == 12
