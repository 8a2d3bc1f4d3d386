"""The lists of accounts and contacts."""

from django.utils.translation import gettext_lazy as _

from crm.core.tables import ChoiceColumn, DateTimeColumn, LinkColumn, OwnerColumn, StateColumn, Table, TextColumn
from crm.customers.models import Account, Contact
from crm.customers.states import ACCOUNT_MACHINE, CONTACT_MACHINE


class AccountTable(Table):
    model = Account
    columns = (
        LinkColumn(_("Name"), "name", sort="sort_key"),
        StateColumn(_("State"), ACCOUNT_MACHINE),
        ChoiceColumn(_("Type"), "type", Account.Type.choices),
        TextColumn(_("Industry"), "industry", place="sub"),
        TextColumn(_("Phone"), "phone"),
        TextColumn(_("E-mail"), "email"),
        DateTimeColumn(_("Changed"), "updated_at", sort="updated_at"),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "sort_key"


class ContactTable(Table):
    model = Contact
    columns = (
        LinkColumn(_("Name"), "full_name", sort="sort_key"),
        StateColumn(_("State"), CONTACT_MACHINE),
        TextColumn(_("Job title"), "job_title"),
        LinkColumn(_("Account"), "account__name", url_name="customers:account_detail", key="account_id", place="sub"),
        TextColumn(_("Phone"), "phone"),
        TextColumn(_("E-mail"), "email"),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "sort_key"


class AccountContactsTable(Table):
    """The people of one account, on its page."""

    model = Contact
    columns = (
        LinkColumn(_("Name"), "full_name"),
        TextColumn(_("Job title"), "job_title", place="sub"),
        ChoiceColumn(_("Role"), "role", Contact.Role.choices),
        TextColumn(_("Phone"), "phone"),
        TextColumn(_("E-mail"), "email"),
        StateColumn(_("State"), CONTACT_MACHINE),
    )
    default_sort = "sort_key"


class ChildAccountsTable(Table):
    """The accounts below one account, on its page."""

    model = Account
    columns = (
        LinkColumn(_("Name"), "name"),
        TextColumn(_("Industry"), "industry", place="sub"),
        TextColumn(_("Phone"), "phone"),
        StateColumn(_("State"), ACCOUNT_MACHINE),
        OwnerColumn(_("Owner")),
    )
    default_sort = "sort_key"
