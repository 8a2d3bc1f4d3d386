"""Forms of opportunities and of their moves."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Competitor
from crm.core.forms import TransitionForm
from crm.core.models import Organisation
from crm.core.reasons import reasons_for
from crm.core.record_names import NamingForm
from crm.core.widgets import plain_decimal
from crm.customers.record_names import AccountField, ContactField
from leads.record_names import CampaignField
from sales.forms.documents import named_when_shown
from sales.models import Opportunity, RevenueMode
from sales.services.closing import open_quotes_of
from sales.states import OPPORTUNITY_MACHINE

_NEED = ("need", "customer_need", "current_situation", "pain_points", "proposed_solution")
_BUDGET = ("budget_amount", "budget_status", "purchase_timeframe", "purchase_process", "decision_maker")


class OpportunityForm(NamingForm[Opportunity]):
    """The service decides about what depends on other records: currency while there are lines, revenue of lines."""

    customer_account = AccountField(label=gettext_lazy("Account"), required=False)
    customer_contact = ContactField(
        label=gettext_lazy("Customer without a company"),
        required=False,
        help_text=gettext_lazy("Only if the customer is a person."),
    )
    contact = ContactField(label=gettext_lazy("Contact"), required=False)
    campaign = CampaignField(label=gettext_lazy("Source campaign"), required=False)

    sections = (
        (gettext_lazy("Opportunity"), ("topic", "customer_account", "customer_contact", "contact", "description")),
        (gettext_lazy("Forecast"), ("estimated_close_on", "probability", "rating", "forecast_category")),
        (
            gettext_lazy("Revenue"),
            ("revenue_mode", "estimated_revenue", "currency", "price_list", "discount_percent", "discount_amount"),
        ),
        (gettext_lazy("Budget"), _BUDGET),
        (gettext_lazy("Need"), _NEED),
        (gettext_lazy("Where it came from"), ("source", "campaign")),
    )

    alone = frozenset(
        {
            "description",
            "estimated_close_on",
            "probability",
            "rating",
            "forecast_category",
            "budget_amount",
            "budget_status",
            "purchase_timeframe",
            "purchase_process",
            "decision_maker",
            "need",
            "customer_need",
            "current_situation",
            "pain_points",
            "proposed_solution",
            "source",
            "campaign",
        }
    )

    class Meta:
        model = Opportunity
        fields = (
            "topic",
            "customer_account",
            "customer_contact",
            "contact",
            "description",
            "estimated_close_on",
            "probability",
            "rating",
            "forecast_category",
            "revenue_mode",
            "estimated_revenue",
            "currency",
            "price_list",
            "discount_percent",
            "discount_amount",
            "freight_amount",
            "freight_tax_rate",
            *_BUDGET,
            *_NEED,
            "source",
            "campaign",
        )

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        for name, condition in (("currency", Q(is_active=True)), ("price_list", Q(state="active"))):
            field: Any = self.fields[name]
            field.queryset = field.queryset.filter(condition | Q(pk=getattr(self.instance, f"{name}_id")))
        # Customer, price list or organisation say it where nobody does.
        self.fields["currency"].required = bool(self.instance.pk)
        if self.instance.pk and self.instance.revenue_mode == RevenueMode.CALCULATED:
            self.fields["estimated_revenue"].help_text = _("Follows from the lines.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "customer_account" in cleaned and "customer_contact" in cleaned:
            account, person = cleaned["customer_account"], cleaned["customer_contact"]
            if bool(account) == bool(person):
                self.add_error("customer_account", _("Choose either an account or a person as the customer."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """A currency that nobody chose is left to the service."""
        return {name: value for name, value in super().values.items() if name != "currency" or value is not None}


class _ClosingForm(TransitionForm):
    """What winning and losing both ask."""

    actual_revenue = forms.DecimalField(
        label=gettext_lazy("Actual revenue"), max_digits=19, decimal_places=4, min_value=0, required=False
    )
    closed_on = forms.DateField(label=gettext_lazy("Closed on"))
    description = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea, required=False)
    close_quotes = forms.BooleanField(label=gettext_lazy("Close its open quotes"), required=False, initial=True)

    def __init__(self, *args: Any, actor: Any, record: Opportunity, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        self.initial.setdefault("actual_revenue", plain_decimal(record.estimated_revenue))
        self.initial.setdefault("closed_on", Organisation.load().today(timezone.now()))
        quotes = open_quotes_of(record)
        if quotes:
            self.fields["close_quotes"].help_text = named_when_shown(quotes, actor)
        else:
            del self.fields["close_quotes"]


class WinForm(_ClosingForm):
    """Actual revenue is by default the estimate."""


class LoseForm(_ClosingForm):
    status_reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    competitor: Any = forms.ModelChoiceField(
        label=gettext_lazy("Lost to"), queryset=Competitor.objects.all(), required=False
    )

    field_order = ("status_reason", "competitor", "actual_revenue", "closed_on", "description", "close_quotes")

    def __init__(self, *args: Any, actor: Any, record: Opportunity, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        reasons: Any = self.fields["status_reason"]
        reasons.choices = reasons_for(OPPORTUNITY_MACHINE, "lost")
