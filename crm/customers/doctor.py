"""What accounts and contacts are compared, sorted and found by."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from crm.core.invariants import Check, register_check, stale_columns
from crm.customers.models import Account, Contact

_ACCOUNT = ("name", "email", "website", "phone", "phone2")
_ACCOUNT_KEYS = (
    "sort_key",
    "company_key",
    "email_key",
    "email_domain",
    "website_domain",
    "phone_e164",
    "phone2_e164",
)
_CONTACT = ("first_name", "middle_name", "last_name", "email", "email2", "phone", "mobile")
_CONTACT_KEYS = ("full_name", "sort_key", "name_key", "email_key", "email2_key", "phone_e164", "mobile_e164")


def _stale() -> Iterator[str]:
    yield from stale_columns(Account, _ACCOUNT, _ACCOUNT_KEYS, Account.set_keys)
    yield from stale_columns(Contact, _CONTACT, _CONTACT_KEYS, Contact.set_keys)


def register() -> None:
    register_check(
        Check(
            name="customers.keys",
            sentence=_("Customers that are compared and found by something else than what they hold."),
            find=_stale,
        ),
    )
