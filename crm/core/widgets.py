"""Fields as the browser shows them best, the same in every form."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.dates import get_month_names
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.core import format as shown
from crm.core.format import plain_decimal
from crm.core.typed import read_date, read_moment, read_number, read_time
from crm.core.writing import hand, style

__all__ = ["DateBox", "MomentBox", "NumberBox", "moment_box", "name_the_blank", "plain_decimal", "use_own_widgets"]

type Reader = Callable[[str], object]


class NumberBox(forms.TextInput):
    """A number as this person types numbers; the browser's own box would know only the browser's format."""

    def __init__(self, attrs: Any = None, *, whole: bool = False) -> None:
        super().__init__({**(attrs or {}), "inputmode": "numeric" if whole else "decimal", "autocomplete": "off"})

    def format_value(self, value: Any) -> str | None:
        is_number = isinstance(value, Decimal | int) and not isinstance(value, bool)
        return shown.typed(value) if is_number else super().format_value(value)


class DateBox(forms.TextInput):
    """A day in the format that somebody chose, with the browser's calendar beside it."""

    template_name = "components/date_box.html"
    picker = "date"

    def format_value(self, value: Any) -> str | None:
        return shown.day(value) if isinstance(value, dt.date) else super().format_value(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        by = hand(style())
        months = get_month_names("abbreviated", locale=by.locale)
        context["widget"]["attrs"] |= {
            "autocomplete": "off",
            "placeholder": self.format_value(dt.datetime(2026, 12, 18, 14, 5, tzinfo=dt.UTC)),
        }
        names = "|".join(str(months[number]) for number in range(1, 13))
        return {**context, "picker": self.picker, "date": by.date, "time": by.time, "months": names}


class MomentBox(DateBox):
    picker = "datetime-local"

    def format_value(self, value: Any) -> str | None:
        if not isinstance(value, dt.datetime):
            return super().format_value(value)
        return f"{shown.day(value.date())} {shown.clock(value.time())}"


def use_own_widgets(form: forms.BaseForm) -> None:
    """Numbers, dates and times are typed and shown in the format of the person; amounts lose idle zeros.

    Whoever chose no format for dates has the browser's own picker, which sends ISO dates in every language. Where
    nothing is chosen, a dash stands in the choice, or the word to choose where one must.
    """
    for name, field in form.fields.items():
        name_the_blank(field)
        if isinstance(field, forms.DateTimeField):
            _use_moments(field)
        elif isinstance(field, forms.DateField):
            _use_dates(field)
        elif isinstance(field, forms.TimeField):
            _read_with(field, read_time)
        elif isinstance(field, forms.IntegerField):
            _use_numbers(form, name, field)


def _use_moments(field: forms.DateTimeField) -> None:
    _read_with(field, read_moment)
    if type(field.widget) is forms.DateTimeInput:
        field.widget = moment_box(field.widget.attrs)


def moment_box(attrs: Mapping[str, Any]) -> forms.Widget:
    """For a day and time, as this person writes them."""
    if hand(style()).date:
        return MomentBox(dict(attrs))
    return forms.DateTimeInput(attrs={**attrs, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _use_dates(field: forms.DateField) -> None:
    _read_with(field, read_date)
    if type(field.widget) is forms.DateInput:
        if hand(style()).date:
            field.widget = DateBox(field.widget.attrs)
        else:
            field.widget = forms.DateInput(attrs={**field.widget.attrs, "type": "date"}, format="%Y-%m-%d")


def _use_numbers(form: forms.BaseForm, name: str, field: forms.IntegerField) -> None:
    """Of whole numbers and of those with decimals, which Django derives from them."""
    read_as_number(field)
    if type(field.widget) is forms.NumberInput:
        attrs = {key: value for key, value in field.widget.attrs.items() if key not in {"step", "min", "max"}}
        field.widget = NumberBox(attrs, whole=not isinstance(field, forms.DecimalField | forms.FloatField))
    if name in form.initial:
        form.initial[name] = plain_decimal(_from_address(form.initial[name]))


def read_as_number(field: forms.IntegerField) -> None:
    """For forms that draw themselves: read what is typed in the person's format."""
    _read_with(field, read_number)


def _from_address(value: Any) -> Any:
    """What an address proposes is written as machines write."""
    if not isinstance(value, str):
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def _read_with(field: forms.Field, read: Reader) -> None:
    """What has no digit at all is left to the field, whose own sentence says it best."""
    plain = field.to_python

    def to_python(value: Any) -> Any:
        has_digits = isinstance(value, str) and any(map(str.isdigit, value))
        return plain(read(value) if has_digits else value)

    field.to_python = to_python  # type: ignore[method-assign]  # of this field of this form alone


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
