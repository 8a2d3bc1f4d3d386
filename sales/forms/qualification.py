"""The form of a qualification: a part each for account, contact and opportunities.

It exists in three ways: proposed (nothing sent yet), redrawn (sent only to be shown again) and sent.
"""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import may_create
from crm.core.errors import Invalid
from crm.core.record_names import NamingForm
from crm.customers.models import Account, Address, Contact
from leads.models import Lead
from sales.models import Opportunity
from sales.services import field_map
from sales.services.qualification_choices import SKIP, Create, CustomerChoice, Join, OpportunityChoice, Use
from sales.services.qualification_preview import CREATE, JOIN, USE, QualificationPreview
from sales.services.qualification_preview import SKIP as LEAVE_OUT

MOST_ROWS = 20

type Data = Mapping[str, Any]


class ChoiceForm(forms.Form):
    """What to do in one part, and with which record."""

    choice = forms.ChoiceField(
        label=gettext_lazy("What to do"), error_messages={"required": gettext_lazy("Choose what to do here.")}
    )
    record = forms.IntegerField(label=gettext_lazy("Existing record"), required=False, min_value=1)

    def __init__(self, *args: Any, existing: str, may_create: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.existing, self.may_create = existing, may_create
        words = {CREATE: _("Create"), USE: _("Use existing"), JOIN: _("Join existing"), LEAVE_OUT: _("Skip")}
        field: Any = self.fields["choice"]
        field.choices = [(key, words[key]) for key in (CREATE, existing, LEAVE_OUT)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("choice") == self.existing and "record" in cleaned and cleaned["record"] is None:
            self.add_error("record", _("Choose which one, or search for it."))
        if cleaned.get("choice") == CREATE and not self.may_create:
            self.add_error("choice", _("You lack the right to create this. Use an existing one or skip it."))
        return cleaned


class PlaceForm[M: Account | Contact](NamingForm[M]):
    """The columns of a new customer that a seller looks at, with the address in parts."""

    has_custom_fields = False

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        for name in field_map.ADDRESS_PARTS:
            field: Any = Address._meta.get_field(name).formfield()  # type: ignore[union-attr]  # columns, no relations
            self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        somewhere = any(cleaned.get(name) for name in ("street", "city", "postal_code", "country"))
        if cleaned.get("state_or_province") and not somewhere:
            self.add_error("city", _("Enter at least a street, a city, a postal code or a country."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        place = {name: values.pop(name, "") for name in field_map.ADDRESS_PARTS}
        return {**values, field_map.ADDRESS: place if any(place.values()) else None}


class NewAccountForm(PlaceForm[Account]):
    class Meta:
        model = Account
        fields = ("name", "website", "phone", "industry", "employees", "annual_revenue")


class NewContactForm(PlaceForm[Contact]):
    class Meta:
        model = Contact
        fields = (
            "salutation",
            "first_name",
            "middle_name",
            "last_name",
            "job_title",
            "email",
            "phone",
            "mobile",
        )


class OpportunityRowForm(NamingForm[Opportunity]):
    has_custom_fields = False
    remove = forms.BooleanField(label=gettext_lazy("Leave out"), required=False)

    class Meta:
        model = Opportunity
        fields = ("topic", "estimated_revenue", "estimated_close_on", "price_list")

    def __init__(self, *args: Any, actor: Any, lead: Lead, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        lists: Any = self.fields["price_list"]
        wanted = Q(state="active", currency=lead.currency_id) if lead.currency_id else Q(state="active")
        lists.queryset = lists.queryset.filter(wanted)
        lists.empty_label = _("Usual list")

    @property
    def values(self) -> dict[str, Any]:
        values = {name: value for name, value in self.cleaned_data.items() if name != "remove"}
        if values["price_list"] is None:
            del values["price_list"]
        else:
            values["currency"] = values["price_list"].currency
        return values


def _typed(data: Data, prefix: str, names: Any) -> dict[str, Any]:
    """What was typed, as initial values: shown again without being judged."""
    return {name: data.get(f"{prefix}-{name}", "") for name in names}


class Part:
    """What all parts have: the choice, and whether what was sent is judged or only shown again."""

    def __init__(
        self, kind: str, model: Any, existing: str, actor: Any, *, data: Data | None, judged: bool, default: Data
    ) -> None:
        self.kind, self.actor, self.data = kind, actor, data
        options: dict[str, Any] = {"prefix": kind, "existing": existing, "may_create": may_create(actor, model)}
        if data is not None and judged:
            self.choice = ChoiceForm(data, **options)
        else:
            initial = default if data is None else _typed(data, kind, ("choice", "record"))
            self.choice = ChoiceForm(initial=initial, **options)
        self.judges_new = judged and self.chosen == CREATE

    @property
    def chosen(self) -> str:
        return str(self.choice["choice"].value() or "")

    @property
    def record_id(self) -> int | None:
        value = str(self.choice["record"].value() or "")
        return int(value) if value.isdecimal() and len(value) <= 18 else None


class CustomerPart(Part):
    """Account or contact."""

    def __init__(self, kind: str, lead: Lead, actor: Any, *, data: Data | None, judged: bool, default: Data) -> None:
        model: Any = Account if kind == "account" else Contact
        super().__init__(kind, model, USE, actor, data=data, judged=judged, default=default)
        self.lead = lead
        self.offered = field_map.offered_to(kind, lead, actor)
        self.values = self._values_form(NewAccountForm if kind == "account" else NewContactForm)

    def _values_form(self, form_class: Any) -> Any:
        if self.judges_new:
            return form_class(self.data, actor=self.actor, prefix=self.kind)
        if self.data is None:
            values = (field_map.account_values if self.kind == "account" else field_map.contact_values)(
                self.lead, self.actor
            )
            initial = {**values, **values.get(field_map.ADDRESS, {})}
        else:
            initial = _typed(self.data, self.kind, (*form_class.Meta.fields, *field_map.ADDRESS_PARTS))
        return form_class(initial=initial, actor=self.actor, prefix=self.kind)

    @property
    def rules(self) -> dict[str, str]:
        """By field what happens to it on an existing record; what is not known means the usual."""
        data = self.data or {}
        typed = {name: data.get(f"{self.kind}-rule-{name}", "") for name in self.offered}
        return {name: rule for name, rule in typed.items() if rule in set(field_map.FillRule)}

    def is_valid(self) -> bool:
        return self.choice.is_valid() and (self.chosen != CREATE or self.values.is_valid())

    def decision(self) -> CustomerChoice:
        if self.chosen == CREATE:
            return Create(self.values.values)
        return Use(self.choice.cleaned_data["record"], self.rules) if self.chosen == USE else SKIP


class OpportunityPart(Part):
    """New opportunities, row by row, or one to join."""

    def __init__(self, lead: Lead, actor: Any, *, data: Data | None, judged: bool, default: Data) -> None:
        super().__init__("opportunity", Opportunity, JOIN, actor, data=data, judged=judged, default=default)
        self.lead = lead
        first = field_map.opportunity_values(lead, actor)
        if data is None:
            self.rows = self._numbered([first])
        elif judged:
            self.rows = [self._row(number, data) for number in range(_row_count(data))]
        else:
            self.rows = self._numbered(self._typed_rows(data, first))

    def _row(self, number: int, data: Data) -> OpportunityRowForm:
        if self.judges_new:
            return OpportunityRowForm(data, actor=self.actor, lead=self.lead, prefix=f"opportunity-{number}")
        initial = _typed(data, f"opportunity-{number}", OpportunityRowForm.Meta.fields)
        return OpportunityRowForm(initial=initial, actor=self.actor, lead=self.lead, prefix=f"opportunity-{number}")

    def _typed_rows(self, data: Data, first: Data) -> list[dict[str, Any]]:
        """Without the rows that are to be left out, and with one more where it is asked for."""
        names = OpportunityRowForm.Meta.fields
        kept = [number for number in range(_row_count(data)) if not data.get(f"opportunity-{number}-remove")]
        rows = [_typed(data, f"opportunity-{number}", names) for number in kept]
        if data.get("redraw") == "add-opportunity" and len(rows) < MOST_ROWS:
            rows.append({"topic": first["topic"]})
        return rows

    def _numbered(self, initials: list[Any]) -> list[OpportunityRowForm]:
        return [
            OpportunityRowForm(initial=initial, actor=self.actor, lead=self.lead, prefix=f"opportunity-{number}")
            for number, initial in enumerate(initials)
        ]

    def is_valid(self) -> bool:
        rows = self.kept_rows() if self.chosen == CREATE else []
        return self.choice.is_valid() and all(row.is_valid() for row in rows)

    def kept_rows(self) -> list[OpportunityRowForm]:
        return [row for row in self.rows if not row["remove"].value()]

    def decisions(self) -> list[OpportunityChoice]:
        if self.chosen == JOIN:
            return [Join(self.choice.cleaned_data["record"])]
        return [Create(row.values) for row in self.kept_rows()] if self.chosen == CREATE else []


def _row_count(data: Data) -> int:
    typed = str(data.get("opportunity-rows", ""))
    return min(int(typed), MOST_ROWS) if typed.isdecimal() and len(typed) < 4 else 1


class QualifyForm:
    """All parts of one qualification."""

    def __init__(
        self,
        lead: Lead,
        actor: Any,
        *,
        data: Data | None = None,
        judged: bool = False,
        defaults: Mapping[str, Data] | None = None,
    ) -> None:
        given = defaults or {}
        self.lead = lead
        self.account = CustomerPart("account", lead, actor, data=data, judged=judged, default=given.get("account", {}))
        self.contact = CustomerPart("contact", lead, actor, data=data, judged=judged, default=given.get("contact", {}))
        self.opportunity = OpportunityPart(lead, actor, data=data, judged=judged, default=given.get("opportunity", {}))
        self.problems: list[str] = []

    @classmethod
    def proposed(cls, preview: QualificationPreview, actor: Any) -> Self:
        defaults = {
            section.kind: {"choice": section.default, "record": section.chosen_id}
            for section in (preview.account, preview.contact)
        }
        return cls(preview.lead, actor, defaults={**defaults, "opportunity": {"choice": preview.opportunity.default}})

    @classmethod
    def redrawn(cls, lead: Lead, actor: Any, data: Data) -> Self:
        return cls(lead, actor, data=data)

    @classmethod
    def sent(cls, lead: Lead, actor: Any, data: Data) -> Self:
        return cls(lead, actor, data=data, judged=True)

    def is_valid(self) -> bool:
        return all(part.is_valid() for part in (self.account, self.contact, self.opportunity))

    def take(self, refusal: Invalid) -> None:
        """Put a service's sentence at its field, or above the parts where no field is at fault."""
        part, _dash, field = refusal.field.partition("-")
        if part in {"account", "contact"} and self._placed(self._part(part), field, refusal):
            return
        if part == "opportunity":
            if field == "record" and self.opportunity.choice.is_bound:
                self.opportunity.choice.add_error("record", refusal.sentence)
                return
            number, _dash, name = field.partition("-")
            rows = self.opportunity.kept_rows()
            if number.isdecimal() and int(number) < len(rows) and name in rows[int(number)].fields:
                rows[int(number)].add_error(name, refusal.sentence)
                return
        self.problems += [refusal.sentence, *refusal.details]

    def _part(self, name: str) -> CustomerPart:
        return self.account if name == "account" else self.contact

    def _placed(self, part: CustomerPart, field: str, refusal: Invalid) -> bool:
        for form in (part.choice, part.values):
            if form.is_bound and field in form.fields:
                form.add_error(field, refusal.sentence)
                return True
        return False
