"""Forms of accounts, contacts and addresses."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.record_names import NamingForm
from crm.customers.models import Account, Address, Contact
from crm.customers.record_names import AccountField, ContactField
from crm.customers.services.accounts import ACCOUNT_FIELDS
from crm.customers.services.addresses import ADDRESS_FIELDS
from crm.customers.services.contacts import CONTACT_FIELDS
from crm.customers.services.fields import PREFERENCE_FIELDS, TERMS_FIELDS


class CustomerForm[M: Account | Contact](NamingForm[M]):
    """Currencies and price lists that may be chosen anew, and those that are chosen already."""

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        for name, condition in (("currency", Q(is_active=True)), ("price_list", Q(state="active"))):
            field: Any = self.fields[name]
            field.queryset = field.queryset.filter(condition | Q(pk=getattr(self.instance, f"{name}_id")))


class AccountForm(CustomerForm[Account]):
    parent = AccountField(label=_("Parent account"), required=False)
    primary_contact = ContactField(label=_("Primary contact"), required=False)

    sections = (
        (_("Company"), ("name", "number", "type", "parent", "primary_contact", "industry", "description")),
        (_("Reach"), ("email", "phone", "phone2", "fax", "website")),
        (_("Size"), ("size", "ownership", "annual_revenue", "employees")),
        (_("Terms"), TERMS_FIELDS),
        (_("Preferences"), PREFERENCE_FIELDS),
    )

    alone = frozenset(
        {
            "type",
            "industry",
            "size",
            "ownership",
            "annual_revenue",
            "employees",
            "fax",
            "description",
            *TERMS_FIELDS,
            *PREFERENCE_FIELDS,
        }
    )

    class Meta:
        model = Account
        fields = ACCOUNT_FIELDS


class ContactForm(CustomerForm[Contact]):
    account = AccountField(label=_("Account"), required=False)
    reports_to = ContactField(label=_("Reports to"), required=False)

    sections = (
        (_("Person"), ("salutation", "first_name", "middle_name", "last_name", "born_on", "description")),
        (_("Work"), ("account", "job_title", "department", "role", "reports_to")),
        (_("Reach"), ("email", "email2", "phone", "mobile", "fax", "website")),
        (_("Terms"), TERMS_FIELDS),
        (_("Preferences"), PREFERENCE_FIELDS),
    )

    alone = frozenset(
        {
            "salutation",
            "born_on",
            "description",
            "job_title",
            "department",
            "role",
            "fax",
            "website",
            *TERMS_FIELDS,
            *PREFERENCE_FIELDS,
        }
    )

    class Meta:
        model = Contact
        fields = CONTACT_FIELDS


class AddressForm(NamingForm[Address]):
    class Meta:
        model = Address
        fields = ADDRESS_FIELDS
