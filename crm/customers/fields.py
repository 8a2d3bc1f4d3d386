"""The fields of accounts and contacts where their columns do not say enough."""

from crm.core.fields import derived, register_fields
from crm.customers.models import Account, Contact


def register() -> None:
    register_fields(Account, derived(Account, "name", sort="sort_key", folded="sort_key"))
    register_fields(Contact, derived(Contact, "full_name", name="name", sort="sort_key", folded="sort_key"))
