"""Values from forms and other services onto records, with refusals in words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import CheckConstraint, UniqueConstraint
from django.utils.translation import gettext as _

from crm.core.bulk import update_rows
from crm.core.custom.writing import VALUES
from crm.core.errors import Conflict, Invalid, Refusal
from crm.core.states import StateModel


def set_values(record: models.Model, values: Mapping[str, Any], editable: Iterable[str]) -> None:
    """Set and validate the named fields; whatever is new among the records they refer to must be active."""
    unknown = set(values) - set(editable) - {VALUES}
    if unknown:
        raise TypeError(f"{type(record).__name__} has no such editable fields: {sorted(unknown)}")
    for name, value in values.items():
        if name == VALUES:  # `set_custom` knows these
            continue
        field: Any = record._meta.get_field(name)
        if field.is_relation:
            _refuse_inactive(record, field, value)
        setattr(record, name, filled(field, value))
    _validate(record, values)


def filled(field: Any, value: Any) -> Any:
    """What was left empty is the default of a column that is never empty: an amount is 0."""
    return field.get_default() if value is None and not field.null else value


def _refuse_inactive(record: models.Model, field: Any, value: Any) -> None:
    if not isinstance(value, StateModel) or value.pk == getattr(record, field.attname):
        return
    if value.state in value.idle_states:
        raise Invalid(_("“%(name)s” is not active. Choose another one.") % {"name": value}, field=field.name)


def _validate(record: models.Model, values: Mapping[str, Any]) -> None:
    """Foreign keys are left to the database, everything else to the validators of the fields."""
    kept = {field.name for field in record._meta.fields if field.name in values and not field.is_relation}
    try:
        record.clean_fields(exclude={field.name for field in record._meta.fields} - kept)
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise Invalid(str(sentences[0]), field=name) from error


def save(record: models.Model, *, fields: Mapping[str, str]) -> None:
    """Save; a constraint that refuses speaks in its own words. `fields` maps its name to the form field."""
    try:
        record.save()
    except IntegrityError as error:
        raise _refusal(record, error, fields) from error


def _refusal(record: models.Model, error: IntegrityError, fields: Mapping[str, str]) -> Conflict | Invalid:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    for constraint in record._meta.constraints:
        if constraint.name == name and isinstance(constraint, CheckConstraint | UniqueConstraint):
            return Invalid(str(constraint.violation_error_message), field=fields.get(name, ""))
    return Conflict(_("Somebody else has just changed what this refers to. Reload the page and try again."))


def refuse_closed(record: Any, states: Iterable[str]) -> None:
    """A closed record is read-only."""
    if record.state in states:
        raise Conflict(
            _("This %(noun)s is %(state)s, so it cannot be changed.")
            % {"noun": record._meta.verbose_name, "state": record.state_label.lower()}
        )


type Values = Mapping[str, Any]


def change_locked[M: models.Model](
    records: Iterable[M], values: Mapping[int, Values], change: Callable[[M, Values], None]
) -> dict[int, Refusal]:
    """Let `change` set its values on each record, and write what is different then, all by one statement.

    The caller has locked the records of one table and may change them. Gives the refusals by key; of a refused record
    nothing is written.
    """
    refused: dict[int, Refusal] = {}
    changed: dict[int, dict[str, Any]] = {}
    differing: set[str] = set()
    for record in records:
        before = _columns(record)
        try:
            change(record, values[record.pk])
        except Refusal as refusal:
            refused[record.pk] = refusal
            continue
        now = _columns(record)
        names = {name for name, value in now.items() if value != before[name]}
        if names:
            changed[record.pk] = now
            differing |= names
    if changed:
        fields = sorted(differing)
        update_rows(type(record), fields, {key: [now[name] for name in fields] for key, now in changed.items()})
    return refused


def _columns(record: models.Model) -> dict[str, Any]:
    fields = record._meta.concrete_fields
    return {field.name: getattr(record, field.attname) for field in fields if not field.primary_key}
