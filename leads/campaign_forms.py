"""Forms of campaigns, what they cost, and of responses to them."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.folding import storable
from crm.core.forms import RecordForm, TransitionForm
from crm.core.models import Organisation
from crm.core.record_names import NamingForm, RecordNameField, RecordNameInput
from crm.customers.connecting import Connectable, connectable
from crm.customers.record_names import AccountField, ContactField
from leads.models import Campaign, CampaignCost, CampaignResponse, Lead
from leads.record_names import CampaignField
from leads.services.campaign_costs import COST_FIELDS
from leads.services.campaigns import CAMPAIGN_FIELDS
from leads.services.responses import RESPONSE_FIELDS
from leads.source_choices import source_choices

LINKED_NOUNS = ("lead", "opportunity", "contact", "account")
_NAMED = 5


class CampaignForm(NamingForm[Campaign]):
    sections = (
        (gettext_lazy("Campaign"), ("name", "code", "type", "objective", "message")),
        (gettext_lazy("Dates"), ("starts_on", "ends_on")),
        (gettext_lazy("Plan"), ("budget_amount", "expected_revenue", "expected_response")),
    )

    alone = frozenset({"type", "objective", "message", "budget_amount", "expected_revenue", "expected_response"})

    class Meta:
        model = Campaign
        fields = CAMPAIGN_FIELDS


class CampaignCostForm(RecordForm[CampaignCost]):
    class Meta:
        model = CampaignCost
        fields = COST_FIELDS

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        organisation = Organisation.load()
        if not self.instance.pk:
            self.initial.setdefault("currency", organisation.base_currency_id)
            self.initial.setdefault("spent_on", organisation.today(timezone.now()))
        currency: Any = self.fields["currency"]
        currency.queryset = currency.queryset.filter(Q(is_active=True) | Q(pk=self.instance.currency_id))


class LeadField(RecordNameField):
    def __init__(self, **options: Any) -> None:
        super().__init__(Lead.objects.all(), **options)


class ResponseForm(NamingForm[CampaignResponse]):
    campaign = CampaignField(label=gettext_lazy("Campaign"))
    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    lead = LeadField(label=gettext_lazy("Lead"), required=False)
    contact = ContactField(label=gettext_lazy("Contact"), required=False)
    account = AccountField(label=gettext_lazy("Account"), required=False)

    sections = (
        (
            gettext_lazy("Response"),
            ("campaign", "subject", "answer", "channel", "received_on", "source", "description"),
        ),
        (gettext_lazy("From somebody known"), ("contact", "account", "lead")),
        (gettext_lazy("Or from"), ("first_name", "last_name", "company", "email", "phone")),
    )

    class Meta:
        model = CampaignResponse
        fields = RESPONSE_FIELDS

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        source: Any = self.fields["source"]
        source.choices = source_choices(self.instance.source)
        if not self.instance.pk:
            self.initial.setdefault("received_on", Organisation.load().today(timezone.now()))


class LinkForm(TransitionForm):
    """Which record the response led to: its kind, and its name or number."""

    noun = forms.ChoiceField(label=gettext_lazy("Kind"))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=400,
        widget=RecordNameInput,
        help_text=gettext_lazy("The beginning of the name, or the number."),
    )

    def __init__(self, *args: Any, actor: Any, record: CampaignResponse, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        tables = [table for noun in LINKED_NOUNS if (table := connectable(noun)) is not None]
        noun: Any = self.fields["noun"]
        noun.choices = [(table.noun, table.label) for table in tables]
        self._offer_sender(record)

    def _offer_sender(self, record: CampaignResponse) -> None:
        """Of a response from a lead the seller means that lead."""
        for name in ("lead", "contact", "account"):
            key = getattr(record, f"{name}_id")
            table = connectable(name)
            sender = self._seen(table, key) if table is not None and key else None
            if sender is not None:
                self.initial["noun"], self.initial["name"] = name, getattr(sender, "number", "") or str(sender)

    def _seen(self, table: Connectable, key: int) -> Any:
        rows: Any = table.model._default_manager
        return rows.visible_to(self.actor).filter(pk=key).first()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        table = connectable(values.get("noun", ""))
        typed = storable(values.get("name", "")).strip()
        if table is None or not typed:
            return values
        found = list(table.find(typed, self.actor)[: _NAMED + 1])
        exact = [record for record in found if str(record).casefold() == typed.casefold()]
        chosen = exact if len(exact) == 1 else found
        if len(chosen) == 1:
            values["result"] = chosen[0]
        elif not found:
            self.add_error("name", _("There is no “%(text)s” that you may see.") % {"text": typed[:100]})
        else:
            names = ", ".join(str(record) for record in found[:_NAMED])
            sentence = _("“%(text)s” fits several: %(names)s. Type more of the name, or the number.")
            self.add_error("name", sentence % {"text": typed[:100], "names": names})
        return values
