"""Added fields in the rows of the grid: drawn, typed, checked, kept, and nothing lost that nobody touched."""

import re
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.users.models import Role
from crm.users.rights import SALES_MANAGER
from sales.models import Quote, QuoteLine
from tests.factories.cast import Cast
from tests.factories.custom import make_field, make_field_of_each_kind
from tests.factories.sales import again, make_account, make_product, make_quote, no_tax, put_lines, write_in
from tests.fixtures import ClientFor
from tests.sales.test_lines_grid import grid, line_of

pytestmark = pytest.mark.django_db

NOUN = "sales.quoteline"
#: kind: (what is typed, what is stored)
TYPED: dict[str, tuple[Any, Any]] = {
    "text": ("  Wide   belt ", "Wide belt"),
    "long_text": ("One\r\ntwo", "One\ntwo"),
    "whole": ("1250", "1250"),
    "decimal": ("0.125", "0.125"),
    "money": ("12.50", "12.5"),
    "date": ("2026-03-31", "2026-03-31"),
    "time": ("14:30", "14:30:00"),
    "yes_no": ("no", False),
    "choice": ("green", "green"),
    "choices": (["", "visit", "fax"], ["fax", "visit"]),
}
BAD = {"whole": "many", "decimal": "0.12345678901", "date": "2026-02-30", "choice": "blue", "record": "Nobody & Sons"}


def custom(quote: Quote) -> list[dict[str, Any]]:
    return list(quote.lines.order_by("position").values_list("custom", flat=True))


def boxes(page: str) -> dict[str, str]:
    """Names and values of the text boxes of the first row."""
    found = re.findall(r'<input[^>]*name="line-0-custom_(\w+)"[^>]*>', page)
    tags = re.findall(r'<input[^>]*name="line-0-custom_\w+"[^>]*>', page)
    values = (re.search(r'value="([^"]*)"', tag) for tag in tags)
    return {name: value[1] if value else "" for name, value in zip(found, values, strict=True)}


