"""The filters of accounts and contacts."""

import django_filters
from django.utils.translation import gettext_lazy as _

from crm.core.filters import RecordFilter
from crm.customers.models import Account, Contact
from crm.customers.models.accounts import ACCOUNT_WORDS
from crm.customers.models.contacts import CONTACT_WORDS
from crm.customers.record_names import AccountField


class _AccountNameFilter(django_filters.Filter):
    field_class = AccountField


class AccountFilter(RecordFilter):
    search_fields = (ACCOUNT_WORDS,)

    parent = _AccountNameFilter(field_name="parent", label=_("Parent account"))

    class Meta:
        model = Account
        fields = {
            "type": ["exact"],
            "industry": ["iexact"],
            "owner": ["exact"],
            "territory": ["exact"],
            "credit_hold": ["exact"],
            "created_at": ["date__gte"],
        }


class ContactFilter(RecordFilter):
    search_fields = (CONTACT_WORDS,)

    account = _AccountNameFilter(field_name="account", label=_("Account"))

    class Meta:
        model = Contact
        fields = {"role": ["exact"], "owner": ["exact"], "territory": ["exact"], "created_at": ["date__gte"]}
