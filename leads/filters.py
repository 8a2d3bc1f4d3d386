import django_filters
from django.utils.translation import gettext_lazy as _

from crm.core.filters import RecordFilter
from crm.users.filters import UnitFilter
from leads.models import Campaign, CampaignResponse, CaptureForm, Lead, MarketingList
from leads.models.campaigns import CAMPAIGN_WORDS
from leads.models.capture import FORM_WORDS
from leads.models.lead import LEAD_WORDS
from leads.models.lists import LIST_WORDS
from leads.states import CAMPAIGN_MACHINE, LEAD_MACHINE, RESPONSE_MACHINE


class LeadFilter(RecordFilter):
    search_fields = (LEAD_WORDS,)

    state = django_filters.ChoiceFilter(label=_("State"), choices=LEAD_MACHINE.state_choices())
    source = django_filters.ChoiceFilter(label=_("Source"), choices=Lead.Source.choices)
    created_from = django_filters.DateFilter("created_at", "date__gte", label=_("Created from"))
    created_to = django_filters.DateFilter("created_at", "date__lte", label=_("Created until"))
    unit = UnitFilter()

    class Meta:
        model = Lead
        fields = {"rating": ["exact"], "owner": ["exact"]}


class CampaignFilter(RecordFilter):
    search_fields = (CAMPAIGN_WORDS,)

    state = django_filters.ChoiceFilter(label=_("State"), choices=CAMPAIGN_MACHINE.state_choices())
    created_from = django_filters.DateFilter("created_at", "date__gte", label=_("Created from"))

    class Meta:
        model = Campaign
        fields = {"type": ["exact"], "owner": ["exact"]}


class CaptureFormFilter(RecordFilter):
    search_fields = (FORM_WORDS,)

    class Meta:
        model = CaptureForm
        fields = {"is_active": ["exact"]}


class ResponseFilter(RecordFilter):
    search_fields = ("sort_key__contains",)

    state = django_filters.ChoiceFilter(label=_("State"), choices=RESPONSE_MACHINE.state_choices())

    class Meta:
        model = CampaignResponse
        fields = {"answer": ["exact"], "channel": ["exact"], "owner": ["exact"]}


class MarketingListFilter(RecordFilter):
    search_fields = (LIST_WORDS,)

    class Meta:
        model = MarketingList
        fields = {"kind": ["exact"], "members_are": ["exact"], "owner": ["exact"]}
