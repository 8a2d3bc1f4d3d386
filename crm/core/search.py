"""The search over all tables: each app registers where its records are found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise

from crm.core.access import visible_names
from crm.core.branches import some_keys
from crm.core.filters import search_condition
from crm.core.words import Lookup

MOST_SHOWN = 10
# In an order the planner would rather walk the whole table than ask the index of words.
_MOST_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    subtitle: str
    pk: int


@dataclass(frozen=True, kw_only=True)
class SearchSource:
    """One table in the search.

    `title` and `subtitle` are value paths; where `subtitle` is a foreign key, the name of that record stands there, if
    the reader may see it. `lookups` are as `RecordFilter.search_fields`: use those that an
    index answers (`sort_key`, `number`, `email`). `rows(visible, text)` may narrow the visible rows itself.
    """

    model: type[models.Model]
    label: str | Promise
    url_name: str
    title: str = "name"
    subtitle: str = ""
    lookups: tuple[Lookup, ...] = ("sort_key",)
    rows: Callable[[Any, str], Any] | None = None
    position: int = 100

    def find(self, actor: Any, text: str) -> list[Hit]:
        """At most one more than `MOST_SHOWN`, so that the page can say that there are more."""
        paths = list(dict.fromkeys(["pk", self.title, *([self.subtitle] if self.subtitle else [])]))
        values = [dict(zip(paths, row, strict=True)) for row in self._found(actor, text, paths)]
        given = [row.get(self.subtitle) or "" for row in values]
        words = self._words(given, actor)
        return [
            Hit(str(row[self.title] or ""), str(words.get(subtitle, subtitle)), row["pk"])
            for row, subtitle in zip(values, given, strict=True)
        ]

    def _found(self, actor: Any, text: str, paths: list[str]) -> Sequence[tuple[Any, ...]]:
        manager: Any = self.model._default_manager  # guarded models only
        if self.rows:
            rows = self.rows(manager.visible_to(actor), text)
            return list(rows.order_by("pk").values_list(*paths)[: MOST_SHOWN + 1])
        # Branch by branch: who sees thirty rows does not pay for the thousands that the word finds.
        found = manager.filter(search_condition(self.lookups, text))
        keys = some_keys(found, manager.all().branches(actor), _MOST_LOOKED_AT)
        if keys is None:
            return []
        rows = self.model._base_manager.filter(pk__in=RawSQL(keys.text, keys.params))  # noqa: S611 - our own text
        return list(rows.order_by("pk").values_list(*paths)[: MOST_SHOWN + 1])

    def _words(self, given: Sequence[Any], actor: Any) -> Mapping[Any, Any]:
        """Stored key → word, where the subtitle is a field with choices or names another record."""
        field: Any = {field.name: field for field in self.model._meta.concrete_fields}.get(self.subtitle)
        if field is not None and field.is_relation:
            names = visible_names(actor, [(field.related_model, key) for key in given if key])
            return {key: "" if link.hidden else link.label for (_model, key), link in names.items()}
        return dict(field.flatchoices) if field is not None and field.choices else {}


_registry: dict[type[models.Model], SearchSource] = {}


def register_search(*sources: SearchSource) -> None:
    for source in sources:
        _registry[source.model] = source


def sources() -> list[SearchSource]:
    return sorted(_registry.values(), key=lambda source: (source.position, source.model._meta.label))
