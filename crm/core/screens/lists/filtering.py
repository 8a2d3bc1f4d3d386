"""The filter of a list, which an address may name beside its query: built only where it does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.filters import LIST_PARAMETERS, RecordFilter


@dataclass(frozen=True, slots=True)
class NoFilter:
    """What a list shows of a filter that nobody asked for."""

    qs: Any
    notices: list[str] = field(default_factory=list)
    is_active: bool = False


def filter_for(kind: type[RecordFilter], data: QueryDict, rows: Any, actor: Any) -> RecordFilter | NoFilter:
    """The query is none of its business."""
    asked = data.copy()
    for name in LIST_PARAMETERS:
        asked.pop(name, None)
    return kind(asked, rows, actor=actor) if asked else NoFilter(rows)


def conditions_of(used: RecordFilter | NoFilter) -> Iterator[tuple[str, str, str]]:
    """Parameter, label and value of each filter that narrows the list."""
    if isinstance(used, NoFilter) or not used.is_active:
        return
    for name, value in used.form.cleaned_data.items():
        if value not in (None, "", []):
            bound = used.form.fields[name]
            yield name, str(bound.label or name), _words(bound, value)


def _words(bound: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = {} if hasattr(bound, "queryset") else {str(key): word for key, word in getattr(bound, "choices", ())}
    return str(choices.get(str(value)) or (shown.day(value) if hasattr(value, "isoformat") else value))
