"""Forms: wrong values come back with a sentence at the field, stale ones with both values; nothing else is taken."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from activities.models import Activity
from catalog.models import PriceList, Product
from crm.customers.models import Account, Contact
from leads.models import Campaign, CampaignResponse, CaptureForm, Lead, MarketingList
from sales.models import Invoice, Opportunity, Order, Quote
from tests.proofs.rights import matrix
from tests.proofs.world import SECRET, World, browser, everything, lasting_world, passing

#: Per form for new records: what is wrong with it, the field that says so, and the start of its sentence.
WRONG: dict[str, tuple[Mapping[str, Any], str, str]] = {
    "leads:lead_create": ({"email": "nobody"}, "email", "Enter a valid email"),
    "leads:capture_form_create": ({"name": ""}, "name", "This field is required"),
    "leads:form_field_create": ({"position": "many"}, "position", "Enter a whole number"),
    "leads:field_mapping_create": ({"sent_as": ""}, "sent_as", "This field is required"),
    "customers:account_create": ({"name": ""}, "name", "This field is required"),
    "leads:campaign_create": ({"expected_response": "101"}, "expected_response", "Ensure this value is less than"),
    "leads:campaign_cost_create": ({"amount": "much"}, "amount", "Enter a number"),
    "leads:campaign_response_create": ({"received_on": "soon"}, "received_on", "Enter a valid date"),
    "leads:campaign_activity_create": ({"due_on": "soon"}, "due_on", "Enter a valid date"),
    "leads:marketing_list_create": ({"name": "x" * 300}, "name", "Ensure this value has at most"),
    "customers:account_address_create": ({"country": "x" * 300}, "country", "Ensure this value has at most"),
    "customers:connection_create": ({"ends_on": "soon"}, "ends_on", "Enter a valid date"),
    "customers:contact_create": ({"born_on": "soon"}, "born_on", "Enter a valid date"),
    "customers:contact_address_create": ({"country": "x" * 300}, "country", "Ensure this value has at most"),
    "catalog:product_create": ({"decimals": "many"}, "decimals", "Enter a whole number"),
    "catalog:price_list_create": ({"valid_from": "soon"}, "valid_from", "Enter a valid date"),
    "catalog:price_list_item_create": ({"amount": "much"}, "amount", "Enter a number"),
    "activities:activity_create": ({"due_at": "soon"}, "due_at", "Enter a valid date"),
    "sales:opportunity_create": ({"probability": "101"}, "probability", "Ensure this value is less than"),
    "sales:opportunity_lines": ({"line-0-quantity": "many"}, "", "Enter a number"),
    "sales:quote_create": ({"customer_account": ""}, "customer_account", "Choose either an account or a person"),
    "sales:quote_lines": ({"line-0-price": "much"}, "", "Enter a number"),
    "sales:order_create": ({"ordered_on": "soon"}, "ordered_on", "Enter a valid date"),
    "sales:order_lines": ({"line-0-discount": "some"}, "", "Enter an amount such as"),
    "sales:invoice_create": ({"freight_amount": "much"}, "freight_amount", "Enter a number"),
    "sales:invoice_lines": ({"line-0-quantity": "NaN"}, "", "Enter a number"),
}
#: The words of a noun under which its row is found in the world, and a field that a form of it types as text.
EDITED = {
    "leads:lead": ("lead", "company", Lead),
    "leads:campaign": ("campaign", "name", Campaign),
    "leads:marketing_list": ("marketing list", "name", MarketingList),
    "leads:campaign_response": ("campaign response", "subject", CampaignResponse),
    "leads:capture_form": ("capture form", "heading", CaptureForm),
    "customers:account": ("account", "name", Account),
    "customers:contact": ("contact", "job_title", Contact),
    "catalog:product": ("product", "name", Product),
    "catalog:price_list": ("price list", "name", PriceList),
    "activities:activity": ("activity", "subject", Activity),
    "sales:opportunity": ("opportunity", "topic", Opportunity),
    "sales:quote": ("quote", "name", Quote),
    "sales:order": ("order", "name", Order),
    "sales:invoice": ("invoice", "name", Invoice),
}
PARTS = (
    "leads:campaign_cost",
    "leads:campaign_activity",
    "customers:account_address",
    "customers:contact_address",
    "customers:connection",
    "catalog:price_list_item",
    "leads:form_field",
    "leads:field_mapping",
)
TYPED = "Typed by somebody"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    with passing():
        yield browser(world.cast.administrator)


def _url(world: World, name: str) -> str:
    row = matrix(world)[name]
    return reverse(name, args=world.args(row.record) if row.record else ())


def test_every_form_is_tried(world: World) -> None:
    names = set(matrix(world))
    # What is wrong with a view is said in the tests of views.
    assert {*WRONG, "view_create"} == {name for name in names if name.endswith(("_create", "_lines"))}
    edits = {f"{noun}_edit" for noun in (*EDITED, *PARTS)}
    assert {*edits, "view_edit"} == {name for name in names if name.endswith("_edit")}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_comes_back_with_its_sentence_and_all_that_was_typed(
    name: str, world: World, client: Client
) -> None:
    wrong, field, sentence = WRONG[name]
    sent, before = {**matrix(world)[name].sent, **wrong}, everything()
    response = client.post(_url(world, name), sent)
    page = response.content.decode()
    assert response.status_code == 422
    at_field = re.search(rf'id="id_{field}_error">(.*?)</ul>', page, re.DOTALL) if field else None
    assert sentence in (at_field[1] if at_field else page if not field else "")
    # Choices are kept as selected options, the rest in the boxes.
    lost = {
        key: value for key, value in sent.items() if value and f'"{value}"' not in page and f">{value}<" not in page
    }
    assert lost == {key: value for key, value in lost.items() if key in {"lines-total"}}
    assert everything() == before


@pytest.mark.parametrize("noun", EDITED)
def test_a_stale_form_comes_back_with_both_values(noun: str, world: World, client: Client) -> None:
    key, field, _model = EDITED[noun]
    record = world.records[key]
    saved, before = getattr(record, field), everything()
    sent = {**matrix(world)[f"{noun}_edit"].sent, field: TYPED, "version": "0"}
    response = client.post(_url(world, f"{noun}_edit"), sent)
    page = response.content.decode()
    assert response.status_code == 409
    conflict = re.search(r"<section class=\"conflict\" .*?</section>", page, re.DOTALL)
    assert conflict is not None
    assert TYPED in conflict[0]
    assert f">{saved or 'empty'}<" in conflict[0]
    assert f'value="{TYPED}"' in page
    assert everything() == before


@pytest.mark.parametrize(
    "name",
    [
        *(f"{noun}_edit" for noun in PARTS),
        *(f"sales:{noun}_lines" for noun in ("opportunity", "quote", "order", "invoice")),
    ],
)
def test_stale_parts_and_lines_are_refused_with_what_was_typed(name: str, world: World, client: Client) -> None:
    before, sent = everything(), matrix(world)[name].sent
    response = client.post(_url(world, name), {**sent, "version": "0"})
    assert response.status_code == 409
    assert "Leeds" in response.content.decode() or str(list(sent.values())[-1]) in response.content.decode()
    assert everything() == before


#: Columns that no form offers, with what an attacker would like to stand in them.
_FORBIDDEN = {
    "state": "won",
    "status_reason": "won",
    "is_demo": "on",
    "deleted_at": "2026-01-01",
    "created_at": "2001-01-01",
    "closed_at": "2001-01-01",
    "total_amount": "1",
    "balance": "1",
    "paid_amount": "1",
    "score": "99",
    "revision": "7",
    "issued_on": "2001-01-01",
    "prices_include_tax": "on",
    "discount_per_unit": "on",
    "is_price_locked": "on",
    "sort_key": "zzz",
    "id": "77777",
    "pk": "77777",
}
_STAMPS = {"id", "created_at", "updated_at", "sort_key"}


@pytest.mark.parametrize("noun", EDITED)
def test_fields_that_a_form_does_not_offer_are_ignored(noun: str, world: World, client: Client) -> None:
    """A new record is the same with them and without, but for its own key, moment and number."""
    cast, name, model = world.cast, f"{noun}_create", EDITED[noun][2]
    people = dict.fromkeys(("owner", "created_by", "updated_by", "owner_id"), cast.rep_c.pk)
    extra = {**_FORBIDDEN, **people, "owner_team": "1", "owning_unit": cast.south.pk, "version": "99"}
    # These do offer some of the names.
    if noun == "leads:capture_form":
        extra = {key: value for key, value in extra.items() if key not in {"owner", "owner_team"}}
    extra.pop({"catalog:price_list": "prices_include_tax", "activities:activity": "status_reason"}.get(noun, "pk"))
    plain = _made(client, world, name, model, {})
    forged = _made(client, world, name, model, extra if noun == "customers:account" else {**extra, **_number(noun)})
    assert forged["id"] != 77777
    assert {key: value for key, value in forged.items() if key not in _STAMPS | {"number", "key"}} == {
        key: value for key, value in plain.items() if key not in _STAMPS | {"number", "key"}
    }
    assert forged.get("number") != "FORGED"


def _number(noun: str) -> dict[str, str]:
    """Products are numbered by people."""
    return {} if noun == "catalog:product" else {"number": "FORGED"}


def _made(client: Client, world: World, name: str, model: Any, extra: Mapping[str, Any]) -> dict[str, Any]:
    with passing():
        known = set(model._base_manager.values_list("pk", flat=True))
        response = client.post(reverse(name), {**matrix(world)[name].sent, **extra})
        assert response.status_code == 302, response.content.decode()[-3000:]
        row: dict[str, Any] = model._base_manager.exclude(pk__in=known).values().get()
    assert all(not isinstance(value, models.Model) for value in row.values())
    return {
        key: value
        for key, value in row.items()
        if not key.endswith(("_at", "_on")) or value is None or key == "deleted_at"
    }


def _named(record: Any) -> str:
    return f"x (#{record.pk})"


def _missing(text: str) -> str:
    return re.sub(r"\d+", "999999", text)


#: Form, field, key of the owner's record that is typed into it, and how it is written there.
HIDDEN = [
    ("leads:lead_create", "existing_account", "account", _named),
    ("leads:lead_create", "existing_contact", "contact", _named),
    ("customers:account_create", "parent", "account", _named),
    ("customers:account_create", "primary_contact", "contact", _named),
    ("customers:contact_create", "account", "account", _named),
    ("customers:contact_create", "reports_to", "contact", _named),
    ("sales:opportunity_create", "customer_account", "account", _named),
    ("sales:opportunity_create", "contact", "contact", _named),
    ("sales:quote_create", "customer_account", "account", _named),
    ("sales:quote_create", "contact", "contact", _named),
    ("sales:order_create", "customer_account", "account", _named),
    ("sales:invoice_create", "customer_account", "account", _named),
    ("activities:activity_create", "regarding", "lead", lambda record: f"leads.lead:{record.pk}"),
    ("activities:activity_create", "regarding", "account", lambda record: f"customers.account:{record.pk}"),
]


@pytest.mark.parametrize(
    ("name", "field", "key", "written"), HIDDEN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_record_that_one_may_not_see_is_refused_like_one_that_is_not_there(
    name: str, field: str, key: str, written: Any, world: World
) -> None:
    stranger, before = browser(world.cast.rep_c), everything()
    typed = written(world.records[key])
    answers = {}
    for text in (typed, _missing(typed)):
        with passing():
            response = stranger.post(reverse(name), {**matrix(world)[name].sent, field: text})
            assert everything() == before
        page = response.content.decode()
        assert SECRET not in page
        errors = re.findall(r'<ul class="(?:field|form)-errors".*?</ul>|<p class="error.*?</p>', page, re.DOTALL)
        answers[text] = (response.status_code, [one.replace(text, "…") for one in errors])
    hidden, missing = answers.values()
    assert hidden == missing
    assert hidden[0] in {404, 422}


@pytest.mark.parametrize("part", ["account", "contact", "opportunity"])
def test_a_qualification_joins_no_hidden_record(part: str, world: World) -> None:
    seller, before = browser(world.cast.rep_c), everything()
    with passing():
        seller.post("/leads/new/", {"last_name": "Own", "company": "Own", "preferred_contact_method": "any"})
        lead = Lead.objects.get(last_name="Own")
        after = everything()
        choices = {"account-choice": "skip", "contact-choice": "create", "opportunity-choice": "skip"}
        chosen = "join" if part == "opportunity" else "use"
        sent = {**choices, "contact-last_name": "Own", f"{part}-choice": chosen}
        for pk in (world.records[part].pk, 999999):
            response = seller.post(f"/leads/{lead.pk}/qualify/", {**sent, f"{part}-record": pk})
            assert response.status_code == 422
            assert SECRET not in response.content.decode()
        assert everything() == after
    assert everything() == before


def test_a_payment_of_another_invoice_is_not_reversed(world: World, client: Client) -> None:
    before, other = everything(), world.records["invoice issued"]
    url = reverse("sales:invoice_reverse_payment", args=[other.pk])
    response = client.post(url, {"payment": world.records["payment"].pk, "reason": "Mine"})
    assert response.status_code in {409, 422}
    assert everything() == before