def test_every_kind_is_typed_in_a_row_and_stays_when_it_is_saved_untouched(cast: Cast, client_for: ClientFor) -> None:
    make_field_of_each_kind(NOUN)
    account = make_account(cast.rep_a, "Old Mill Dairy")
    quote = make_quote(cast.rep_a)
    client, url = client_for(cast.rep_a), f"/quotes/{quote.pk}/lines/"
    typed = {f"custom_my_{kind}": sent for kind, (sent, _kept) in TYPED.items()}
    typed |= {"custom_my_person": cast.rep_b.pk, "custom_my_record": "Old Mill Dairy"}
    product = make_product("100", rate=no_tax())
    rows = [line_of(quote.lines.get(), **typed), {"kind": "product", "item": product.number, **typed}]

    answer = client.post(url, grid(*rows))
    assert answer.status_code == 302, re.findall(r"</a> ([^<]+)</li>", answer.content.decode())

    kept = {f"my_{kind}": stored for kind, (_sent, stored) in TYPED.items()}
    kept |= {"my_person": cast.rep_b.pk, "my_record": account.pk}
    assert custom(quote) == [kept, kept]

    page = client.get(url).content.decode()
    shown = boxes(page)
    assert shown["my_record"] == f"Old Mill Dairy (#{account.pk})"
    assert (shown["my_whole"], shown["my_text"], shown["my_time"]) == ("1250", "Wide belt", "14:30")
    assert page.count("Further fields (12)") == 2
    first, second = quote.lines.order_by("position")
    same: dict[str, Any] = {f"custom_{key}": value for key, value in shown.items() if key != "my_choices"}
    same |= {"custom_my_choices": ["", "fax", "visit"], "custom_my_choice": "green", "custom_my_yes_no": "no"}
    same |= {"custom_my_person": cast.rep_b.pk, "custom_my_long_text": "One\r\ntwo"}
    assert client.post(url, grid(line_of(first, **same), line_of(second))).status_code == 302
    assert custom(quote) == [kept, kept]

    empty = {f"custom_my_{kind}": "" for kind in (*TYPED, "person", "record")}
    assert client.post(url, grid(line_of(first, **empty), line_of(second))).status_code == 302
    assert custom(quote) == [{}, kept]


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_value_is_told_in_its_row_and_nothing_is_saved(kind: str, cast: Cast, client_for: ClientFor) -> None:
    make_field_of_each_kind(NOUN)
    quote = make_quote(cast.rep_a)
    sent = grid(line_of(quote.lines.get(), quantity="9", **{f"custom_my_{kind}": BAD[kind]}))

    answer = client_for(cast.rep_a).post(f"/quotes/{quote.pk}/lines/", sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"My {kind}:" in page
    assert '<details class="line-added" open>' in page
    assert (custom(quote), quote.lines.get().quantity) == ([{}], 1)


def test_the_preview_prices_the_row_and_says_what_is_wrong_with_the_field(cast: Cast, client_for: ClientFor) -> None:
    make_field("Girth", "whole", noun=NOUN)
    quote = make_quote(cast.rep_a)
    row = line_of(quote.lines.get(), quantity="2")
    client, url = client_for(cast.rep_a), f"/quotes/{quote.pk}/lines/preview/"

    plain = client.post(url, grid(row), headers={"HX-Request": "true"}).content.decode()
    right = client.post(url, grid({**row, "custom_girth": "7"}), headers={"HX-Request": "true"}).content.decode()
    wrong = client.post(url, grid({**row, "custom_girth": "x"}), headers={"HX-Request": "true"}).content.decode()

    assert right == plain
    assert "Girth: Enter a whole number." in wrong
    assert custom(quote) == [{}]


def test_defaults_stand_in_new_rows_and_required_fields_are_asked_for(cast: Cast, client_for: ClientFor) -> None:
    make_field("Girth", "whole", noun=NOUN, is_required=True)
    make_field("Colour", "text", noun=NOUN, default="Grey")
    quote = make_quote(cast.rep_a)
    old, product = line_of(quote.lines.get()), make_product("100", rate=no_tax())
    client, url = client_for(cast.rep_a), f"/quotes/{quote.pk}/lines/"
    assert 'name="line-1-custom_colour" value="Grey"' in client.get(url).content.decode()
    new = {"kind": "product", "item": product.number, "custom_colour": "Grey"}

    refused = client.post(url, grid(old, {**new, "custom_girth": ""}))
    assert (refused.status_code, "Girth: This field is required." in refused.content.decode()) == (422, True)
    assert client.post(url, grid(old, {**new, "custom_girth": "3"})).status_code == 302
    assert custom(quote) == [{"colour": "Grey"}, {"girth": "3", "colour": "Grey"}]


def test_what_one_may_not_read_is_not_there_and_what_one_may_not_write_stays(cast: Cast, client_for: ClientFor) -> None:
    managers = Role.objects.get(name=SALES_MANAGER).pk
    make_field("Margin", "whole", noun=NOUN, readers=[managers])
    rep = Role.objects.get(name="Salesperson").pk
    make_field("Rank", "whole", noun=NOUN, readers=[rep], writers=[managers])
    make_field("Partner", "record", noun=NOUN, related="customers.account")
    hidden = make_account(cast.rep_c, "Hidden Valley")
    quote = make_quote(cast.rep_a)
    kept = {"margin": "4", "rank": "5", "partner": hidden.pk}
    QuoteLine.objects.update(custom=kept)
    client, url = client_for(cast.rep_a), f"/quotes/{quote.pk}/lines/"

    page = client.get(url).content.decode()
    assert ("Margin" in page, "Hidden Valley" in page) == (False, False)
    assert re.search(r'name="line-0-custom_rank"[^>]*disabled', page)
    unseen = f"An account you may not see (#{hidden.pk})"
    line = quote.lines.get()
    sent = {"custom_margin": "9", "custom_rank": "9", "custom_partner": unseen}
    assert client.post(url, grid(line_of(line, **sent))).status_code == 302
    assert custom(quote) == [kept]
    assert client.post(url, grid(line_of(line, custom_partner="Hidden Valley"))).status_code == 422
    assert custom(quote) == [kept]


def test_who_only_reads_sees_the_values_under_the_product(cast: Cast, client_for: ClientFor) -> None:
    make_field("Girth", "whole", noun=NOUN)
    quote = make_quote(cast.rep_a)
    QuoteLine.objects.update(custom={"girth": "1250"})
    page = client_for(cast.read_only).get(f"/quotes/{quote.pk}/?tab=lines").content.decode()
    assert '<span class="line-told"><span>Girth: 1,250</span></span>' in page


def test_pasted_and_doubled_rows_work_as_before(cast: Cast, client_for: ClientFor) -> None:
    make_field("Girth", "whole", noun=NOUN, default="2")
    quote = make_quote(cast.rep_a)
    product = make_product("100", rate=no_tax())
    client, url = client_for(cast.rep_a), f"/quotes/{quote.pk}/lines/preview/"
    old = line_of(quote.lines.get(), custom_girth="8")

    pasted = client.post(url, grid(old, act="paste", paste=f"{product.number}\t3"), headers={"HX-Request": "true"})
    assert boxes(pasted.content.decode())["girth"] == "8"
    assert 'name="line-1-custom_girth" value="2"' in pasted.content.decode()
    doubled = client.post(url, grid(old, act="duplicate", row="line-0"), headers={"HX-Request": "true"})
    assert 'name="line-1-custom_girth" value="8"' in doubled.content.decode()


def test_five_hundred_lines_cost_no_more_queries_than_two(cast: Cast, client_for: ClientFor) -> None:
    make_field_of_each_kind(NOUN)
    quote, account = make_quote(cast.rep_a), make_account(cast.rep_a, "Old Mill Dairy")
    client, url = client_for(cast.rep_a), f"/quotes/{quote.pk}/lines/"

    def cost() -> int:
        lines = list(quote.lines.order_by("position"))
        kept = {"my_person": cast.rep_b.pk, "my_record": account.pk, "my_whole": "4", "my_choices": ["fax"]}
        QuoteLine.objects.filter(document=quote).update(custom=kept)
        same = {"custom_my_person": cast.rep_b.pk, "custom_my_record": f"Old Mill Dairy (#{account.pk})"}
        sent = grid(*(line_of(line, quantity="3", **same) for line in lines), version=again(quote).version)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
            client.post(f"{url}preview/", sent, headers={"HX-Request": "true"})
        return len(asked)

    cost()
    few = cost()
    put_lines(quote, *(write_in("10") for number in range(500)), actor=cast.rep_a)
    began = time.process_time()
    assert cost() <= few
    assert time.process_time() - began < 8
