"""Forms of marketing lists, and of what campaigns do with them."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from crm.core.forms import TransitionForm
from crm.core.record_names import NamingForm
from crm.users.models import Team, User
from leads.models import CampaignActivity, MarketingList
from leads.record_names import AnyListField
from leads.services.distribution import STEP_FIELDS
from leads.services.lists import FIXED, LIST_FIELDS


class MarketingListForm(NamingForm[MarketingList]):
    sections = (
        (gettext_lazy("Marketing list"), ("name", "kind", "members_are", "query", "purpose")),
        (gettext_lazy("When it is used"), ("skips_opted_out", "needs_consent")),
    )

    class Meta:
        model = MarketingList
        fields = LIST_FIELDS
        widgets = {"query": forms.Textarea(attrs={"rows": 2}), "purpose": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if self.instance.pk:
            for name in FIXED:
                del self.fields[name]
            if self.instance.kind == MarketingList.Kind.STATIC:
                del self.fields["query"]


class AddByQueryForm(TransitionForm):
    query = forms.CharField(
        label=gettext_lazy("Query"),
        max_length=2000,
        help_text=gettext_lazy("As in the box of a list: state:active city:Leeds. Who is on the list already stays."),
    )


class CampaignActivityForm(NamingForm[CampaignActivity]):
    list = AnyListField(label=gettext_lazy("Marketing list"))
    owner: Any = forms.ModelChoiceField(
        User.objects.filter(is_active=True), label=gettext_lazy("Person"), required=False
    )
    owner_team: Any = forms.ModelChoiceField(
        Team.objects.filter(kind=Team.Kind.OWNER), label=gettext_lazy("Team"), required=False
    )

    sections = (
        (gettext_lazy("Campaign activity"), ("list", "channel", "subject", "description", "due_on")),
        (gettext_lazy("Who does it"), ("owner_rule", "owner", "owner_team")),
        (gettext_lazy("Who is left out"), ("quiet_days",)),
    )

    class Meta:
        model = CampaignActivity
        fields = STEP_FIELDS
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.filter(Q(is_active=True) | Q(pk=self.instance.owner_id))
