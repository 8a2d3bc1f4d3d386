"""What can be done with many records at once beside the usual acts: qualifying leads."""

from typing import Any

from django import forms
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.data.acts.moves import MoveAct
from leads.models import Lead
from sales.actions.qualification import QUALIFY
from sales.services.qualification_many import qualify_as_usual, why_held_back
from sales.services.qualification_preview import preview


class QualifyManyForm(forms.Form):
    with_opportunity = forms.BooleanField(
        label=gettext_lazy("Make an opportunity of each"), required=False, initial=True
    )


class QualifyAct(MoveAct):
    """Each lead with the choices that its preview proposes, unless a person has to choose."""

    key, right, label = "qualify", QUALIFY.right, QUALIFY.label
    batch, looks_at = 25, 100

    def __init__(self, model: type[models.Model], actor: Any) -> None:
        super().__init__(model, actor, QUALIFY)
        self.key = "qualify"

    def form(self, data: Any = None) -> Any:
        return QualifyManyForm(data)

    def summary(self, form: Any) -> str:
        return _("Qualified") if form.cleaned_data["with_opportunity"] else _("Qualified without opportunities")

    def held_back(self, record: Lead) -> str:
        return " ".join(why_held_back(preview(record, self.actor), with_opportunity=True))

    def place(self, key: int) -> str:
        return reverse(QUALIFY.url_name, args=[key])

    def change(self, key: int, form: Any, at: Any) -> None:
        qualify_as_usual(lead_id=key, with_opportunity=form.cleaned_data["with_opportunity"], actor=self.actor, at=at)
