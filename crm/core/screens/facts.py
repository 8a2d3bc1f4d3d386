"""Facts of a record: what stands under its heading, in its card of key facts and in the tab with all fields."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

type Fact = tuple[str | Promise, Any]

_CONTACT_LINK = re.compile(r'href="(?:mailto|tel):')


@dataclass(frozen=True, slots=True)
class KeyFact:
    """A fact with the form field that changes it; one with a mail or phone link can be copied."""

    label: str | Promise
    value: Any
    field: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Some of all fields, under a heading of their own."""

    title: str | Promise
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class ShownKeyFact:
    """What `components/key_facts.html` reads: the text to copy and the way to the field, where there are such."""

    label: str | Promise
    value: Any
    copy: str
    edit_url: str


def person(name: str) -> SafeString:
    """Initials and name; a dashed circle where there is nobody."""
    words = name.split()
    if not words:
        return format_html('<span class="avatar avatar-nobody" aria-hidden="true">?</span>{}', _("Nobody"))
    initials = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    pattern = '<span class="avatar avatar-{}" aria-hidden="true">{}</span>{}'
    return format_html(pattern, len(name) % 10, initials, name)


def filled(facts: Iterable[Fact]) -> list[Fact]:
    """Without those that say nothing."""
    return [(label, value) for label, value in facts if value is not None and value != ""]


def sections_of(details: Sequence[Fact | Section] | Sequence[Fact] | Sequence[Section]) -> list[Section]:
    """Plain facts are one section without a heading; sections that say nothing are left out."""
    sections = [one for one in details if isinstance(one, Section)]
    plain = [one for one in details if not isinstance(one, Section)]
    shown = [Section(one.title, filled(one.facts)) for one in [*([Section("", plain)] if plain else []), *sections]]
    return [section for section in shown if section.facts]


def shown_key_facts(facts: Iterable[Fact | KeyFact], edit_url: str) -> list[ShownKeyFact]:
    """`edit_url` is empty for those who may not change the record now."""
    keys = [fact if isinstance(fact, KeyFact) else KeyFact(*fact) for fact in facts]
    return [
        ShownKeyFact(key.label, key.value, _to_copy(key.value), _place(edit_url, key.field))
        for key in keys
        if key.value is not None and key.value != ""
    ]


def _to_copy(value: Any) -> str:
    is_contact = isinstance(value, SafeString) and _CONTACT_LINK.search(value)
    return unescape(strip_tags(value)) if is_contact else ""


def _place(edit_url: str, field: str) -> str:
    return f"{edit_url}#id_{field}" if edit_url and field else ""
