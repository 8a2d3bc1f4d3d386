"""The registry of record fields: what there is, what it is, and for whom."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.urls import get_resolver

from activities.models import Activity
from catalog.models import Product
from crm.core import fields
from crm.core.actors import SYSTEM
from crm.core.fields import Kind, RecordField, fields_of, leave_out, register_field_source, register_fields
from crm.core.models import Currency, StatusReason
from crm.core.screens import EditView
from crm.customers.models import Account, Contact
from crm.users.depth import Depth
from crm.users.models import User
from leads.models import Lead
from sales.models import Opportunity, Quote
from tests.core.lead_rows import grant
from tests.factories.cast import Cast

# Which fields administrators added is asked of the database.
pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test registers is gone after it."""
    for name in ("_declared", "_left_out", "_sources"):
        monkeypatch.setattr(fields, name, {model: _copy(said) for model, said in getattr(fields, name).items()})
    fields._forget()
    yield
    monkeypatch.undo()
    fields._forget()


def _copy(said: Any) -> Any:
    return said if isinstance(said, frozenset) else said.copy()


def guarded() -> list[Any]:
    return [model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")]


@pytest.mark.parametrize(
    ("model", "name", "kind", "path"),
    [
        (Lead, "name", Kind.TEXT, "name"),
        (Lead, "description", Kind.LONG_TEXT, "description"),
        (Lead, "employees", Kind.WHOLE, "employees"),
        (Lead, "estimated_value", Kind.MONEY, "estimated_value"),
        (Lead, "estimated_close_on", Kind.DATE, "estimated_close_on"),
        (Lead, "created_at", Kind.MOMENT, "created_at"),
        (Lead, "do_not_email", Kind.YES_NO, "do_not_email"),
        (Lead, "rating", Kind.CHOICE, "rating"),
        (Lead, "state", Kind.STATE, "state"),
        (Lead, "status_reason", Kind.CHOICE, "status_reason"),
        (Lead, "owner", Kind.PERSON, "owner"),
        (Lead, "owner.name", Kind.TEXT, "owner__name"),
        (Lead, "account", Kind.RECORD, "existing_account"),
        (Lead, "account.industry", Kind.TEXT, "existing_account__industry"),
        (Contact, "name", Kind.TEXT, "full_name"),
        (Contact, "account.owner", Kind.PERSON, "account__owner"),
        (Opportunity, "account.annual_revenue", Kind.MONEY, "customer_account__annual_revenue"),
        (Opportunity, "discount_percent", Kind.DECIMAL, "discount_percent"),
        (Activity, "priority", Kind.CHOICE, "priority"),
    ],
)
def test_a_field_has_a_name_a_kind_and_a_path(model: Any, name: str, kind: Kind, path: str) -> None:
    field = fields_of(model, SYSTEM)[name]
    assert (field.name, field.kind, field.path) == (name, kind, path)


def test_every_path_leads_to_a_column_and_no_two_fields_to_the_same() -> None:
    for model in guarded():
        paths = [field.path for field in fields_of(model, SYSTEM).values()]
        assert len(paths) == len(set(paths)), model
        for path in paths:
            _follow(model, path)


def _follow(model: Any, path: str) -> None:
    for part in path.split("__"):
        try:
            column = model._meta.get_field(part)
        except FieldDoesNotExist:
            pytest.fail(f"{model} has no {path}")
        model = column.related_model


def test_machinery_and_secrets_are_no_fields() -> None:
    hidden = {
        "id",
        "version",
        "deleted_at",
        "sort_key",
        "owning_unit",
        "is_demo",
        "email_key",
        "phone_e164",
        "password",
    }
    hidden |= {"public_token", "pdf", "pdf_sha256", "figures", "regarding_id", "website_domain", "is_administrator"}
    for model in guarded():
        assert hidden.isdisjoint(name.rpartition(".")[2] for name in fields_of(model, SYSTEM)), model
    assert {name for name in fields_of(Lead, SYSTEM) if name.startswith("owner.")} == {
        "owner.name",
        "owner.username",
        "owner.email",
        "owner.job_title",
        "owner.phone",
    }


def test_one_step_and_no_further() -> None:
    assert max(name.count(".") for name in fields_of(Opportunity, SYSTEM)) == 1


def test_labels_say_whose_field_it_is_and_amounts_know_their_currency() -> None:
    found = fields_of(Opportunity, SYSTEM)
    assert str(found["account.industry"].label) == "account: industry"
    assert (found["total_amount"].currency, found["base_total_amount"].currency) == ("currency__code", "")
    assert found["account.credit_limit"].currency == "customer_account__currency__code"
    assert (found["account.industry"].through, found["account.industry"].owner_model) == ("customer_account", Account)


def test_what_an_index_answers_can_be_sorted() -> None:
    found = fields_of(Lead, SYSTEM)
    assert {name: field.sort for name, field in found.items() if field.sort} == {
        "created_at": "created_at",
        "updated_at": "updated_at",
        "name": "sort_key",
        "score": "score",
        "estimated_close_on": "estimated_close_on",
        "number": "number",
    }


@pytest.mark.django_db
def test_reasons_of_administrators_are_among_the_choices() -> None:
    StatusReason.objects.create(noun="lead", state="disqualified", key="too_small", label="Too small")
    choices = {key: str(word) for key, word in fields_of(Lead, SYSTEM)["status_reason"].choices}
    assert choices["too_small"] == "Too small"
    assert choices["lost"] == "Lost"
    assert len(choices) == 8


def test_stored_keys_of_choices_are_texts() -> None:
    assert [key for key, _word in fields_of(Activity, SYSTEM)["priority"].choices] == ["0", "1", "2"]
    assert dict(fields_of(Lead, SYSTEM)["source"].choices)["trade_show"] == "Trade show"


def test_dates_have_a_short_name() -> None:
    found = fields_of(Lead, SYSTEM)
    assert [found[name].short_name for name in ("created_at", "estimated_close_on", "name")] == [
        "created",
        "estimated_close",
        "name",
    ]


def test_fields_of_a_table_that_one_may_not_read_do_not_exist(cast: Cast) -> None:
    assert "account.industry" in fields_of(Lead, cast.rep_a)
    grant(cast.rep_a, Depth.ALL, "read")
    found = fields_of(Lead, cast.rep_a)
    assert "account" in found
    assert not [name for name in found if name.startswith("account.")]
    assert "owner.name" in found


@pytest.mark.usefixtures("registry")
def test_a_source_gives_fields_to_those_who_may_read_them(cast: Cast) -> None:
    def custom(actor: Any) -> list[RecordField]:
        size = RecordField(name="size_class", label="Size class", kind=Kind.WHOLE, path="custom__size_class")
        secret = RecordField(
            name="secret",
            label="Secret",
            kind=Kind.TEXT,
            path="custom__secret",
            may_read=lambda actor: isinstance(actor, User) and actor.is_administrator,
        )
        shadow = RecordField(name="name", label="Shadow", kind=Kind.TEXT, path="custom__name")
        return [size, secret, shadow]

    register_field_source(Account, custom)
    own = fields_of(Account, cast.rep_a)
    assert own["size_class"].path == "custom__size_class"
    assert own["name"].path == "name"
    assert "secret" not in own
    assert "secret" in fields_of(Account, cast.administrator)
    far = fields_of(Contact, cast.rep_a)
    assert far["account.size_class"].path == "account__custom__size_class"
    assert "account.secret" not in far
    assert "account.secret" in fields_of(Contact, cast.administrator)


@pytest.mark.usefixtures("registry")
def test_an_app_declares_and_leaves_out() -> None:
    register_fields(Product, RecordField(name="cost", label="Cost", kind=Kind.MONEY, path="current_cost"))
    leave_out(Product, "supplier")
    found = fields_of(Product, SYSTEM)
    assert found["cost"].path == "current_cost"
    assert not {"current_cost", "supplier"} & set(found)


def test_what_is_edited_in_place_is_a_field_of_the_form() -> None:
    """The form of activities depends on the kind of each."""
    assert get_resolver().url_patterns
    views = [view for view in _subclasses(EditView) if view.__module__.split(".")[0] != "tests"]
    forms = {view.model: view.form_class for view in views if hasattr(view, "model") and view.model is not Activity}
    assert len(forms) >= 7
    for model, form in forms.items():
        asked = {field.edit_name for field in fields_of(model, SYSTEM).values() if field.edit_name}
        assert asked <= set(form.base_fields), model


def _subclasses(view: Any) -> list[Any]:
    return [one for child in view.__subclasses__() for one in (child, *_subclasses(child))]


def test_nobody_reads_a_related_table_without_an_account() -> None:
    assert not [name for name in fields_of(Quote, None) if name.startswith(("account.", "opportunity."))]
    assert {"currency.code", "currency.name"} <= set(fields_of(Quote, None))
    assert set(fields_of(Currency, None)) == {"code", "name"}
