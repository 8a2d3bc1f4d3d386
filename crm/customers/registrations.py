"""Where customers appear: search and navigation."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.context import NavEntry, register_nav
from crm.core.folding import fold
from crm.core.search import SearchSource, register_search
from crm.customers.keys import email_key, phone_key
from crm.customers.models import Account, Contact


def find_accounts(visible: Any, text: str) -> Any:
    """By the beginning of the name, or by the whole number, e-mail address or phone number: all by index."""
    return visible.filter(
        _begins(text)
        | Q(number=text.strip())
        | _equals(email_key(text), "email_key")
        | _equals(phone_key(text), "phone_e164", "phone2_e164")
    )


def find_contacts(visible: Any, text: str) -> Any:
    """As `find_accounts`; contacts have no number."""
    return visible.filter(
        _begins(text)
        | _equals(email_key(text), "email_key", "email2_key")
        | _equals(phone_key(text), "phone_e164", "mobile_e164")
    )


def _begins(text: str) -> Q:
    folded = fold(text)
    return Q(sort_key__startswith=folded) if folded else Q(pk__in=())


def _equals(key: str, *columns: str) -> Q:
    condition = Q(pk__in=())
    for column in columns if key else ():
        condition |= Q(**{column: key})
    return condition


def register() -> None:
    _register_searches()
    _register_navigation()


def _register_searches() -> None:
    register_search(
        SearchSource(
            model=Account,
            label=_("Accounts"),
            url_name="customers:account_detail",
            subtitle="email",
            rows=find_accounts,
            position=60,
        ),
        SearchSource(
            model=Contact,
            label=_("Contacts"),
            url_name="customers:contact_detail",
            title="full_name",
            subtitle="account__name",
            rows=find_contacts,
            position=70,
        ),
    )


def _register_navigation() -> None:
    register_nav(
        NavEntry(
            _("Accounts"),
            "customers:account_list",
            "building",
            "people",
            "customers.read_account",
            60,
            new_label=_("Account"),
            new_url_name="customers:account_create",
        ),
        NavEntry(
            _("Contacts"),
            "customers:contact_list",
            "users",
            "people",
            "customers.read_contact",
            70,
            new_label=_("Contact"),
            new_url_name="customers:contact_create",
        ),
    )
