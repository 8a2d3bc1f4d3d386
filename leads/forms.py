"""Forms of leads and of the forms that bring them."""

from typing import Any

from django import forms
from django.db.models import Q
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext_lazy as _

from crm.core.forms import RecordForm, TransitionForm
from crm.core.reasons import reasons_for
from crm.core.record_names import NamingForm
from crm.customers.record_names import AccountField, ContactField
from crm.users.models import Team
from leads.capture.targets import asked_choices, mapped_choices
from leads.models import CaptureForm, FieldMapping, FormField, Lead
from leads.record_names import CampaignField
from leads.services.forms import FORM_FIELDS
from leads.source_choices import source_choices
from leads.states import LEAD_MACHINE
from leads.values import EDITABLE


class LeadForm(NamingForm[Lead]):
    source = forms.ChoiceField(label=_("Source"), required=False)
    campaign = CampaignField(label=_("Source campaign"), required=False)
    existing_account = AccountField(label=_("Existing account"), required=False)
    existing_contact = ContactField(label=_("Existing contact"), required=False)

    sections = (
        (_("Lead"), ("topic", "source", "rating", "campaign", "description")),
        (_("Person"), ("salutation", "first_name", "middle_name", "last_name", "job_title")),
        (_("Reach"), ("email", "email2", "phone", "mobile", "fax", "website")),
        (_("Company"), ("company", "industry", "employees", "annual_revenue", "currency")),
        (_("Address"), ("street", "city", "state_or_province", "postal_code", "country")),
        (_("Existing customer"), ("existing_account", "existing_contact")),
        (
            _("Interest"),
            (
                "estimated_value",
                "estimated_close_on",
                "budget_amount",
                "budget_status",
                "purchase_timeframe",
                "purchase_process",
                "need",
                "decision_maker",
            ),
        ),
        (
            _("Preferences"),
            (
                "preferred_contact_method",
                "do_not_email",
                "do_not_bulk_email",
                "do_not_phone",
                "do_not_post",
                "do_not_fax",
            ),
        ),
    )

    alone = frozenset(
        {
            "salutation",
            "job_title",
            "email2",
            "fax",
            "currency",
            "annual_revenue",
            "budget_amount",
            "estimated_value",
            "description",
            "source",
            "rating",
            "industry",
            "employees",
            "campaign",
            "street",
            "city",
            "state_or_province",
            "postal_code",
            "country",
            "estimated_close_on",
            "budget_status",
            "purchase_timeframe",
            "purchase_process",
            "need",
            "decision_maker",
            "preferred_contact_method",
            "do_not_email",
            "do_not_bulk_email",
            "do_not_phone",
            "do_not_post",
            "do_not_fax",
        }
    )

    class Meta:
        model = Lead
        fields = EDITABLE

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        source: Any = self.fields["source"]
        source.choices = source_choices(self.instance.source)
        currency: Any = self.fields["currency"]
        currency.queryset = currency.queryset.filter(Q(is_active=True) | Q(pk=self.instance.currency_id))


class DisqualifyForm(TransitionForm):
    status_reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, actor: Any, record: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        reason: Any = self.fields["status_reason"]
        reason.choices = [*BLANK_CHOICE_DASH, *reasons_for(LEAD_MACHINE, "disqualified")]


class HostsField(forms.CharField):
    """Hosts, one on each line; the service brings them to the spelling in which they are compared."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").replace(",", " ").split()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))


class CaptureFormForm(NamingForm[CaptureForm]):
    source = forms.ChoiceField(label=_("Source"), required=False)
    campaign = CampaignField(label=_("Source campaign"), required=False)
    allowed_hosts = HostsField(
        label=_("Allowed hosts"),
        required=False,
        help_text=_("One on each line. Visitors return only to them, and only their pages may frame the hosted form."),
    )

    sections = (
        (_("Form"), ("name", "is_active")),
        (_("Leads of this form"), ("owner", "owner_team", "by_rules", "source", "campaign", "again")),
        (_("Hosted page"), ("heading", "button", "introduction", "language", "consent_text")),
        (_("Afterwards"), ("thanks", "redirect_url", "allowed_hosts")),
        (_("Spam"), ("sensitivity", "needs_captcha")),
    )

    class Meta:
        model = CaptureForm
        fields = FORM_FIELDS

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        source: Any = self.fields["source"]
        source.choices = source_choices(self.instance.source)
        owner: Any = self.fields["owner"]
        owner.queryset = owner.queryset.filter(Q(is_active=True) | Q(pk=self.instance.owner_id))
        team: Any = self.fields["owner_team"]
        team.queryset = team.queryset.filter(Q(kind=Team.Kind.OWNER) | Q(pk=self.instance.owner_team_id))


class FormFieldForm(RecordForm[FormField]):
    column = forms.ChoiceField(label=_("Field"))
    label = forms.CharField(
        label=_("Label"), max_length=200, required=False, help_text=_("Empty: what the field is called here.")
    )
    position = forms.IntegerField(
        label=_("Position"), min_value=0, max_value=32_000, required=False, help_text=_("Empty: the last one.")
    )

    class Meta:
        model = FormField
        fields = ("column", "label", "help", "is_required", "position")

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        column: Any = self.fields["column"]
        column.choices = with_current(asked_choices(), self.instance.column)


class FieldMappingForm(RecordForm[FieldMapping]):
    column = forms.ChoiceField(label=_("Field"))

    class Meta:
        model = FieldMapping
        fields = ("sent_as", "column")

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        column: Any = self.fields["column"]
        column.choices = with_current(mapped_choices(), self.instance.column)


def with_current(choices: list[tuple[str, str]], current: str) -> list[tuple[str, str]]:
    """What was chosen once can be kept, though nobody could choose it anew."""
    known = not current or current in dict(choices)
    return [*BLANK_CHOICE_DASH, *choices, *([] if known else [(current, current)])]
