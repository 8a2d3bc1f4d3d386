from django.utils.translation import gettext_lazy as _

from crm.core.search import SearchSource
from leads.models import Lead

LEADS = SearchSource(
    model=Lead,
    label=_("Leads"),
    url_name="leads:lead_detail",
    title="name",
    subtitle="company",
    lookups=("sort_key", "email", "number"),
    position=10,
)
