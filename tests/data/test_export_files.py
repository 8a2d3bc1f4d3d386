"""What stands in an exported file: to the byte in CSV, to the type of each cell in a workbook."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm.core.models import Currency
from crm.data.export.safety import harmless
from crm.users.models import User
from leads.models import Lead
from tests.core.lead_rows import lead_row
from tests.data.exporting import column, formulas, parts, sheet, table, taken
from tests.data.test_export_safety import FORMULAS
from tests.factories.cast import Cast
from tests.factories.sales import make_account, make_opportunity
from tests.fixtures import ClientFor

ARRIVED = dt.datetime(2026, 3, 2, 9, 30, 15, tzinfo=dt.UTC)
COLUMNS = "name,company,estimated_value,estimated_close_on,created_at,rating,owner,employees"
ADDRESS = f"/leads/?view=all&columns={COLUMNS}&sort=sort_key"


@pytest.fixture
def leads(cast: Cast) -> list[Lead]:
    """Of somebody who works in Berlin."""
    User.objects.filter(pk=cast.rep_a.pk).update(time_zone="Europe/Berlin")
    euro, dollar = (Currency.objects.get(code=code) for code in ("EUR", "USD"))
    more: dict[str, Any] = {"estimated_close_on": dt.date(2026, 12, 24), "rating": "hot", "employees": 1200}
    return [
        lead_row(
            cast.rep_a,
            "Ada",
            company="Öl & Gas, Köln",
            estimated_value=Decimal("63200.5"),
            currency=euro,
            created_at=ARRIVED,
            **more,
        ),
        lead_row(
            cast.rep_a, "Bo", company='The "Best"', estimated_value=Decimal(-5), currency=dollar, created_at=ARRIVED
        ),
        lead_row(cast.rep_a, "Cy", company="", created_at=ARRIVED),
    ]


def test_a_csv_file_is_this_to_the_byte(cast: Cast, leads: list[Lead], client_for: ClientFor) -> None:
    assert taken(client_for(cast.rep_a), ADDRESS) == (
        b"\xef\xbb\xbfName,Company,Est. value,Currency,Estimated close,Arrived,Rating,Owner,Employees\r\n"
        b'Ada,"\xc3\x96l & Gas, K\xc3\xb6ln",63200.5,EUR,2026-12-24,2026-03-02 10:30:15,Hot,Anna North,1200\r\n'
        b'Bo,"The ""Best""",-5,USD,,2026-03-02 10:30:15,,Anna North,\r\n'
        b"Cy,,,,,2026-03-02 10:30:15,,Anna North,\r\n"
    )


def test_with_semicolons_numbers_have_a_decimal_comma(cast: Cast, leads: list[Lead], client_for: ClientFor) -> None:
    file = taken(client_for(cast.rep_a), ADDRESS, separator="semicolon")
    assert table(file, ";")[1][:4] == ["Ada", "Öl & Gas, Köln", "63200,5", "EUR"]
    assert file.count(b";") == 4 * 8
    assert table(taken(client_for(cast.rep_a), ADDRESS, separator="tab"), "\t")[2][:3] == ["Bo", 'The "Best"', "-5"]


def test_every_cell_of_a_workbook_has_its_type(cast: Cast, leads: list[Lead], client_for: ClientFor) -> None:
    head, first, second, third = sheet(taken(client_for(cast.rep_a), ADDRESS, "xlsx"))
    assert head == [
        "Name",
        "Company",
        "Est. value",
        "Currency",
        "Estimated close",
        "Arrived",
        "Rating",
        "Owner",
        "Employees",
    ]
    assert first == [
        "Ada",
        "Öl & Gas, Köln",
        63200.5,
        "EUR",
        dt.date(2026, 12, 24),
        ARRIVED.replace(hour=10, tzinfo=None),
        "Hot",
        "Anna North",
        1200.0,
    ]
    assert second[:4] == ["Bo", 'The "Best"', -5.0, "USD"]
    assert third[1:4] == ["", "", ""]


def test_hostile_texts_are_texts_in_both_formats(cast: Cast, client_for: ClientFor) -> None:
    for number, text in enumerate(FORMULAS):
        lead_row(cast.rep_a, f"{number:02}", company=text, topic='x";=1+1', estimated_value=Decimal(-7))
    address, client = (
        "/leads/?view=all&columns=name,company,topic,estimated_value&sort=sort_key",
        client_for(cast.rep_a),
    )
    file = taken(client, address)
    assert column(file, "Company") == [harmless(text) for text in FORMULAS]
    assert set(column(file, "Topic")) == {"x\";'=1+1"}
    assert set(column(file, "Est. value")) == {"-7"}
    book = taken(client, address, "xlsx")
    assert formulas(book) == []
    assert [row[1] for row in sheet(book)[1:]] == list(FORMULAS)
    assert "quotePrefix" in parts(book)["xl/styles.xml"]
    assert {row[3] for row in sheet(book)[1:]} == {-7.0}


