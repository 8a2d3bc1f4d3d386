"""The filters of opportunities."""

import django_filters
from django.utils.translation import gettext_lazy as _

from crm.core.filters import RecordFilter
from crm.customers.record_names import AccountField
from crm.users.filters import UnitFilter
from sales.models import Opportunity
from sales.models.opportunities import OPPORTUNITY_WORDS


class _AccountNameFilter(django_filters.Filter):
    field_class = AccountField


class OpportunityFilter(RecordFilter):
    search_fields = (OPPORTUNITY_WORDS,)

    customer_account = _AccountNameFilter(field_name="customer_account", label=_("Account"))
    closes_from = django_filters.DateFilter("estimated_close_on", "gte", label=_("Closes from"))
    unit = UnitFilter()
    closes_to = django_filters.DateFilter("estimated_close_on", "lte", label=_("Closes up to"))

    class Meta:
        model = Opportunity
        fields = {
            "owner": ["exact"],
            "rating": ["exact"],
            "forecast_category": ["exact"],
            "source": ["iexact"],
            "created_at": ["date__gte"],
        }
