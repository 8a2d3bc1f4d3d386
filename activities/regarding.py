"""Which records activities may concern, and how one is named in forms and calls: `leads.lead:5`.

Apps above register their nouns through `activities.panels.register_timeline`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from crm.core.access import find_for
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


_nouns: dict[str, type[models.Model]] = {}


def register_noun(model: type[models.Model]) -> None:
    _nouns[model._meta.label_lower] = model


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

    One query for each table that occurs.
    """
    keys: dict[int, set[int]] = {}
    for type_id, pk in pairs:
        keys.setdefault(type_id, set()).add(pk)
    titles: dict[tuple[int, int], str] = {}
    for type_id, wanted in keys.items():
        model: Any = model_of(type_id)
        if model is not None:
            rows = model._default_manager.visible_to(actor).filter(pk__in=wanted)
            titles |= {(type_id, record.pk): str(record) for record in rows}
    return titles
