"""A lead form as its visitors fill it in: fields of the form's record, checked as a post is read."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from crm.core.custom.definitions import Definition
from crm.core.custom.values import from_text
from crm.core.fields import Kind
from leads.capture.columns import MAX_LENGTHS, Unfit, column_value
from leads.capture.started import CONSENT
from leads.capture.targets import added_fields
from leads.models import CaptureForm, FormField

_AUTOCOMPLETE = {
    "salutation": "honorific-prefix",
    "first_name": "given-name",
    "middle_name": "additional-name",
    "last_name": "family-name",
    "email": "email",
    "phone": "tel",
    "mobile": "tel",
    "company": "organization",
    "job_title": "organization-title",
    "website": "url",
    "street": "street-address",
    "city": "address-level2",
    "state_or_province": "address-level1",
    "postal_code": "postal-code",
    "country": "country-name",
}
_KEYBOARDS = {"phone": "tel", "mobile": "tel", "fax": "tel", "employees": "numeric", "annual_revenue": "decimal"}
_TICKED = frozenset({"do_not_email", "do_not_bulk_email", "do_not_phone", "do_not_fax"})
_LONG = frozenset({"description", "street"})


class HostedForm(forms.Form):
    """`HostedForm(form, data)`. Errors are Django's own sentences, so that they come in the language of the page."""

    def __init__(self, form: CaptureForm, data: Any = None) -> None:
        super().__init__(data)
        added = added_fields()
        for asked in form.fields.all():
            made = _field(asked, added.get(asked.column))
            if made is not None:
                self.fields[asked.column] = made
        if form.consent_text:
            self.fields[CONSENT] = forms.BooleanField(label=form.consent_text)
        for field in self.fields.values():
            if field.required:
                field.widget.attrs["aria-required"] = "true"


def _field(asked: FormField, definition: Definition | None) -> forms.Field | None:
    """None for an added field that is not there any more."""
    options: dict[str, Any] = {"label": asked.label, "help_text": asked.help, "required": asked.is_required}
    if definition is not None:
        return _added(definition, options)
    if asked.column not in MAX_LENGTHS and asked.column not in {*_TICKED, "employees", "annual_revenue"}:
        return None
    if asked.column in _TICKED:
        return forms.BooleanField(**options)
    attrs = {
        "autocomplete": _AUTOCOMPLETE.get(asked.column, "off"),
        **({"inputmode": _KEYBOARDS[asked.column]} if asked.column in _KEYBOARDS else {}),
    }
    length = MAX_LENGTHS.get(asked.column, 60)
    if asked.column in {"email", "email2"}:
        return forms.EmailField(max_length=length, widget=forms.EmailInput(attrs=attrs), **options)
    widget = forms.Textarea(attrs={**attrs, "rows": 4}) if asked.column in _LONG else forms.TextInput(attrs=attrs)
    return forms.CharField(max_length=length, widget=widget, validators=[_fits(asked.column)], **options)


def _fits(column: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        try:
            column_value(column, text)
        except Unfit as unfit:
            raise ValidationError(_("Enter a valid value.")) from unfit

    return check


def _added(definition: Definition, options: dict[str, Any]) -> forms.Field:
    if definition.kind is Kind.CHOICE:
        return forms.ChoiceField(choices=[("", "–"), *_offered(definition)], **options)
    if definition.kind is Kind.CHOICES:
        return forms.MultipleChoiceField(choices=_offered(definition), widget=forms.CheckboxSelectMultiple(), **options)
    if definition.kind is Kind.YES_NO:
        return forms.BooleanField(**options)
    attrs = {"type": "date"} if definition.kind is Kind.DATE else {"autocomplete": "off"}
    widget = forms.Textarea(attrs={"rows": 4}) if definition.kind is Kind.LONG_TEXT else forms.TextInput(attrs=attrs)
    return forms.CharField(widget=widget, validators=[_fits_added(definition)], **options)


def _offered(definition: Definition) -> list[tuple[str, str]]:
    return [(option.key, option.label) for option in definition.options if not option.is_retired]


def _fits_added(definition: Definition) -> Callable[[str], None]:
    def check(text: str) -> None:
        try:
            from_text(definition, text)
        except ValueError as unfit:
            raise ValidationError(_("Enter a valid value.")) from unfit

    return check


def sent_values(fields: Iterable[tuple[str, tuple[str, ...]]]) -> "MultiValueDict[str, str]":
    """What was posted as a form of Django takes it; the reading has bounded and cleaned it."""
    return MultiValueDict({key: list(values) for key, values in fields})
