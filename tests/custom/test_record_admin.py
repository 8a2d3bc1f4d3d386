"""Added fields on the admin pages of records: typed and checked as on the pages of the product, shown where frozen."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Product
from crm.core.history import events_of
from crm.customers.models import Account
from leads.models import Lead
from sales.models import QuoteLine
from tests.factories.cast import Cast
from tests.factories.custom import make_field, make_field_of_each_kind
from tests.factories.leads import make_lead
from tests.factories.sales import again, make_account, make_active_quote, make_product, make_quote, write_in
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.administrator)


def page(record: Any) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])


def test_every_kind_is_typed_on_the_page_of_a_lead(cast: Cast, ada: Client) -> None:
    make_field_of_each_kind()
    account, lead = make_account(cast.rep_a, "Green Lakes Dairy"), make_lead(cast.rep_a)
    sent = {
        "last_name": "Quill",
        "owner": cast.rep_a.pk,
        "preferred_contact_method": "any",
        "custom_my_text": " Wide \n belt ",
        "custom_my_long_text": "One\r\ntwo",
        "custom_my_whole": "1250",
        "custom_my_decimal": "0.1250",
        "custom_my_money": "99.90",
        "custom_my_date": "2026-03-31",
        "custom_my_time": "07:05",
        "custom_my_yes_no": "no",
        "custom_my_choice": "green",
        "custom_my_choices": ["visit", "fax"],
        "custom_my_person": cast.rep_b.pk,
        "custom_my_record": "green lakes",
    }
    assert ada.get(page(lead)).status_code == 200

    assert ada.post(page(lead), sent).status_code == 302

    kept = Lead.objects.get().custom
    assert kept == {
        "my_text": "Wide belt",
        "my_long_text": "One\ntwo",
        "my_whole": "1250",
        "my_decimal": "0.125",
        "my_money": "99.9",
        "my_date": "2026-03-31",
        "my_time": "07:05:00",
        "my_yes_no": False,
        "my_choice": "green",
        "my_choices": ["fax", "visit"],
        "my_person": cast.rep_b.pk,
        "my_record": account.pk,
    }
    shown = ada.get(page(lead)).content.decode()
    for box in ('value="0.125"', 'type="date" name="custom_my_date" value="2026-03-31"', f"(#{account.pk})"):
        assert box in shown
    refused = ada.post(page(lead), sent | {"custom_my_whole": "many", "custom_my_record": "nobody"})
    assert set(refused.context["adminform"].form.errors) == {"custom_my_whole", "custom_my_record"}
    assert Lead.objects.get().custom == kept


def test_what_is_required_retired_or_a_default_counts_as_everywhere(cast: Cast, ada: Client) -> None:
    noun = "customers.account"
    field = make_field("Colour", "choice", noun=noun, choices="Red,Green", is_required=True)
    make_field("Girth", "whole", noun=noun, default="3")
    field.choices.filter(key="red").update(is_retired=True)
    rows = {f"addresses-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    sent = {"name": "Mill", "owner": cast.rep_a.pk, "preferred_contact_method": "any", **rows}
    add = reverse("admin:customers_account_add")
    assert 'name="custom_girth" value="3"' in ada.get(add).content.decode()

    for wrong in ({}, {"custom_colour": "red"}):
        answer = ada.post(add, sent | wrong)
        assert list(answer.context["adminform"].form.errors) == ["custom_colour"]
    assert not Account.objects.exists()
    assert ada.post(add, sent | {"custom_colour": "green", "custom_girth": "4"}).status_code == 302
    assert Account.objects.get().custom == {"colour": "green", "girth": "4"}


def test_documents_and_products_take_them_through_their_services(cast: Cast, ada: Client) -> None:
    for noun in ("sales.quote", "catalog.product"):
        make_field("Girth", "whole", noun=noun)
    quote, product = make_quote(cast.rep_a), make_product()
    for record in (quote, product):
        form = ada.get(page(record)).context["adminform"].form
        sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
        rows = {"lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0}

        assert ada.post(page(record), {**sent, **rows, "custom_girth": "12"}).status_code == 302

        assert type(record)._default_manager.get(pk=record.pk).custom == {"girth": "12"}
    assert events_of(quote)[0].pgh_context["action"] == "quote.changed"  # type: ignore[attr-defined]  # events
    assert Product.objects.get().name == product.name


def test_what_is_frozen_and_lines_only_show_them(cast: Cast, ada: Client) -> None:
    for noun in ("sales.quote", "sales.quoteline"):
        make_field("Girth", "whole", noun=noun)
    values = {"girth": 1250}
    quote = make_active_quote(cast.rep_a, [write_in("100", custom=values)], custom=values)
    for record in (quote, quote.lines.get()):
        shown = ada.get(page(record)).content.decode()

        assert "Girth" in shown
        assert "1,250" in shown
        assert "custom_girth" not in shown.replace("field-custom_girth", "")
    ada.post(page(quote), {"custom_girth": "7", "lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0})
    assert again(quote).custom == {"girth": "1250"}
    assert QuoteLine.objects.get().custom == {"girth": "1250"}
