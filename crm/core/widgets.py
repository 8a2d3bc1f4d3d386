"""Fields as the browser shows them best, the same in every form."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_CENTS = Decimal("0.01")


def use_own_widgets(form: forms.BaseForm) -> None:
    """Dates get the browser's own picker, which sends ISO dates in every language; amounts lose idle zeros.

    Where nothing is chosen, a dash stands in the choice, or the word to choose where one must.
    """
    for name, field in form.fields.items():
        name_the_blank(field)
        if isinstance(field, forms.DateTimeField) and type(field.widget) is forms.DateTimeInput:
            attrs = {**field.widget.attrs, "type": "datetime-local"}
            field.widget = forms.DateTimeInput(attrs=attrs, format="%Y-%m-%dT%H:%M")
        elif isinstance(field, forms.DateField) and type(field.widget) is forms.DateInput:
            field.widget = forms.DateInput(attrs={**field.widget.attrs, "type": "date"}, format="%Y-%m-%d")
        elif isinstance(field, forms.DecimalField) and name in form.initial:
            form.initial[name] = plain_decimal(form.initial[name])


def name_the_blank(field: forms.Field) -> None:
    word = _("Choose") if field.required else "–"
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label is not None:
            field.empty_label = word
    elif isinstance(field, forms.ChoiceField) and type(field.widget) is forms.Select:
        listed: Any = field.choices
        choices = list(listed)
        if choices and choices[0][0] in {"", None}:
            field.choices = [(choices[0][0], word), *choices[1:]]


def plain_decimal(value: Any) -> Any:
    """`41500.0000` is typed as 41500, `12.5000` as 12.50, `0.12345` as it is; anything else stays."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return value
    if value == value.to_integral_value():
        return value.quantize(Decimal(1))
    if value == value.quantize(_CENTS):
        return value.quantize(_CENTS)
    return value.normalize()
