"""What a rule forbids is forbidden on every path that writes a compared column or makes a record count again.

New records, edits, bulk edits, two at the same moment: `test_duplicate_rules.py`. Files: the tests of imports.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record, restore_record, undelete_record
from crm.core.errors import Conflict, Invalid, Refusal
from crm.customers.models import Account, Contact
from crm.customers.services.accounts import activate_account, deactivate_account, update_account
from crm.customers.services.contacts import activate_contact, deactivate_contact, update_contact
from crm.data.merge.services import merge_records
from crm.data.merge.taking_back import undo_merge
from crm.data.models import DuplicateCriterion, DuplicateRule
from leads.models import CapturedPost, Lead
from leads.services.leads import disqualify_lead, reopen_lead, update_lead
from leads.services.quarantine import replay_post
from tests.data.runs import outcomes, run, undo
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_form, make_lead
from tests.factories.opportunities import qualify
from tests.fixtures import ClientFor
from tests.proofs.world import browser

pytestmark = pytest.mark.django_db
SAME = "info@acme.example"


@pytest.fixture(autouse=True)
def _rules(db: None) -> None:
    for noun in ("customers.account", "customers.contact", "leads.lead"):
        rule = DuplicateRule.objects.create(name=f"One {noun}", noun=noun, against=noun, mode="forbid", position=900)
        DuplicateCriterion.objects.create(rule=rule, kind="email")


def _binned(cast: Cast) -> Callable[[], Any]:
    account = AccountFactory.create(name="Old", email=SAME, owner=cast.rep_a)
    delete_record(model=Account, record_id=account.pk, actor=cast.rep_a, at=timezone.now())
    AccountFactory.create(name="New", email=SAME, owner=cast.rep_a)
    return lambda: restore_record(model=Account, record_id=account.pk, actor=cast.administrator, at=timezone.now())


def _deletion_taken_back(cast: Cast) -> Callable[[], Any]:
    account, at = AccountFactory.create(name="Old", email=SAME, owner=cast.rep_a), timezone.now()
    delete_record(model=Account, record_id=account.pk, actor=cast.rep_a, at=at)
    AccountFactory.create(name="New", email=SAME, owner=cast.rep_c)
    return lambda: undelete_record(
        model=Account, record_id=account.pk, deleted_at=at, actor=cast.rep_a, at=timezone.now()
    )


def _made_by_qualifying(cast: Cast) -> Callable[[], Any]:
    lead = make_lead(cast.rep_a, email=SAME)
    qualify(lead)
    contact = Contact.objects.get(email=SAME)
    reopen_lead(lead_id=lead.pk, actor=SYSTEM, at=timezone.now())
    ContactFactory.create(last_name="New", email=SAME, owner=cast.rep_a)
    return lambda: restore_record(model=Contact, record_id=contact.pk, actor=cast.administrator, at=timezone.now())


def _activated_account(cast: Cast) -> Callable[[], Any]:
    account = AccountFactory.create(name="Old", email=SAME, owner=cast.rep_a)
    deactivate_account(account_id=account.pk, actor=cast.rep_a, at=timezone.now())
    AccountFactory.create(name="New", email=SAME, owner=cast.rep_a)
    return lambda: activate_account(account_id=account.pk, actor=cast.rep_a, at=timezone.now())


def _activated_contact(cast: Cast) -> Callable[[], Any]:
    contact = ContactFactory.create(last_name="Old", email=SAME, owner=cast.rep_a)
    deactivate_contact(contact_id=contact.pk, actor=cast.rep_a, at=timezone.now())
    ContactFactory.create(last_name="New", email=SAME, owner=cast.rep_a)
    return lambda: activate_contact(contact_id=contact.pk, actor=cast.rep_a, at=timezone.now())


def _reopened_lead(cast: Cast) -> Callable[[], Any]:
    lead = make_lead(cast.rep_a, email=SAME)
    disqualify_lead(lead_id=lead.pk, reason="lost", actor=cast.rep_a, at=timezone.now())
    make_lead(cast.rep_a, last_name="New", email=SAME)
    return lambda: reopen_lead(lead_id=lead.pk, actor=cast.rep_a, at=timezone.now())


def _merged_value(cast: Cast) -> Callable[[], Any]:
    """The loser's address would stay, and somebody else has it."""
    master, loser = (AccountFactory.create(name=name, owner=cast.rep_a) for name in ("Master", "Loser"))
    Account.objects.filter(pk=loser.pk).update(email=SAME, email_key=SAME)
    AccountFactory.create(name="New", email=SAME, owner=cast.rep_a)
    return lambda: merge_records(
        model=Account, master_id=master.pk, loser_ids=[loser.pk], actor=cast.rep_a, at=timezone.now()
    )


def _merge_taken_back(cast: Cast) -> Callable[[], Any]:
    master = AccountFactory.create(name="Master", email="m@acme.example", owner=cast.rep_a)
    loser = AccountFactory.create(name="Loser", email=SAME, owner=cast.rep_a)
    merge = merge_records(model=Account, master_id=master.pk, loser_ids=[loser.pk], actor=cast.rep_a, at=timezone.now())
    AccountFactory.create(name="New", email=SAME, owner=cast.rep_a)
    return lambda: undo_merge(merge_id=merge.pk, actor=cast.rep_a, at=timezone.now())


