"""Fields as the browser shows them best, the same in every form."""

from decimal import Decimal
from typing import Any

from django import forms

_CENTS = Decimal("0.01")


def use_own_widgets(form: forms.BaseForm) -> None:
    """Dates get the browser's own picker, which sends ISO dates in every language; amounts lose idle zeros."""
    for name, field in form.fields.items():
        if isinstance(field, forms.DateTimeField) and type(field.widget) is forms.DateTimeInput:
            attrs = {**field.widget.attrs, "type": "datetime-local"}
            field.widget = forms.DateTimeInput(attrs=attrs, format="%Y-%m-%dT%H:%M")
        elif isinstance(field, forms.DateField) and type(field.widget) is forms.DateInput:
            field.widget = forms.DateInput(attrs={**field.widget.attrs, "type": "date"}, format="%Y-%m-%d")
        elif isinstance(field, forms.DecimalField) and name in form.initial:
            form.initial[name] = plain_decimal(form.initial[name])


def plain_decimal(value: Any) -> Any:
    """`41500.0000` is typed as 41500, `12.5000` as 12.50, `0.12345` as it is; anything else stays."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return value
    if value == value.to_integral_value():
        return value.quantize(Decimal(1))
    if value == value.quantize(_CENTS):
        return value.quantize(_CENTS)
    return value.normalize()
