"""The filter of a list: built only where the address asks for one, its fields rendered once for many pages."""

import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from crm.core.filters import LIST_PARAMETERS, RecordFilter
from crm.core.fragments import fragment

FIELDS = "screens/filter_fields.html"
# New colleagues appear among the choices after this long.
_KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class NoFilter:
    """What a list shows of a filter that nobody asked for."""

    qs: Any
    notices: list[str] = field(default_factory=list)
    is_active: bool = False
    is_open: bool = False
    sought: str = ""


def filter_for(kind: type[RecordFilter], data: QueryDict, rows: Any, actor: Any) -> RecordFilter | NoFilter:
    asked = [name for name in data if name not in LIST_PARAMETERS]
    return kind(data, rows, actor=actor) if asked else NoFilter(rows)


def fields_html(kind: type[RecordFilter], used: RecordFilter | NoFilter, actor: Any) -> SafeString:
    """The fields beside the search box; empty where there are none."""
    if len(_filters(kind)) == 1:
        return SafeString()
    if isinstance(used, RecordFilter) and used.is_open:
        return render_to_string(FIELDS, {"filter": used})

    def empty() -> dict[str, Any]:
        return {"filter": kind(None, actor=actor)}

    if _offers_what_not_all_may_see(kind):
        return render_to_string(FIELDS, empty())
    key: Hashable = (kind, int(time.monotonic() // _KEPT_SECONDS))
    return fragment(FIELDS, key, empty)


@lru_cache
def _offers_what_not_all_may_see(kind: type[RecordFilter]) -> bool:
    # Not through `field`, which a shared filter would keep without its label.
    choices = (each.extra.get("queryset") for each in _filters(kind).values())
    return any(callable(rows) or hasattr(rows, "visible_to") for rows in choices)


def _filters(kind: type[RecordFilter]) -> Mapping[str, Any]:
    declared: Any = kind  # its metaclass adds the declared filters unseen
    filters: Mapping[str, Any] = declared.base_filters
    return filters
