"""The definitions of added fields, read once for each version of them and kept in the process.

The edition is one row (`CustomCatalogue`), which a person's rights bring along; so a request asks for the definitions
only after somebody has changed them, and then all processes do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from crm.core.fields import Kind
from crm.core.models import CustomCatalogue, CustomField
from crm.core.transactions import read_once

FORM_PREFIX = "custom_"
_MOST_KEPT = 4


@dataclass(frozen=True, slots=True)
class Option:
    """One of the values of a choice."""

    key: str
    label: str
    is_retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One added field. `readers` and `writers` are keys of roles; without any, the rights of the record decide."""

    pk: int
    noun: str
    key: str
    label: str
    kind: Kind
    section: str = ""
    help_text: str = ""
    default: str = ""
    related: type[models.Model] | None = None
    options: tuple[Option, ...] = ()
    readers: frozenset[int] = frozenset()
    writers: frozenset[int] = frozenset()
    is_required: bool = False
    is_key_fact: bool = False
    is_indexed: bool = False
    is_retired: bool = False

    @property
    def form_name(self) -> str:
        """The name of its field in forms, which no built-in one begins with."""
        return f"{FORM_PREFIX}{self.key}"

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((option.key, option.label) for option in self.options)

    def may_read(self, actor: Any) -> bool:
        return _has_role(actor, self.readers | self.writers if self.readers else frozenset())

    def may_write(self, actor: Any) -> bool:
        return self.may_read(actor) and _has_role(actor, self.writers)


def _has_role(actor: Any, roles: frozenset[int]) -> bool:
    """The system and administrators have every role; nobody at all has none."""
    if not roles:
        return True
    if actor is None or getattr(actor, "actor_kind", "") not in {"user", ""}:
        return actor is not None
    return bool(getattr(actor, "is_superuser", False)) or not roles.isdisjoint(getattr(actor, "role_ids", ()))


type Catalogue = Mapping[str, tuple[Definition, ...]]

_kept: dict[Any, Catalogue] = {}


def definitions_of(model: type[models.Model], actor: Any) -> tuple[Definition, ...]:
    """The fields in use that this actor may read, in the order of forms."""
    return tuple(one for one in known_of(model, actor) if not one.is_retired and one.may_read(actor))


def known_of(model: type[models.Model], actor: Any) -> tuple[Definition, ...]:
    """All fields of this table, retired and unreadable ones too. `actor` only says which version is valid."""
    return catalogue(actor).get(model._meta.label_lower, ())


def catalogue(actor: Any = None) -> Catalogue:
    """Every definition by table."""
    version = edition_of(actor)
    if version is None:
        return {}
    found = _kept.get(version)
    if found is None:
        found = _read()
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[version] = found
    return found


def edition_of(actor: Any) -> Any:
    """What the rights of a person say; everybody else asks once in an act. None while there were never any."""
    known = getattr(actor, "custom_version", "")
    if known != "":
        return known
    rows = CustomCatalogue.objects.values_list("edition", flat=True)
    return read_once("custom.version", rows.first)


def _read() -> Catalogue:
    found: dict[str, list[Definition]] = {}
    for row in CustomField.objects.prefetch_related("choices").order_by("noun", "position", "label", "pk"):
        found.setdefault(row.noun, []).append(definition_of(row))
    return {noun: tuple(rows) for noun, rows in found.items()}


def definition_of(row: CustomField) -> Definition:
    return Definition(
        pk=row.pk,
        noun=row.noun,
        key=row.key,
        label=row.label,
        kind=Kind(row.kind),
        section=row.section,
        help_text=row.help_text,
        default=row.default,
        related=_table(row.related),
        options=tuple(_options(row.choices.all())) if row.pk else (),
        readers=frozenset(row.readers),
        writers=frozenset(row.writers),
        is_required=row.is_required,
        is_key_fact=row.is_key_fact,
        is_indexed=row.index_state == "ready",
        is_retired=row.retired_at is not None,
    )


def _options(rows: Iterable[Any]) -> Iterable[Option]:
    return (Option(row.key, row.label, row.is_retired) for row in rows)


def _table(label: str) -> type[models.Model] | None:
    return apps.get_model(label) if label else None
