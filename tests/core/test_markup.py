"""Patterns of markup that are filled often."""

import pytest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from crm.core.markup import Pattern


@pytest.mark.parametrize(
    "value", ["<b>", "\"'&amp;", 'a" onmouseover="x', 7, None, gettext_lazy("<i>"), "100 %s {}", ""]
)
def test_a_pattern_escapes_as_format_html_does(value: object) -> None:
    text = '<i class="w-50%" title="{}">{}</i>'
    assert Pattern(text)(value, value) == format_html(text, value, value)


def test_a_pattern_keeps_markup_that_is_safe_and_gives_such() -> None:
    made = Pattern("<td>{}</td>")(SafeString("<b>bold</b>"))
    assert made == "<td><b>bold</b></td>"
    assert isinstance(made, SafeString)
    assert Pattern("<tr>{}</tr>")(made) == "<tr><td><b>bold</b></td></tr>"
