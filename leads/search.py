from django.utils.translation import gettext_lazy as _

from crm.core.search import SearchSource
from leads.models import Campaign, Lead, MarketingList
from leads.models.campaigns import CAMPAIGN_WORDS
from leads.models.lead import LEAD_WORDS
from leads.models.lists import LIST_WORDS

LEADS = SearchSource(
    model=Lead,
    label=_("Leads"),
    url_name="leads:lead_detail",
    title="name",
    subtitle="company",
    words=LEAD_WORDS,
    avatar="person",
    position=10,
)
CAMPAIGNS = SearchSource(
    model=Campaign,
    label=_("Campaigns"),
    url_name="leads:campaign_detail",
    title="name",
    subtitle="code",
    words=CAMPAIGN_WORDS,
    icon="speakerphone",
    position=85,
)
LISTS = SearchSource(
    model=MarketingList,
    label=_("Marketing lists"),
    url_name="leads:marketing_list_detail",
    title="name",
    subtitle="purpose",
    words=LIST_WORDS,
    icon="list-details",
    position=87,
)
