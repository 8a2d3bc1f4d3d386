from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from activities.models.activity import ACTIVITY_WORDS
from crm.core.search import SearchSource

ACTIVITIES = SearchSource(
    model=Activity,
    label=_("Activities"),
    url_name="activities:activity_detail",
    title="subject",
    subtitle="kind",
    words=ACTIVITY_WORDS,
    icon="checkbox",
    position=80,
)
