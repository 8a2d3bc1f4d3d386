"""What must hold of every table, whatever it is about."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.fields import Kind
from crm.core.history import event_model
from crm.core.invariants import Check, Faults, column, faults_by, register_check, table
from crm.core.models import TRACKED, CustomField, Tag, TaggedModel


def _tracked() -> list[type[models.Model]]:
    return sorted(TRACKED, key=lambda model: model._meta.label)


def _without_history() -> Faults:
    for model in _tracked():
        yield from faults_by(
            model,
            f"SELECT one.{_key(model)} FROM {table(model)} AS one WHERE NOT EXISTS (SELECT 1"  # noqa: S608 - names of our own tables
            f" FROM {table(event_model(model))} AS event WHERE event.pgh_obj_id = one.{_key(model)})",
        )


def _behind_history() -> Faults:
    """The version is written by the database together with the event, so both always agree."""
    for model in _tracked():
        if not _has_column(model, "version"):
            continue
        yield from faults_by(
            model,
            f"SELECT one.{_key(model)}, '(version ' || one.version || ', in history ' || event.version || ')'"  # noqa: S608 - names of our own tables
            f" FROM {table(model)} AS one JOIN (SELECT pgh_obj_id, max(version) AS version"
            f" FROM {table(event_model(model))} GROUP BY pgh_obj_id) AS event"
            f" ON event.pgh_obj_id = one.{_key(model)} WHERE event.version <> one.version",
        )


def _key(model: type[models.Model]) -> str:
    return column(model, model._meta.pk.name)


def _has_column(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _tags_of_nothing() -> Faults:
    for model in _heirs_of(TaggedModel):
        yield from faults_by(
            model,
            f"SELECT one.id FROM {table(model)} AS one WHERE one.tags <> '{{}}' AND EXISTS (SELECT 1"  # noqa: S608 - names of our own tables
            f" FROM unnest(one.tags) AS tag WHERE NOT EXISTS (SELECT 1 FROM {table(Tag)} WHERE id = tag))",
        )


def _custom_records_of_nothing() -> Faults:
    for field in CustomField.objects.filter(kind=Kind.RECORD).order_by("pk"):
        model, related = apps.get_model(field.noun), apps.get_model(field.related)
        yield from faults_by(
            model,
            f"SELECT one.id, %s FROM {table(model)} AS one WHERE one.custom ? %s AND NOT EXISTS (SELECT 1"  # noqa: S608 - names of our own tables
            f" FROM {table(related)} AS other WHERE other.id::text = one.custom ->> %s)",
            [f"({field.key})", field.key, field.key],
        )


def _heirs_of(parent: type[models.Model]) -> Iterator[Any]:
    return (model for model in apps.get_models() if issubclass(model, parent))


def register() -> None:
    register_check(
        Check(
            name="core.without_history",
            sentence=_("Rows of which history knows nothing."),
            find=_without_history,
        ),
        Check(
            name="core.behind_history",
            sentence=_("Rows whose last change is missing in their history."),
            find=_behind_history,
        ),
        Check(name="core.tags", sentence=_("Records with tags that are not there."), find=_tags_of_nothing),
        Check(
            name="core.custom_records",
            sentence=_("Records with added fields that name a record that is not there."),
            find=_custom_records_of_nothing,
        ),
    )
