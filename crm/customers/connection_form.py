"""The form of a connection, as it reads from the record on whose page it is opened."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.folding import storable
from crm.core.record_names import NamingForm, RecordNameInput
from crm.customers.connecting import MOST_OFFERED, Side, connectable, connectables
from crm.customers.models import Connection, ConnectionRole
from crm.users.actions import noun_of

_NAMED = 5


class ConnectionForm(NamingForm[Connection]):
    """`side` is the connection that is changed: its two records stay, and only the rest is asked."""

    noun = forms.ChoiceField(label=gettext_lazy("Connect with"), choices=())
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=400,
        widget=RecordNameInput,
        help_text=gettext_lazy("The beginning of the name, or the number."),
    )
    role = forms.ModelChoiceField(
        ConnectionRole.objects.none(),
        required=False,
        label=gettext_lazy("Role of the other"),
        help_text=gettext_lazy("What the other is to this record."),
    )
    own_role = forms.ModelChoiceField(
        ConnectionRole.objects.none(),
        required=False,
        label=gettext_lazy("Role of this record"),
        help_text=gettext_lazy("Found by itself where the role of the other has an opposite."),
    )

    class Meta:
        model = Connection
        fields = ("starts_on", "ends_on", "description")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    field_order = ("noun", "name", "role", "own_role", "starts_on", "ends_on", "description")

    def __init__(self, *args: Any, record: Any, side: Side | None = None, **options: Any) -> None:
        if side is not None:
            options["instance"] = side.connection
        super().__init__(*args, **options)
        self.record, self.side = record, side
        #: The record that was typed, once the form is valid.
        self.other: Any = None
        self._offer_roles()
        if side is None:
            noun: Any = self.fields["noun"]
            noun.choices = [(table.noun, table.label) for table in connectables()]
            self._suggest()
        else:
            del self.fields["noun"], self.fields["name"]

    def _suggest(self) -> None:
        """While one types; without scripts the name is typed whole, or enough of it."""
        url = reverse("customers:connection_candidates", args=[noun_of(type(self.record)), self.record.pk])
        self.fields["name"].widget.attrs |= {
            "hx-get": url,
            "hx-trigger": "input changed delay:200ms",
            "hx-include": "#id_noun",
            "hx-target": "#id_name_suggestions",
            "hx-swap": "innerHTML",
        }

    def _offer_roles(self) -> None:
        kept = {role.pk for role in (self.side.role, self.side.own_role) if role} if self.side else set()
        roles = list(ConnectionRole.objects.order_by("name"))
        offered = [role for role in roles if role.is_active or role.pk in kept]
        models = [self.side.model] if self.side else [table.model for table in connectables()]
        others = [role for role in offered if any(role.suits(model) for model in models)]
        own = [role for role in offered if role.suits(type(self.record))]
        for name, suited, stored in (("role", others, "role"), ("own_role", own, "own_role")):
            field: Any = self.fields[name]
            field.queryset = ConnectionRole.objects.filter(pk__in=[role.pk for role in suited])
            field.choices = _grouped(suited)
            if self.side is not None:
                self.initial[name] = getattr(getattr(self.side, stored), "pk", None)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.side is None and "noun" in values and "name" in values:
            try:
                self.other = _found(values["noun"], values["name"], self.actor)
            except ValidationError as error:
                self.add_error("name", error)
        return values

    @property
    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _grouped(roles: list[ConnectionRole]) -> list[Any]:
    """Under the headings of their categories."""
    groups = [
        (category.label, [(role.pk, role.name) for role in roles if role.category == category])
        for category in ConnectionRole.Category
    ]
    return [("", "–"), *((label, listed) for label, listed in groups if listed)]


def _found(noun: str, text: str, actor: Any) -> Any:
    """The one record that the typed name means."""
    table = connectable(noun)
    typed = storable(text).strip()
    rows = table.find(typed, actor) if table is not None and typed else ()
    found = list(rows[: _NAMED + 1]) if rows else []
    exact = [record for record in found if str(record).casefold() == typed.casefold()]
    chosen = exact if len(exact) == 1 else found
    if len(chosen) == 1:
        return chosen[0]
    if not found:
        raise ValidationError(_("There is no “%(text)s” that you may see."), "unknown", params={"text": typed[:100]})
    names = ", ".join(str(record) for record in found[:_NAMED])
    sentence = _("“%(text)s” fits several: %(names)s. Type more of the name, or the number.")
    raise ValidationError(sentence, "several", params={"text": typed[:100], "names": names})


def candidates(noun: str, text: str, actor: Any) -> list[str]:
    """Names for the suggestions under the box."""
    table, typed = connectable(noun), storable(text[:100]).strip()
    if table is None or not typed:
        return []
    return list(dict.fromkeys(str(record) for record in table.find(typed, actor)[:MOST_OFFERED]))
