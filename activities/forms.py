"""Forms of activities: one for all kinds, which shows what the kind needs."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.files import FilesField
from activities.kinds import PLANNED, Kind, beginning_choices
from activities.models import Activity, Participant
from activities.regarding import Ref, find_regarding
from activities.services.activities import FollowUp
from activities.services.parties import Party
from activities.services.values import COLUMNS
from crm.core.custom.definitions import FORM_PREFIX
from crm.core.custom.writing import VALUES
from crm.core.errors import NotFound
from crm.core.forms import TransitionForm
from crm.core.record_names import NamingForm, visible_names
from crm.customers.links import linked
from crm.customers.models import Contact
from crm.customers.record_names import ContactField

_FIELDS: dict[str, tuple[str, ...]] = {
    Kind.TASK: ("subject", "due_at", "priority", "status_reason", "description", "done"),
    Kind.PHONE_CALL: ("subject", "direction", "with_contact", "phone_number", "due_at", "description", "done"),
    Kind.APPOINTMENT: (
        "subject",
        "starts_at",
        "ends_at",
        "location",
        "status_reason",
        "with_contact",
        "description",
        "done",
    ),
    Kind.EMAIL: ("subject", "direction", "with_contact", "due_at", "description", "done"),
    Kind.NOTE: ("subject", "description", "attachments"),
}
_ROLES = {Kind.APPOINTMENT: Participant.Role.REQUIRED}
_ONLY_NEW = ("kind", "regarding", "done")


class ActivityForm(NamingForm[Activity]):
    """Which fields there are depends on the kind: of the record, else as sent, else as the address asks."""

    kind = forms.ChoiceField(choices=[(kind, kind.label) for kind in PLANNED], widget=forms.HiddenInput)
    regarding = forms.CharField(required=False, widget=forms.HiddenInput)
    status_reason = forms.ChoiceField(label=_("Status"), required=False)
    with_contact = ContactField(label=_("With"), required=False)
    attachments = FilesField(label=_("Files"), required=False, help_text=_("At most 25 MB each."))
    done = forms.BooleanField(
        label=_("It has happened already"), required=False, help_text=_("Records it as completed.")
    )

    alone = frozenset({"priority"})

    class Meta:
        model = Activity
        fields = (
            "subject",
            "direction",
            "phone_number",
            "due_at",
            "starts_at",
            "ends_at",
            "location",
            "priority",
            "description",
        )

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        self.kind_value = self._kind()
        self._keep(_FIELDS[self.kind_value])
        if "status_reason" in self.fields:
            reason: Any = self.fields["status_reason"]
            reason.choices = beginning_choices(self.kind_value)
            reason.initial = self.instance.status_reason if self.instance.pk else None
        if self.kind_value == Kind.NOTE:
            self.fields["subject"].required = False
        if "starts_at" in self.fields:
            self.fields["starts_at"].required = True
        if self.instance.pk and "with_contact" in self.fields:
            self.initial["with_contact"] = _first_contact(self.instance)

    @classmethod
    def takes(cls, record: Any, name: str) -> bool:
        kind = str(record.kind)
        if name.startswith(FORM_PREFIX):
            return kind != Kind.NOTE
        return name in _FIELDS.get(kind, (name,))

    def _kind(self) -> str:
        asked = self.instance.kind or self.data.get("kind") or self.initial.get("kind") or ""
        return str(asked) if asked in _FIELDS else Kind.TASK.value

    def _keep(self, names: tuple[str, ...]) -> None:
        added = () if self.kind_value == Kind.NOTE else self.custom_names
        kept = [*names, *added, *(("kind", "regarding") if not self.instance.pk else ())]
        for name in list(self.fields):
            if name not in kept or (self.instance.pk and name in _ONLY_NEW):
                del self.fields[name]
        self.order_fields(kept)

    def clean_regarding(self) -> str:
        """Hidden and missing records are refused alike."""
        text: str = self.cleaned_data["regarding"]
        if text:
            try:
                find_regarding(Ref.parse(text), self.actor)
            except NotFound as unknown:
                raise forms.ValidationError(unknown.sentence) from unknown
        return text

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind_value).label)

    @property
    def about(self) -> str:
        """The record that a new activity will concern, by name; empty where there is none that one may see."""
        text = "" if self.instance.pk else str(self["regarding"].value() or "")
        try:
            ref = Ref.parse(text)
        except NotFound:
            return ""
        link = visible_names(self.actor, [(ref.model, ref.pk)])[ref.model, ref.pk]
        return "" if link.hidden else linked(link)

    @property
    def columns(self) -> dict[str, Any]:
        """What a service takes as values."""
        wanted = (*COLUMNS, "status_reason", *((VALUES,) if self.kind_value != Kind.NOTE else ()))
        return {name: value for name, value in self.values.items() if name in wanted}

    @property
    def parties(self) -> list[Party]:
        contact = self.cleaned_data.get("with_contact")
        if contact is None:
            return []
        return [Party(self._role(), record=Ref.to(contact))]

    def _role(self) -> str:
        incoming = self.cleaned_data.get("direction") == Activity.Direction.INCOMING
        return str(_ROLES.get(Kind(self.kind_value), Participant.Role.FROM if incoming else Participant.Role.TO))


def _first_contact(activity: Activity) -> Contact | None:
    parties = (row.party for row in activity.participants.select_related("party_type").order_by("pk"))
    return next((party for party in parties if isinstance(party, Contact)), None)


class CompleteForm(TransitionForm):
    """Completing is one click; the next step may be planned with it."""

    follow_up = forms.CharField(label=_("Next step"), required=False, max_length=300)
    follow_up_kind = forms.ChoiceField(
        label=_("What it is"),
        required=False,
        choices=[(kind.value, kind.label) for kind in PLANNED if kind != Kind.NOTE],
    )
    follow_up_at = forms.DateTimeField(label=_("When"), required=False)
    go_on = forms.ChoiceField(required=False, choices=[("", ""), ("today", ""), ("list", "")], widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        needs_time = values.get("follow_up") and values.get("follow_up_kind") == Kind.APPOINTMENT
        if needs_time and not values.get("follow_up_at") and "follow_up_at" not in self.errors:
            self.add_error("follow_up_at", _("Say when it starts."))
        return values


def follow_up_of(values: Any) -> FollowUp | None:
    subject: str = values.get("follow_up") or ""
    when: dt.datetime | None = values.get("follow_up_at")
    return FollowUp(values.get("follow_up_kind") or Kind.TASK.value, subject, when) if subject else None
