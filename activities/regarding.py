"""Which records activities may concern, and how one is named in forms and calls: `leads.lead:5`.

Apps above register their nouns through `activities.panels.register_timeline`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _

from crm.core.access import Link, find_for, hidden_name
from crm.core.addresses import screen_url
from crm.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Ref:
    """A record by its table and key."""

    model: type[models.Model]
    pk: int

    @classmethod
    def to(cls, record: models.Model) -> Self:
        return cls(type(record), record.pk)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `leads.lead:5`; only tables with a timeline are known."""
        label, _colon, key = text.partition(":")
        model = _nouns.get(label)
        if model is None or not (key.isascii() and key.isdigit() and len(key) < 19):
            raise NotFound(_("There is no such record, or you may not see it."))
        return cls(model, int(key))

    @property
    def type_id(self) -> int:
        return ContentType.objects.get_for_model(self.model).pk

    def __str__(self) -> str:
        return f"{self.model._meta.label_lower}:{self.pk}"


def referred(record: Any, name: str) -> models.Model | Ref | None:
    """What a foreign key refers to: the record if it is at hand, else its `Ref`: none is read for its key."""
    field = record._meta.get_field(name)
    if field.is_cached(record):
        found: models.Model | None = getattr(record, name)
        return found
    key = getattr(record, field.attname)
    return Ref(field.related_model, key) if key else None


_nouns: dict[str, type[models.Model]] = {}
_titles: dict[str, tuple[str, ...]] = {}


def register_noun(model: type[models.Model], *titles: str) -> None:
    """`titles` are the columns that name a record, the first that is filled; by default `name`."""
    _nouns[model._meta.label_lower] = model
    _titles[model._meta.label_lower] = titles or ("name",)


def nouns() -> list[type[models.Model]]:
    return list(_nouns.values())


def find_regarding(ref: Ref, actor: Any) -> models.Model:
    """The record, if the actor may see it; `NotFound` otherwise."""
    return find_for(ref.model, ref.pk, actor)


def model_of(type_id: int) -> type[models.Model] | None:
    """The table of a content type; None where its app is gone."""
    kind = ContentType.objects.get_for_id(type_id)
    try:
        return apps.get_model(kind.app_label, kind.model)
    except LookupError:
        return None


def visible_titles(pairs: Iterable[tuple[int, int]], actor: Any) -> dict[tuple[int, int], str]:
    """What the records of (type id, key) are called, without those that the actor may not see.

    One query, whatever the tables.
    """
    keys: dict[int, set[int]] = {}
    for type_id, pk in pairs:
        keys.setdefault(type_id, set()).add(pk)
    parts = [part for type_id, wanted in keys.items() if (part := _titled(type_id, wanted, actor)) is not None]
    if not parts:
        return {}
    first, *others = parts
    return {(type_id, pk): title for type_id, pk, title in (first.union(*others, all=True) if others else first)}


def _titled(type_id: int, wanted: set[int], actor: Any) -> Any:
    """(type id, key, title) of the records of one table; None for a table whose app is gone."""
    model: Any = model_of(type_id)
    titles = _titles.get(model._meta.label_lower) if model is not None else None
    if titles is None:
        return None
    nothing = Value("", output_field=models.TextField())
    title = Coalesce(*(NullIf(Cast(title, models.TextField()), nothing) for title in titles), nothing)
    rows = model._default_manager.visible_to(actor).filter(pk__in=wanted).order_by()
    return rows.annotate(type_key=Value(type_id), title_text=title).values_list("type_key", "pk", "title_text")


def regarding_name(pair: tuple[int, int], titles: Mapping[tuple[int, int], str]) -> Link | None:
    """Name and page as `visible_titles` has found them, else only the noun; None for a table that is gone."""
    model = model_of(pair[0])
    if model is None:
        return None
    if pair not in titles:
        return Link(hidden_name(model), hidden=True)
    return Link(titles[pair], screen_url(model, "detail", pair[1]))
