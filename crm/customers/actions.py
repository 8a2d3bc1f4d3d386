"""Deactivating, activating and assigning accounts and contacts."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.actions import Action, register
from crm.customers.models import Account, Contact
from crm.customers.services import accounts, contacts
from crm.users.assigning import assign_action

type Perform = Callable[[int, Mapping[str, Any], Any], str]


def _of_account(service: Callable[..., Account]) -> Perform:
    def perform(pk: int, _data: Mapping[str, Any], actor: Any) -> str:
        service(account_id=pk, actor=actor, at=timezone.now())
        return reverse("customers:account_detail", args=[pk])

    return perform


def _of_contact(service: Callable[..., Contact]) -> Perform:
    def perform(pk: int, _data: Mapping[str, Any], actor: Any) -> str:
        service(contact_id=pk, actor=actor, at=timezone.now())
        return reverse("customers:contact_detail", args=[pk])

    return perform


_QUESTION = _("An inactive customer takes part in nothing new. What exists stays as it is.")

ACTIVATE_ACCOUNT = Action(
    name="activate",
    label=_("Activate"),
    model=Account,
    right="activate",
    move="activate",
    url_name="customers:account_activate",
    perform=_of_account(accounts.activate_account),
    confirm=_("Do business with this account again?"),
    done=_("Account activated"),
    position=10,
)
DEACTIVATE_ACCOUNT = Action(
    name="deactivate",
    label=_("Deactivate"),
    model=Account,
    right="deactivate",
    move="deactivate",
    url_name="customers:account_deactivate",
    perform=_of_account(accounts.deactivate_account),
    confirm=_QUESTION,
    done=_("Account deactivated"),
    danger=True,
    position=90,
)
ACTIVATE_CONTACT = Action(
    name="activate",
    label=_("Activate"),
    model=Contact,
    right="activate",
    move="activate",
    url_name="customers:contact_activate",
    perform=_of_contact(contacts.activate_contact),
    confirm=_("Do business with this person again?"),
    done=_("Contact activated"),
    position=10,
)
DEACTIVATE_CONTACT = Action(
    name="deactivate",
    label=_("Deactivate"),
    model=Contact,
    right="deactivate",
    move="deactivate",
    url_name="customers:contact_deactivate",
    perform=_of_contact(contacts.deactivate_contact),
    confirm=_QUESTION,
    done=_("Contact deactivated"),
    danger=True,
    position=90,
)
ASSIGN_ACCOUNT = assign_action(Account)
ASSIGN_CONTACT = assign_action(Contact)


def register_actions() -> None:
    register(ACTIVATE_ACCOUNT, DEACTIVATE_ACCOUNT, ASSIGN_ACCOUNT)
    register(ACTIVATE_CONTACT, DEACTIVATE_CONTACT, ASSIGN_CONTACT)
