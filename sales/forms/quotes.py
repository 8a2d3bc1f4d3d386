"""Forms of quotes and of their moves."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.forms import TransitionForm
from crm.core.widgets import plain_decimal
from sales.forms.documents import ALL_FIELDS, DocumentForm, named_when_shown, note_field, sections, today
from sales.models import Quote
from sales.services.closing import open_quotes_of
from sales.states import QUOTE_MACHINE, OpportunityState, QuoteState

_DAYS = ("effective_from", "effective_to", "expires_on")


class QuoteForm(DocumentForm[Quote]):
    sections = sections(gettext_lazy("Quote"), days=_DAYS)

    class Meta:
        model = Quote
        fields = (*ALL_FIELDS, *_DAYS)


class CloseQuoteForm(TransitionForm):
    status_reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    closed_on = forms.DateField(label=gettext_lazy("Closed on"), required=False)
    description = note_field()
    close_opportunity = forms.BooleanField(label=gettext_lazy("Close its opportunity as lost too"), required=False)

    def __init__(self, *args: Any, actor: Any, record: Quote, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        reasons: Any = self.fields["status_reason"]
        offered = ("canceled",) if record.state == QuoteState.DRAFT else ("lost", "canceled")
        reasons.choices = [(reason, QUOTE_MACHINE.label(reason)) for reason in offered]
        self.initial.setdefault("closed_on", today())
        if not _has_open_opportunity(record):
            del self.fields["close_opportunity"]


class CreateOrderForm(TransitionForm):
    """Only what matters: a quote without an opportunity asks neither for its revenue nor for its siblings."""

    won_on = forms.DateField(label=gettext_lazy("Won on"), required=False)
    close_opportunity = forms.BooleanField(
        label=gettext_lazy("Close its opportunity as won"), required=False, initial=True
    )
    actual_revenue = forms.DecimalField(
        label=gettext_lazy("Actual revenue"), max_digits=19, decimal_places=4, min_value=0, required=False
    )
    close_siblings = forms.BooleanField(
        label=gettext_lazy("Cancel the other open quotes of the opportunity"), required=False, initial=True
    )
    description = note_field()

    def __init__(self, *args: Any, actor: Any, record: Quote, **options: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **options)
        self.initial.setdefault("won_on", today())
        self.initial.setdefault("actual_revenue", plain_decimal(record.total_amount))
        siblings = _open_siblings(record)
        if not _has_open_opportunity(record):
            del self.fields["close_opportunity"]
            del self.fields["actual_revenue"]
        if siblings:
            self.fields["close_siblings"].help_text = named_when_shown(siblings, actor)
        else:
            del self.fields["close_siblings"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        leaves_siblings = "close_siblings" in self.fields and not cleaned.get("close_siblings")
        if leaves_siblings and cleaned.get("close_opportunity"):
            self.add_error(
                "close_siblings",
                _("Quotes never stay open behind a closed opportunity. Cancel them, or leave it open."),
            )
        return cleaned


def _has_open_opportunity(quote: Quote) -> bool:
    return bool(quote.opportunity and quote.opportunity.state == OpportunityState.OPEN)


def _open_siblings(quote: Quote) -> list[Quote]:
    if quote.opportunity is None:
        return []
    return [other for other in open_quotes_of(quote.opportunity) if other.pk != quote.pk]
