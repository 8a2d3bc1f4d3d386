"""Making, changing, retiring and deleting the definitions of added fields. Administrators alone do it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core.actors import Actor
from crm.core.custom import indexes
from crm.core.custom.converting import converted, number_of_values, rewrite, stored_values, with_options
from crm.core.custom.definitions import Definition, definition_of
from crm.core.custom.formfields import can_be_named
from crm.core.custom.keys import derived_key, taken_keys
from crm.core.custom.values import from_text
from crm.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm.core.fields import Kind
from crm.core.folding import fold, one_line
from crm.core.models import CustomChoice, CustomField
from crm.core.models.custom import custom_nouns, noun_choices
from crm.core.transactions import service

FIELDS = (
    "label",
    "kind",
    "related",
    "section",
    "position",
    "help_text",
    "default",
    "is_required",
    "is_key_fact",
    "is_searchable",
    "readers",
    "writers",
)
_TRIES = 5


def related_choices() -> list[tuple[str, Any]]:
    """The tables whose records a field may name."""
    return [(name, label) for name, label in noun_choices() if can_be_named(custom_nouns()[name])]


@service("custom_field.created")
def create_field(*, noun: str, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> CustomField:
    """A field without values. Its key comes from the label and stays, whatever the label becomes."""
    _check_administrator(actor)
    if noun not in custom_nouns():
        raise Invalid(_("Choose a table."), field="noun")
    field = CustomField(noun=noun)
    _set(field, values)
    _save_with_key(field)
    indexes.follow(field)
    return field


def _save_with_key(field: CustomField) -> None:
    """Two administrators may add a field of the same name at the same moment."""
    for attempt in range(_TRIES):
        others = CustomField.objects.filter(noun=field.noun).values_list("key", flat=True)
        field.key = derived_key(field.label, taken_keys(field.model, others))
        try:
            with transaction.atomic():
                field.save(force_insert=True)
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
        else:
            return


@service("custom_field.changed")
def change_field(*, field_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> CustomField:
    """Another kind only where every stored value can be one of it; the key and the table stay."""
    field = _locked(field_id, actor)
    if field.retired_at is not None:
        raise Conflict(_("This field is retired. Restore it before changing it."))
    since = definition_of(field)
    _set(field, values)
    to = definition_of(field)
    if (since.kind, since.related) != (to.kind, to.related):
        to = _retype(field, since, to)
    field.save()
    _forget_choices(to)
    indexes.follow(field, since)
    return field


def _retype(field: CustomField, since: Definition, to: Definition) -> Definition:
    stored = list(stored_values(field.model, field.key))
    if since.options and to.kind in {Kind.CHOICE, Kind.CHOICES}:
        to = replace(to, options=since.options)
    to = with_options(since, to, [kept for kept, _records in stored])
    conversion = converted(since, to, stored)
    if conversion.misfits:
        raise Invalid(
            ngettext(
                "%(count)d record holds a value that cannot become this kind. Change it first, or add a new field.",
                "%(count)d records hold values that cannot become this kind. Change them first, or add a new field.",
                conversion.misfits,
            )
            % {"count": conversion.misfits},
            field="kind",
        )
    rewrite(field.model, field.key, conversion.rewritten)
    CustomChoice.objects.bulk_create(
        CustomChoice(field=field, key=option.key, label=option.label, position=place)
        for place, option in enumerate(to.options, 1)
        if option not in since.options
    )
    return to


def _forget_choices(to: Definition) -> None:
    """What is no choice any more has none."""
    if to.kind not in {Kind.CHOICE, Kind.CHOICES} and to.options:
        CustomChoice.objects.filter(field_id=to.pk).delete()


@service("custom_field.retired")
def retire_field(*, field_id: int, actor: Actor, at: dt.datetime) -> CustomField:
    """It is nowhere any more; its values stay and come back with it."""
    field = _locked(field_id, actor)
    if field.retired_at is None:
        field.retired_at = at
        field.save(update_fields=["retired_at"])
    return field


@service("custom_field.restored")
def restore_field(*, field_id: int, actor: Actor, at: dt.datetime) -> CustomField:
    field = _locked(field_id, actor)
    if field.retired_at is not None:
        _refuse_same_label(field)
        field.retired_at = None
        field.save(update_fields=["retired_at"])
    return field


@service("custom_field.deleted")
def delete_field(*, field_id: int, actor: Actor, at: dt.datetime) -> None:
    """Only what is retired and holds nothing: no value is ever lost with its field."""
    field = _locked(field_id, actor)
    if field.retired_at is None:
        raise Conflict(_("Retire this field first. Its values are kept, and it can be restored."))
    values = number_of_values(field.model, field.key)
    if values:
        raise Conflict(
            ngettext(
                "%(count)d record still holds a value of this field, so it stays retired.",
                "%(count)d records still hold a value of this field, so it stays retired.",
                values,
            )
            % {"count": values}
        )
    indexes.leave(field)
    field.delete()


@service("custom_field.choice_set")
def set_choice(
    *, field_id: int, choice_id: int | None, values: Mapping[str, Any], actor: Actor, at: dt.datetime
) -> CustomChoice:
    """`values`: label, position, is_retired. The key of a new one comes from its label and stays."""
    field = _locked(field_id, actor)
    if field.kind not in {Kind.CHOICE, Kind.CHOICES}:
        raise Invalid(_("Only fields of the kind choice have choices."), field="kind")
    others = {choice.pk: choice for choice in field.choices.all()}
    choice = others.pop(choice_id, None) if choice_id else CustomChoice(field=field)
    if choice is None:
        raise NotFound(_("There is no such choice."))
    for name in ("label", "position", "is_retired"):
        setattr(choice, name, values.get(name, getattr(choice, name)))
    choice.label = one_line(choice.label)
    if not choice.label:
        raise Invalid(_("Say what the choice is called."), field="label")
    if any(fold(other.label) == fold(choice.label) for other in others.values()):
        raise Invalid(_("There is a choice of this name already."), field="label")
    choice.key = choice.key or derived_key(choice.label, {other.key for other in others.values()}, "choice")
    choice.save()
    return choice


@service("custom_field.index_ordered")
def order_index(*, field_id: int, actor: Actor, at: dt.datetime) -> CustomField:
    """Try again to make an index that failed."""
    field = _locked(field_id, actor)
    indexes.follow(field)
    return field


def _check_administrator(actor: Any) -> None:
    if getattr(actor, "actor_kind", "") == "user" and not getattr(actor, "is_superuser", False):
        raise Forbidden(_("Only administrators add and change fields."))


def _locked(field_id: int, actor: Actor) -> CustomField:
    _check_administrator(actor)
    field = CustomField.objects.select_for_update().filter(pk=field_id).first()
    if field is None:
        raise NotFound(_("There is no such field."))
    return field


def _set(field: CustomField, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(field, name, values[name])
    for name in ("label", "section", "help_text", "default"):
        setattr(field, name, one_line(getattr(field, name)))
    if not field.label:
        raise Invalid(_("Say what the field is called."), field="label")
    try:
        field.clean_fields(exclude=["key"])
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise Invalid(str(sentences[0]), field=name) from error
    field.related = field.related if field.kind == Kind.RECORD else ""
    if field.kind == Kind.RECORD and field.related not in dict(related_choices()):
        raise Invalid(_("Choose the table whose records may be chosen."), field="related")
    if field.is_searchable and Kind(field.kind) not in indexes.INDEXED:
        raise Invalid(_("No index can hold long texts. Queries find them without one."), field="is_searchable")
    _refuse_same_label(field)
    _check_default(field)


def _refuse_same_label(field: CustomField) -> None:
    others = CustomField.objects.filter(noun=field.noun, retired_at__isnull=True).exclude(pk=field.pk)
    built_in = {fold(str(column.verbose_name)) for column in field.model._meta.concrete_fields if column.editable}
    same = fold(field.label)
    if same in built_in or any(fold(label) == same for label in others.values_list("label", flat=True)):
        raise Invalid(_("There is a field of this name already."), field="label")


def _check_default(field: CustomField) -> None:
    if not field.default:
        return
    if field.kind in {Kind.PERSON, Kind.RECORD}:
        raise Invalid(_("People and records have no default."), field="default")
    if not field.pk and field.kind in {Kind.CHOICE, Kind.CHOICES}:
        raise Invalid(_("Add the choices first, then say which of them is the default."), field="default")
    try:
        from_text(definition_of(field), field.default)
    except ValueError as error:
        raise Invalid(str(error), field="default") from error
