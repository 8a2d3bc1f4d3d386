"""The family of an account, and the addresses of customers. Apps above add leads, documents and the timeline."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.core.access import WRITE, may_create
from crm.core.idempotency import new_key
from crm.core.panels import Panel, register_panels
from crm.core.screens.buttons import rights_on
from crm.core.tables import Table
from crm.customers.forms import AddressForm
from crm.customers.models import Account, Address, Contact
from crm.customers.tables import AccountContactsTable, ChildAccountsTable

MOST_SHOWN = 20
MOST_ADDRESSES = 100


def contacts_of(account: Account, user: Any) -> Mapping[str, Any]:
    new_url = f"{reverse('customers:contact_create')}?account={account.pk}"
    return {
        **_rows(AccountContactsTable, Contact.objects.visible_to(user).filter(account=account)),
        "all_url": f"{reverse('customers:contact_list')}?view=all&account={account.pk}",
        "new_url": new_url if account.state == "active" and may_create(user, Contact) else "",
        "new_label": _("New contact"),
        "nothing": _("This account has no contacts yet."),
    }


def children_of(account: Account, user: Any) -> Mapping[str, Any]:
    new_url = f"{reverse('customers:account_create')}?parent={account.pk}"
    return {
        **_rows(ChildAccountsTable, Account.objects.visible_to(user).filter(parent=account)),
        "all_url": f"{reverse('customers:account_list')}?view=all&parent={account.pk}",
        "new_url": new_url if account.state == "active" and may_create(user, Account) else "",
        "new_label": _("New child account"),
        "nothing": _("This account has no child accounts."),
    }


def _rows(table: type[Table], rows: Any) -> dict[str, Any]:
    found = list(rows.order_by("sort_key", "pk").values_list(*table.fields())[: MOST_SHOWN + 1])
    return {
        "table": table,
        "columns": table.heads("", lambda _token: ""),
        "rows": found[:MOST_SHOWN],
        "more": len(found) > MOST_SHOWN,
    }


def addresses_of(customer: Account | Contact, user: Any) -> Mapping[str, Any]:
    noun = "account" if isinstance(customer, Account) else "contact"
    rows = Address.objects.filter(**{noun: customer})
    ordered = list(rows.order_by("-is_default_bill_to", "-is_default_ship_to", "pk")[: MOST_ADDRESSES + 1])
    editable = bool(customer.state == "active" and rights_on(customer, user, {WRITE})[WRITE])
    name = f"customers:{noun}_address"
    return {
        "addresses": [
            {
                "address": address,
                "edit_url": reverse(f"{name}_edit", args=[customer.pk, address.pk]) if editable else "",
                "delete_url": reverse(f"{name}_delete", args=[customer.pk, address.pk]) if editable else "",
            }
            for address in ordered[:MOST_ADDRESSES]
        ],
        "more": len(ordered) > MOST_ADDRESSES,
        "idempotency_key": new_key(),
        "form": AddressForm(actor=user, auto_id="id_address_%s") if editable else None,
        "add_url": reverse(f"{name}_create", args=[customer.pk]),
    }


def register() -> None:
    addresses = Panel(
        name="addresses",
        title=_("Addresses"),
        template="customers/panels/addresses.html",
        context=addresses_of,
        position=30,
        column="side",
    )
    register_panels(
        Account,
        Panel(
            name="contacts",
            title=_("Contacts"),
            template="customers/panels/rows.html",
            context=contacts_of,
            position=30,
        ),
        Panel(
            name="children",
            title=_("Child accounts"),
            template="customers/panels/rows.html",
            context=children_of,
            position=80,
        ),
        addresses,
    )
    register_panels(Contact, addresses)
