import django_filters
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from activities.models.activity import ACTIVITY_WORDS
from activities.states import ACTIVITY_MACHINE
from crm.core.filters import RecordFilter


class ActivityFilter(RecordFilter):
    search_fields = (ACTIVITY_WORDS,)

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Activity.Kind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=ACTIVITY_MACHINE.state_choices())
    due_from = django_filters.DateFilter("due_at", "date__gte", label=_("Due from"))
    due_to = django_filters.DateFilter("due_at", "date__lte", label=_("Due until"))

    class Meta:
        model = Activity
        fields = {"owner": ["exact"], "priority": ["exact"]}
