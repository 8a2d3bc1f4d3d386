"""Giving a record to somebody else: one act for every table with an owner."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.access import READ
from crm.core.actions import Action
from crm.core.addresses import screen_name, screen_url
from crm.core.forms import TransitionForm
from crm.users.models import OwnedModel, Team, User
from crm.users.services.ownership import assign_record


class AssignForm(TransitionForm):
    """A person or a team, exactly one of them."""

    owner = forms.ModelChoiceField(User.objects.filter(is_active=True), label=_("Person"), required=False)
    owner_team = forms.ModelChoiceField(Team.objects.filter(kind=Team.Kind.OWNER), label=_("Or a team"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("owner")) == bool(values.get("owner_team")) and not self.errors:
            self.add_error("owner", _("Choose a person or a team."))
        return values


def assign_action(model: type[OwnedModel], *, position: int = 90) -> Action:
    """The act `assign` of this table, at the address of its screen of that name."""

    def perform(record_id: int, values: Mapping[str, Any], actor: Any) -> str:
        owner = values["owner"] or values["owner_team"]
        assign_record(model=model, record_id=record_id, owner=owner, actor=actor, at=timezone.now())
        rows: Any = model._default_manager
        # Whoever gives a record away may not see it any more.
        seen = rows.for_action(actor, READ).filter(pk=record_id).exists()
        return screen_url(model, "detail", record_id) if seen else screen_url(model, "list")

    return Action(
        name="assign",
        label=_("Assign"),
        model=model,
        right="assign",
        perform=perform,
        url_name=screen_name(model, "assign"),
        form=AssignForm,
        done=_("Assigned"),
        position=position,
    )
