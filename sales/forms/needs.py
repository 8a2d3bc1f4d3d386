"""What a known customer wants now."""

from django import forms
from django.utils.translation import gettext_lazy

from crm.core.forms import TransitionForm


class NeedForm(TransitionForm):
    """Makes a lead of a customer who is there already."""

    topic = forms.CharField(label=gettext_lazy("What is needed"), max_length=300)
    estimated_value = forms.DecimalField(
        label=gettext_lazy("Estimated value"), max_digits=19, decimal_places=4, min_value=0, required=False
    )
    estimated_close_on = forms.DateField(label=gettext_lazy("Estimated close"), required=False)
    description = forms.CharField(label=gettext_lazy("Description"), widget=forms.Textarea, required=False)
