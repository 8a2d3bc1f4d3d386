from django.utils.translation import gettext_lazy as _

from crm.core.search import SearchSource
from leads.models import Lead
from leads.models.lead import LEAD_WORDS

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
