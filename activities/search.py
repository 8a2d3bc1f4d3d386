from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from crm.core.search import SearchSource

ACTIVITIES = SearchSource(
    model=Activity,
    label=_("Activities"),
    url_name="activities:activity_detail",
    title="subject",
    subtitle="kind",
    lookups=("subject",),
    position=80,
)
