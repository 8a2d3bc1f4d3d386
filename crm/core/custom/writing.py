"""Values of added fields onto records, for the services of every noun."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

from crm.core.custom.definitions import Definition, definitions_of, known_of
from crm.core.custom.values import checked, from_text, to_json
from crm.core.errors import Forbidden, Invalid
from crm.core.fields import Kind
from crm.core.models import CustomModel

VALUES = "custom"
"""The name under which values of services carry those of added fields: `{"custom": {"size": 12}}`."""


def set_custom(record: CustomModel, values: Mapping[str, Any], actor: Any) -> None:
    """Set what `values["custom"]` holds, checked; None or "" takes a value away. A new record gets the defaults.

    Raises `Invalid` at the field, and `Forbidden` for a change of what the actor may read and not write. A field
    that the actor may not read is as unknown as one that never was.
    """
    known = {one.key: one for one in definitions_of(type(record), actor)}
    given: Mapping[str, Any] = values.get(VALUES) or {}
    changed = {key: _stored(_known(known, key), record.custom.get(key), value, actor) for key, value in given.items()}
    if record._state.adding:
        changed = _defaults(record, actor) | changed
    record.custom = {key: kept for key, kept in {**record.custom, **changed}.items() if kept is not None}


def _known(known: Mapping[str, Definition], key: str) -> Definition:
    if key not in known:
        raise Invalid(_("There is no field “%(key)s”.") % {"key": str(key)[:60]})
    return known[key]


def stored_anew(definition: Definition, value: Any, actor: Any) -> Any:
    """The value as it is stored on records that do not hold it yet, with the checks of `set_custom`."""
    return _stored(definition, _NOT_THIS, value, actor)


_NOT_THIS = object()


def _stored(definition: Definition, before: Any, value: Any, actor: Any) -> Any:
    try:
        kept = to_json(definition, checked(definition, value))
    except ValueError as error:
        raise Invalid(str(error), field=definition.form_name) from error
    if kept == before:
        return kept
    if not definition.may_write(actor):
        raise Forbidden(_("You may read “%(field)s”, but not change it.") % {"field": definition.label})
    if kept is None and definition.is_required:
        raise Invalid(_("This field is required."), field=definition.form_name)
    _CHECKS.get(definition.kind, _nothing_more)(definition, kept, before, actor)
    return kept


def _nothing_more(definition: Definition, kept: Any, before: Any, actor: Any) -> None:
    pass


def _refuse_retired(definition: Definition, kept: Any, before: Any, actor: Any) -> None:
    """What is retired stays where it is chosen and is not chosen anew."""
    chosen, stayed = _keys(kept), _keys(before)
    for option in definition.options:
        if option.is_retired and option.key in chosen and option.key not in stayed:
            raise Invalid(
                _("“%(choice)s” is not offered any more. Choose another one.") % {"choice": option.label},
                field=definition.form_name,
            )


def _keys(kept: Any) -> Iterable[str]:
    return kept if isinstance(kept, list) else [kept]


def _refuse_hidden(definition: Definition, kept: Any, before: Any, actor: Any) -> None:
    """Nobody refers to a record that they may not see, and a person who has left does nothing new."""
    if kept is not None and not choosable(definition, actor).filter(pk=kept).exists():
        raise Invalid(_("Choose one of the listed records."), field=definition.form_name)


def choosable(definition: Definition, actor: Any) -> "models.QuerySet[Any]":
    """The people or records that this actor may choose."""
    if definition.kind is Kind.PERSON:
        return get_user_model()._default_manager.filter(is_active=True)
    assert definition.related is not None  # noqa: S101 - a constraint of the table
    rows: Any = definition.related._default_manager.all()
    found: models.QuerySet[Any] = rows.visible_to(actor)
    return found


_CHECKS: dict[Kind, Callable[[Definition, Any, Any, Any], None]] = {
    Kind.CHOICE: _refuse_retired,
    Kind.CHOICES: _refuse_retired,
    Kind.PERSON: _refuse_hidden,
    Kind.RECORD: _refuse_hidden,
}


def _defaults(record: CustomModel, actor: Any) -> dict[str, Any]:
    return {key: kept for key, kept in custom_defaults(type(record), actor).items() if key not in record.custom}


def custom_defaults(model: type[CustomModel], actor: Any) -> dict[str, Any]:
    """What every new record begins with, whoever makes it, as JSON keeps it."""
    return {
        one.key: to_json(one, default)
        for one in known_of(model, actor)
        if not one.is_retired and (default := default_of(one)) is not None
    }


def default_of(definition: Definition) -> Any:
    """The default in its Python shape; None where the definition has changed so that it fits no more."""
    try:
        return from_text(definition, definition.default)
    except ValueError:
        return None
