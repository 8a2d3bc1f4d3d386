"""Where customers appear: search, navigation, and bulk edits."""

from django.utils.translation import gettext_lazy as _

from crm.core.context import NavEntry, register_nav
from crm.core.search import SearchSource, register_search
from crm.customers import importing
from crm.customers.models import Account, Contact
from crm.customers.models.accounts import ACCOUNT_WORDS
from crm.customers.models.contacts import CONTACT_WORDS
from crm.customers.services.accounts import SETTLED_ACCOUNT_FIELDS, update_accounts
from crm.customers.services.contacts import SETTLED_CONTACT_FIELDS, update_contacts
from crm.data.many import register_many


def register() -> None:
    importing.register()
    _register_searches()
    _register_navigation()
    register_many(Account, fields=SETTLED_ACCOUNT_FIELDS, change=update_accounts)
    register_many(Contact, fields=SETTLED_CONTACT_FIELDS, change=update_contacts)


def _register_searches() -> None:
    register_search(
        SearchSource(
            model=Account,
            label=_("Accounts"),
            url_name="customers:account_detail",
            subtitle="email",
            words=ACCOUNT_WORDS,
            avatar="company",
            position=60,
        ),
        SearchSource(
            model=Contact,
            label=_("Contacts"),
            url_name="customers:contact_detail",
            title="full_name",
            subtitle="account",
            words=CONTACT_WORDS,
            avatar="person",
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
