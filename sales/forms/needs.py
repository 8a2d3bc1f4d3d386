"""What a known customer wants now."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import may_create
from crm.core.forms import TransitionForm
from leads.models import Lead


class NeedForm(TransitionForm):
    """Makes a lead of a customer who is there already."""

    topic = forms.CharField(label=gettext_lazy("What is needed"), max_length=300)
    estimated_value = forms.DecimalField(
        label=gettext_lazy("Estimated value"), max_digits=19, decimal_places=4, min_value=0, required=False
    )
    estimated_close_on = forms.DateField(label=gettext_lazy("Estimated close"), required=False)
    description = forms.CharField(label=gettext_lazy("Description"), widget=forms.Textarea, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not may_create(self.actor, Lead):
            raise forms.ValidationError(_("You lack the right to make a lead."))
        return cleaned
