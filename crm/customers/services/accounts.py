"""Accounts and their life."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.core.access import WRITE, check_create, lock_for
from crm.core.actors import Actor
from crm.core.custom.writing import set_custom
from crm.core.errors import Invalid, Refusal
from crm.core.transactions import service
from crm.core.values import change_locked, refuse_closed, save, set_values
from crm.customers.models import Account, Contact
from crm.customers.services.fields import PREFERENCE_FIELDS, TERMS_FIELDS
from crm.data.duplicates import refuse_duplicates, refuse_return
from crm.users.models import Team, User
from crm.users.services.ownership import owner_fields

ACCOUNT_FIELDS = (
    "name",
    "number",
    "parent",
    "primary_contact",
    "type",
    "industry",
    "size",
    "ownership",
    "annual_revenue",
    "employees",
    "email",
    "phone",
    "phone2",
    "fax",
    "website",
    "description",
    *TERMS_FIELDS,
    *PREFERENCE_FIELDS,
)
_FIELDS = {
    "account_number_once": "number",
    "account_has_a_name": "name",
    "account_is_not_its_own_parent": "parent",
}


@service("account.created")
def create_account(*, values: Mapping[str, Any], owner: User | Team, actor: Actor, at: dt.datetime) -> Account:
    check_create(actor, Account)
    account = Account(**owner_fields(owner))
    _set_and_save(account, values, actor)
    return account


@service("account.changed")
def update_account(*, account_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Account:
    """An inactive account is read-only."""
    account = lock_for(Account, account_id, actor, WRITE)
    refuse_closed(account, ("inactive",))
    _set_and_save(account, values, actor)
    return account


SETTLED_ACCOUNT_FIELDS = frozenset({"name", "email", "phone", "phone2", "website"})
"""Columns from which others of the same account follow, and nothing beside it."""


@service("account.changed")
def update_accounts(
    *, records: Sequence[Account], values: Mapping[int, Mapping[str, Any]], actor: Actor, at: dt.datetime
) -> Mapping[int, Refusal]:
    """As `update_account` for `SETTLED_ACCOUNT_FIELDS` of many that the caller has locked and the actor may change."""

    def change(account: Account, new: Mapping[str, Any]) -> None:
        refuse_closed(account, ("inactive",))
        _set(account, new, actor)

    return change_locked(records, values, change)


def _set_and_save(account: Account, values: Mapping[str, Any], actor: Actor) -> None:
    _set(account, values, actor)
    save(account, fields=_FIELDS)


def _set(account: Account, values: Mapping[str, Any], actor: Actor) -> None:
    set_values(account, values, ACCOUNT_FIELDS)
    set_custom(account, values, actor)
    if "parent" in values:
        _refuse_circle(account)
    if "primary_contact" in values:
        _refuse_foreign_contact(account, account.primary_contact)
    account.set_keys()
    refuse_duplicates(account, changed=values, actor=actor)


def _refuse_circle(account: Account) -> None:
    above = account.parent_id if account.pk else None
    while above is not None:
        if above == account.pk:
            raise Invalid(_("This account would stand above itself. Choose another parent account."), field="parent")
        above = Account.objects.filter(pk=above).values_list("parent", flat=True).first()


def _refuse_foreign_contact(account: Account, contact: Contact | None) -> None:
    if contact is not None and contact.account_id not in (None, account.pk):
        raise Invalid(_("This person belongs to another account. Choose somebody else."), field="primary_contact")


@service("account.deactivated")
def deactivate_account(*, account_id: int, actor: Actor, at: dt.datetime) -> Account:
    """The account takes part in nothing new; what exists stays as it is."""
    account = lock_for(Account, account_id, actor, "deactivate")
    account.deactivate()
    account.save()
    return account


@service("account.activated")
def activate_account(*, account_id: int, actor: Actor, at: dt.datetime) -> Account:
    account = lock_for(Account, account_id, actor, "activate")
    account.activate()
    refuse_return(account, actor=actor)
    account.save()
    return account
