"""The filters of quotes, orders and invoices."""

import django_filters
from django.utils.translation import gettext_lazy as _

from crm.core.filters import RecordFilter
from crm.customers.record_names import AccountField
from crm.users.filters import UnitFilter
from sales.models import Invoice, Order, Quote
from sales.models.documents import DOCUMENT_WORDS

_SEARCHED = (DOCUMENT_WORDS,)
_COMMON = {"owner": ["exact"], "source": ["iexact"], "created_at": ["date__gte"]}


class _AccountNameFilter(django_filters.Filter):
    field_class = AccountField


class QuoteFilter(RecordFilter):
    search_fields = _SEARCHED

    customer_account = _AccountNameFilter(field_name="customer_account", label=_("Account"))
    unit = UnitFilter()
    expires_to = django_filters.DateFilter("expires_on", "lte", label=_("Last day to accept up to"))

    class Meta:
        model = Quote
        fields = _COMMON


class OrderFilter(RecordFilter):
    search_fields = _SEARCHED

    customer_account = _AccountNameFilter(field_name="customer_account", label=_("Account"))
    unit = UnitFilter()

    class Meta:
        model = Order
        fields = {**_COMMON, "ordered_on": ["gte", "lte"]}


class InvoiceFilter(RecordFilter):
    search_fields = _SEARCHED

    customer_account = _AccountNameFilter(field_name="customer_account", label=_("Account"))
    unit = UnitFilter()
    due_to = django_filters.DateFilter("due_on", "lte", label=_("Due up to"))

    class Meta:
        model = Invoice
        fields = {**_COMMON, "issued_on": ["gte", "lte"]}
