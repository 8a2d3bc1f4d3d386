"""What is asked before a list is exported."""

from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.data.export.formats import COMMA, SEMICOLON, TAB, XLSX, format_choices
from crm.data.export.lists import LONGEST_ADDRESS

SHOWN, ALL = "shown", "all"


class ExportForm(forms.Form):
    list = forms.CharField(max_length=LONGEST_ADDRESS, widget=forms.HiddenInput)
    format = forms.ChoiceField(label=_("Format"), choices=format_choices, initial=XLSX, widget=forms.RadioSelect)
    columns = forms.ChoiceField(
        label=_("Columns"),
        choices=[(SHOWN, _("Those of the list")), (ALL, _("All fields"))],
        initial=SHOWN,
        widget=forms.RadioSelect,
    )
    separator = forms.ChoiceField(
        label=_("Fields and numbers of CSV"),
        choices=[
            (COMMA, _("Comma between fields, 1234.5")),
            (SEMICOLON, _("Semicolon between fields, 1234,5")),
            (TAB, _("Tab between fields, 1234.5")),
        ],
        help_text=_("As the spreadsheet program of your country expects them. A workbook needs none of this."),
    )


def usual_separator() -> str:
    """Where people write 1,5 their programs separate by semicolons."""
    try:
        locale: Any = Locale.parse((get_language() or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return COMMA
    return SEMICOLON if get_decimal_symbol(locale) == "," else COMMA