def test_a_list_without_rows_is_its_head_alone(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    assert taken(client, "/leads/?view=all&columns=name,rating") == b"\xef\xbb\xbfName,Rating\r\n"
    assert sheet(taken(client, "/leads/?view=all&columns=name,rating", "xlsx")) == [["Name", "Rating"]]


def test_the_view_the_search_and_the_order_are_those_of_the_list(cast: Cast, client_for: ClientFor) -> None:
    for name, state in (
        ("Zoe Quill", "open"),
        ("Abe Quill", "open"),
        ("Kim Quill", "qualified"),
        ("Joe Other", "open"),
    ):
        reason = "new" if state == "open" else "qualified"
        lead_row(cast.rep_a, name, state=state, status_reason=reason, **({} if state == "open" else CLOSED))
    client = client_for(cast.rep_a)
    file = taken(client, "/leads/?view=my-open&q=state:open+quill&sort=sort_key&after=ignored")
    assert column(file, "Name") == ["Abe Quill", "Zoe Quill"]
    file = taken(client, "/leads/?view=my-open&q=state:open+quill&sort=-sort_key")
    assert column(file, "Name") == ["Zoe Quill", "Abe Quill"]
    assert column(taken(client, "/leads/?view=my-open&sort=sort_key"), "Name") == [
        "Abe Quill",
        "Joe Other",
        "Zoe Quill",
    ]


CLOSED: dict[str, Any] = {"closed_at": timezone.now()}


def test_all_fields_are_those_that_the_person_may_read(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Ada", description="One\n- two")
    head, row = table(taken(client_for(cast.rep_a), "/leads/?view=all&columns=name", columns="all"))
    assert {"Name", "Topic", "E-mail", "Description", "Owner", "State"} <= set(head)
    assert not {"Version", "Sort key", "Password"} & set(head)
    assert row[head.index("Description")] == "One\n'- two"


def test_columns_of_a_table_that_are_no_fields_give_the_words_of_their_cells(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Ada", contacted_at=ARRIVED + dt.timedelta(minutes=4), created_at=ARRIVED)
    file = taken(client_for(cast.rep_a), "/leads/?view=all")
    assert column(file, "First touch") == ["4 min"]
    assert column(file, "Next step") == ["None"]
    head, _row = table(file)
    assert head == [
        "Name",
        "Company",
        "Topic",
        "State",
        "Arrived",
        "First touch",
        "Est. value",
        "Currency",
        "Next step",
        "Owner",
    ]


def test_every_list_of_the_product_can_be_exported(cast: Cast, client_for: ClientFor) -> None:
    account = make_account(cast.rep_a, "Acme")
    make_opportunity(cast.rep_a, topic="Pumps", customer_account=account)
    client = client_for(cast.administrator)
    nouns = ("leads", "accounts", "contacts", "opportunities", "quotes", "orders", "invoices", "activities", "products")
    for noun in (*nouns, "price-lists"):
        for columns in ("shown", "all"):
            rows = table(taken(client, f"/{noun}/", columns=columns))
            assert len({len(row) for row in rows}) == 1, noun
    assert column(taken(client, "/opportunities/?view=all"), "Customer") == ["Acme"]


def test_a_text_that_no_cell_holds_is_cut_and_that_is_said(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Ada", description="😀" * 20_000)
    client = client_for(cast.rep_a)
    (_head, row) = sheet(taken(client, "/leads/?view=all&columns=name,description", "xlsx"))
    assert row[1] == "😀" * 16_383 + "…"
    assert "1 text was longer than a cell holds and was cut" in client.get("/exports/").content.decode()
    assert len(column(taken(client, "/leads/?view=all&columns=name,description"), "Description")[0]) == 20_000


def test_a_sum_with_more_digits_than_a_spreadsheet_keeps_stays_whole(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Ada", estimated_value=Decimal("12345678901234.5678"))
    client, address = client_for(cast.rep_a), "/leads/?view=all&columns=name,estimated_value"
    assert sheet(taken(client, address, "xlsx"))[1][1] == "12345678901234.5678"
    assert column(taken(client, address), "Est. value") == ["12345678901234.5678"]
