"""Lines of what people and websites write in their own words: the same text in any case and accent is one line."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm.core.folding import fold
from crm.core.query.writer import quoted
from leads.models import Lead
from leads.values import source_label


def folded(sums: Mapping[Any, Mapping[Any, Any]], fixed: Iterable[str] = ()) -> dict[str, dict[Any, Any]]:
    """The figures added up by folded text, under the writing that has most of them. `fixed` keys stay as they are."""
    kept = frozenset(fixed)
    groups: dict[tuple[bool, str], dict[str, Mapping[Any, Any]]] = {}
    for text, values in sums.items():
        written = str(text or "")
        key = (True, written) if written in kept else (False, fold(written))
        groups.setdefault(key, {})[written] = values
    return {_usual(writings): added_up(writings.values()) for writings in groups.values()}


def _usual(writings: Mapping[str, Mapping[Any, Any]]) -> str:
    return max(writings, key=lambda one: (sum(map(float, writings[one].values())), one))


def added_up(all_values: Iterable[Mapping[Any, Any]]) -> dict[Any, Any]:
    total: dict[Any, Any] = {}
    for values in all_values:
        for key, value in values.items():
            total[key] = total.get(key, 0) + value
    return total


def text_term(name: str, text: str) -> str:
    """The term that asks for this text, or for none."""
    return f"{name}:={quoted(text)}" if text else f"{name}:none"


def source_term(source: str) -> str | None:
    """None for a sender's own word that is also one of ours: a query for it means ours."""
    if source in Lead.Source.values or fold(source) not in _our_words():
        return text_term("source", source)
    return None


def _our_words() -> frozenset[str]:
    return frozenset(fold(str(word)) for pair in Lead.Source.choices for word in pair)


def source_name(source: str) -> str:
    return source_label(source) if source else _("No source")
