"""How one field of many locked records is written by one statement: a column by itself, by a service, or custom."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.bulk import update_rows
from crm.core.custom.definitions import Definition, definition_of, definitions_of
from crm.core.custom.values import checked, to_json
from crm.core.custom.writing import stored_anew
from crm.core.errors import Refusal
from crm.core.fields import RecordField
from crm.core.models import CustomField
from crm.core.values import filled
from crm.data.many import ChangeMany, change_many

CHANGED = "record.changed"


class Writer(ABC):
    """For one field of one table and one person. Values are as `typed` or `kept` gives them."""

    def obstacle(self) -> str:
        """Why it cannot be written at all any more, asked before the records are locked."""
        return ""

    @abstractmethod
    def typed(self, value: Any) -> Any:
        """A value as the form cleans it. Raises `Invalid`."""

    @abstractmethod
    def kept(self, value: Any) -> Any:
        """A value as a run has noted it. Raises `ValueError` with a sentence where it fits no more."""

    @abstractmethod
    def is_on(self, record: Any, value: Any) -> bool:
        """Does the record hold it already?"""

    @abstractmethod
    def write(self, records: Sequence[Any], values: Mapping[int, Any], at: Any) -> Mapping[int, Refusal]:
        """Write the values by the keys of the records; gives the refusals by key."""


class ColumnWriter(Writer):
    """A column from which nothing else follows."""

    def __init__(self, model: type[models.Model], name: str) -> None:
        self.model, self.column = model, _column(model, name)

    def typed(self, value: Any) -> Any:
        value = filled(self.column, value)
        return value.pk if isinstance(value, models.Model) else value

    def kept(self, value: Any) -> Any:
        return self.column.to_python(value)

    def is_on(self, record: Any, value: Any) -> bool:
        return bool(getattr(record, self.column.attname) == value)

    def write(self, records: Sequence[Any], values: Mapping[int, Any], at: Any) -> Mapping[int, Refusal]:
        with history.action(CHANGED):
            update_rows(self.model, [self.column.name], {record.pk: [values[record.pk]] for record in records})
        return {}


class ServiceWriter(Writer):
    """A column from which others follow, by the service of the table for many records."""

    def __init__(self, model: type[models.Model], name: str, change: ChangeMany, actor: Any) -> None:
        self.column, self.change, self.actor = _column(model, name), change, actor

    def typed(self, value: Any) -> Any:
        return filled(self.column, value)

    def kept(self, value: Any) -> Any:
        return self.column.to_python(value)

    def is_on(self, record: Any, value: Any) -> bool:
        return bool(getattr(record, self.column.name) == value)

    def write(self, records: Sequence[Any], values: Mapping[int, Any], at: Any) -> Mapping[int, Refusal]:
        given = {record.pk: {self.column.name: values[record.pk]} for record in records}
        return self.change(records=records, values=given, actor=self.actor, at=at)


class CustomWriter(Writer):
    """A field that an administrator added. Its definition stays as it is until the records are written."""

    def __init__(self, model: type[models.Model], definition: Definition, actor: Any) -> None:
        self.model, self.definition, self.actor = model, definition, actor

    def obstacle(self) -> str:
        now = CustomField.objects.select_for_update(no_key=True).filter(pk=self.definition.pk).first()
        if now is None or now.retired_at is not None:
            return _("The field “%(field)s” has been retired.") % {"field": self.definition.label}
        current = definition_of(now)
        if (current.kind, current.related) != (self.definition.kind, self.definition.related):
            return _("The field “%(field)s” has become one of another kind.") % {"field": current.label}
        return ""

    def typed(self, value: Any) -> Any:
        return stored_anew(self.definition, value, self.actor)

    def kept(self, value: Any) -> Any:
        """What was there comes back, even what could not be chosen anew: a retired choice, a hidden record."""
        return to_json(self.definition, checked(self.definition, value))

    def is_on(self, record: Any, value: Any) -> bool:
        return bool(record.custom.get(self.definition.key) == value)

    def write(self, records: Sequence[Any], values: Mapping[int, Any], at: Any) -> Mapping[int, Refusal]:
        with history.action(CHANGED):
            update_rows(self.model, ["custom"], {one.pk: [self._with(one, values[one.pk])] for one in records})
        return {}

    def _with(self, record: Any, value: Any) -> dict[str, Any]:
        others = {key: kept for key, kept in record.custom.items() if key != self.definition.key}
        return others if value is None else {**others, self.definition.key: value}


def writer_for(model: type[models.Model], field: RecordField, form_class: Any, actor: Any) -> Writer | None:
    """None where the service of the table has to look at each record."""
    root, _line, key = field.path.partition("__")
    if key:
        known = {one.key: one for one in definitions_of(model, actor)}
        return CustomWriter(model, known[key], actor) if root == "custom" and key in known else None
    if field.edit_name in getattr(form_class, "alone", ()):
        return ColumnWriter(model, field.path)
    change = change_many(model, field.edit_name)
    return ServiceWriter(model, field.path, change, actor) if change is not None else None


def _column(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)