def _qualified(cast: Cast) -> Callable[[], Any]:
    lead = make_lead(cast.rep_a, email=SAME)
    ContactFactory.create(last_name="New", email=SAME, owner=cast.rep_a)
    return lambda: qualify(lead, actor=cast.rep_a)


def _read_again(cast: Cast) -> Callable[[], Any]:
    """What a post fills in on its open lead is an edit as any other."""
    form = make_form(cast.rep_a)
    browser().post(f"/capture/{form.key}/", {"last_name": "Ames", "email": SAME})
    post = CapturedPost.objects.get()
    update_lead(lead_id=post.lead_id or 0, values={"email": ""}, actor=cast.rep_a, at=timezone.now())
    make_lead(cast.rep_a, last_name="New", email=SAME)
    return lambda: replay_post(post_id=post.pk, actor=cast.administrator, at=timezone.now())


@pytest.mark.parametrize(
    "prepare",
    [
        _binned,
        _deletion_taken_back,
        _made_by_qualifying,
        _activated_account,
        _activated_contact,
        _reopened_lead,
        _merged_value,
        _merge_taken_back,
        _qualified,
        _read_again,
    ],
    ids=lambda prepare: prepare.__name__.strip("_"),
)
def test_the_second_of_the_same_is_refused_and_nothing_changes(cast: Cast, prepare: Callable[[Cast], Any]) -> None:
    act = prepare(cast)
    before = _rows()
    with pytest.raises(Refusal) as refused:
        act()
    assert isinstance(refused.value, Conflict | Invalid)
    assert "Two of them are not allowed." in " ".join([refused.value.sentence, *refused.value.details])
    assert _rows() == before


def _rows() -> list[Any]:
    return [
        list(model.with_bin.order_by("pk").values_list("pk", "email", "state", "deleted_at"))
        for model in (Account, Contact, Lead)
    ]


@pytest.mark.parametrize("prepare", [_binned, _activated_account, _reopened_lead, _merge_taken_back])
def test_where_the_other_one_has_gone_it_comes_back(cast: Cast, prepare: Callable[[Cast], Any]) -> None:
    act = prepare(cast)
    for model in (Account, Contact, Lead):
        other: Any = model._default_manager.order_by("-pk").first()
        if other is not None:
            model._default_manager.filter(pk=other.pk).update(email="", email_key="")
    act()


def test_a_bulk_change_is_not_taken_back_into_a_double(cast: Cast) -> None:
    one = AccountFactory.create(name="One", email=SAME, owner=cast.rep_a)
    done = run(Account, "edit-email", cast.rep_a, email="other@acme.example")
    AccountFactory.create(name="New", email=SAME, owner=cast.rep_a)
    back = undo(done, cast.rep_a)
    assert outcomes(back) == {one.pk: "failed"}
    one.refresh_from_db()
    assert one.email == "other@acme.example"


@pytest.mark.parametrize(
    ("path", "model", "make"),
    [
        ("customers/account", Account, lambda rep, email: AccountFactory.create(name=email, email=email, owner=rep)),
        ("customers/contact", Contact, lambda rep, email: ContactFactory.create(last_name="B", email=email, owner=rep)),
        ("leads/lead", Lead, lambda rep, email: make_lead(rep, email=email)),
    ],
    ids=["account", "contact", "lead"],
)
def test_the_administration_makes_no_double_either(
    cast: Cast, client_for: ClientFor, path: str, model: Any, make: Callable[[Any, str], Any]
) -> None:
    client = client_for(cast.administrator)
    make(cast.rep_a, SAME)
    other = make(cast.rep_a, "other@acme.example")
    page = client.get(f"/admin/{path}/{other.pk}/change/")
    form = page.context["adminform"].form
    sent = {name: "" if value is None else value for name, value in form.initial.items() if name in form.fields}
    for inline in page.context["inline_admin_formsets"]:
        sent |= {f"{inline.formset.prefix}-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    sent.pop("logo", None)
    answer = client.post(f"/admin/{path}/{other.pk}/change/", {**sent, "email": SAME.upper()}, follow=True)
    assert "Two of them are not allowed." in answer.content.decode()
    other.refresh_from_db()
    assert other.email == "other@acme.example"
    client.post(f"/admin/{path}/{other.pk}/change/", {**sent, "email": "fine@acme.example"}, follow=True)
    other.refresh_from_db()
    assert other.email == "fine@acme.example"


def test_what_only_warns_takes_no_place_from_what_forbids(cast: Cast) -> None:
    """Twenty of the same name stand before the one with the same address."""
    for _number in range(25):
        AccountFactory.create(name="Acme", owner=cast.rep_a)
    one, other = (AccountFactory.create(name=name, owner=cast.rep_a) for name in ("Acme", "Other"))
    update_account(account_id=other.pk, values={"email": SAME}, actor=cast.rep_a, at=timezone.now())
    with pytest.raises(Invalid):
        update_account(account_id=one.pk, values={"email": SAME}, actor=cast.rep_a, at=timezone.now())


def test_contacts_are_edited_as_before_where_nothing_is_the_same(cast: Cast) -> None:
    contact = ContactFactory.create(last_name="One", email=SAME, owner=cast.rep_a)
    update_contact(contact_id=contact.pk, values={"phone": "1"}, actor=cast.rep_a, at=timezone.now())
