"""What the administration does with a business record: on accounts, which have states, owners and a bin."""

import datetime as dt
import html
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from crm.core import history
from crm.customers.models import Account
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.fixtures import ClientFor

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def administration(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.administrator)


@pytest.fixture
def account(cast: Cast) -> Account:
    return AccountFactory.create(name="Acme", owner=cast.rep_a)


def page(screen: str, *args: Any) -> str:
    return reverse(f"admin:customers_account_{screen}", args=args)


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def values_of(client: Client, account: Account) -> dict[str, Any]:
    """What a browser would send back from the form of the record."""
    context = client.get(page("change", account.pk)).context
    form = context["adminform"].form
    values = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    for inline in context["inline_admin_formsets"]:
        values |= {f"{inline.formset.prefix}-{count}_FORMS": "0" for count in ("TOTAL", "INITIAL")}
    return values


def test_state_and_stamps_are_shown_and_not_edited(administration: Client, account: Account) -> None:
    response = administration.get(page("change", account.pk))
    form = response.context["adminform"].form
    written = {"state", "status_reason", "created_at", "updated_by", "version", "deleted_at", "owning_unit"}
    assert written & set(form.fields) == set()
    assert written <= set(response.context["adminform"].readonly_fields)


def test_a_saved_form_moves_no_state(administration: Client, account: Account) -> None:
    values = {**values_of(administration, account), "name": "Acme & Sons", "state": "inactive"}
    response = administration.post(page("change", account.pk), values)
    assert response.status_code == 302, response.context["adminform"].errors
    account.refresh_from_db()
    assert (account.name, account.state, account.version) == ("Acme & Sons", "active", 2)
    event: Any = history.events_of(account).first()
    assert (event.pgh_context["action"], event.name) == ("admin.edited", "Acme & Sons")


def test_a_new_owner_brings_their_unit(cast: Cast, administration: Client, account: Account) -> None:
    values = {**values_of(administration, account), "owner": cast.rep_c.pk}
    assert administration.post(page("change", account.pk), values).status_code == 302
    account.refresh_from_db()
    assert (account.owner, account.owning_unit) == (cast.rep_c, cast.south)


def test_the_open_acts_are_offered_and_run_the_service(administration: Client, account: Account) -> None:
    offered = {act["url"] for act in administration.get(page("change", account.pk)).context["acts"]}
    act = page("act", account.pk, "deactivate")
    assert act in offered
    assert page("act", account.pk, "activate") not in offered
    assert administration.get(act).status_code == 200
    response = administration.post(act)
    assert (response.status_code, response["Location"]) == (302, page("change", account.pk))
    account.refresh_from_db()
    assert account.state == "inactive"
    event: Any = history.events_of(account).first()
    assert event.pgh_context["action"] == "account.deactivated"


def test_an_act_that_is_not_open_becomes_a_message(administration: Client, account: Account) -> None:
    response = administration.post(page("act", account.pk, "activate"))
    assert response["Location"] == page("change", account.pk)
    (message,) = told(response)
    assert "This account is active" in message
    account.refresh_from_db()
    assert (account.state, account.version) == ("active", 1)


def test_an_act_sent_twice_with_one_key_happens_once(administration: Client, account: Account) -> None:
    for _click in range(2):
        administration.post(page("act", account.pk, "deactivate"), {"idempotency_key": "once"})
    account.refresh_from_db()
    assert (account.state, account.version) == ("inactive", 2)


@pytest.mark.parametrize("name", ["fly", "delete"])
def test_an_act_that_does_not_exist_is_not_found(administration: Client, account: Account, name: str) -> None:
    assert administration.get(page("act", account.pk, name)).status_code == 404


def test_deleting_puts_into_the_bin(administration: Client, account: Account) -> None:
    assert administration.get(page("delete", account.pk)).status_code == 200
    assert administration.post(page("delete", account.pk), {"post": "yes"}).status_code == 302
    assert Account.objects.count() == 0
    assert Account.with_bin.binned().get() == account


def test_what_depends_on_a_record_is_listed_before_deleting(administration: Client, account: Account) -> None:
    contact = ContactFactory.create(account=account, owner=account.owner)
    response = administration.get(page("delete", account.pk))
    assert str(contact) in html.unescape(response.content.decode())
    administration.post(page("delete", account.pk), {"post": "yes"})
    assert Account.objects.get() == account


def test_many_are_deleted_through_the_bin_too(administration: Client, account: Account) -> None:
    values = {"action": "delete_selected", "_selected_action": [account.pk], "post": "yes"}
    assert administration.post(page("changelist"), values).status_code == 302
    assert Account.with_bin.binned().get() == account


def test_the_bin_is_looked_into_and_emptied_by_restoring(administration: Client, account: Account) -> None:
    Account.objects.update(deleted_at=AT)
    assert list(administration.get(page("changelist")).context["cl"].queryset) == []
    assert list(administration.get(page("changelist"), {"bin": "in"}).context["cl"].queryset) == [account]
    values = {"action": "restore_selected", "_selected_action": [account.pk]}
    response = administration.post(page("changelist") + "?bin=in", values)
    assert told(response) == ["1 record is back."]
    assert Account.objects.get() == account


def test_what_the_database_refuses_becomes_a_message(
    administration: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that the form does not know, such as the frozen figures of an issued document."""
    values = values_of(administration, account)
    monkeypatch.setattr(Account, "validate_constraints", lambda *args, **kwargs: None)
    response = administration.post(page("change", account.pk), {**values, "owner": ""})
    assert response.status_code == 302
    (message,) = told(response)
    assert message.startswith("The database refuses this change: ")
    account.refresh_from_db()
    assert account.owner is not None


def test_lists_are_searched_and_filtered_by_state(administration: Client, account: Account) -> None:
    found = administration.get(page("changelist"), {"q": "acm", "state": "active"}).context["cl"].queryset
    assert list(found) == [account]
    assert list(administration.get(page("changelist"), {"state": "inactive"}).context["cl"].queryset) == []
