"""One field of many records, through the form and the service of their table."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import history
from crm.core.access import WRITE
from crm.core.errors import Conflict, Invalid
from crm.core.fields import RecordField
from crm.core.screens.conflicts import value_words
from crm.core.screens.history_words import column_words
from crm.core.screens.nouns import edit_view_of
from crm.core.screens.single import one_field_form
from crm.core.values import filled
from crm.data.acts.base import Act, Kept, Outcome, Result, Results, Values, attempt, by_key, judged, plain

BATCH, ONE_BY_ONE = 500, 50


class EditAct(Act):
    """By one statement where nothing else follows from the field (`RecordForm.alone`), else record by record."""

    key, right, label = "edit", WRITE, gettext_lazy("Edit a field")

    def __init__(self, model: type[models.Model], actor: Any, field: RecordField) -> None:
        super().__init__(model, actor)
        self.field, self.key = field, f"edit-{field.name}"
        view: Any = edit_view_of(model)
        self.view = view()
        self.is_alone = field.edit_name in getattr(view.form_class, "alone", ())
        self.batch = BATCH if self.is_alone else ONE_BY_ONE  # type: ignore[misc]  # of this field

    def form(self, data: Any = None, instance: Any = None) -> Any:
        return one_field_form(self.model, self.field.edit_name, self.actor, data=data, instance=instance)

    def refusal(self, record: Any) -> str:
        return str(self.view.obstacle(record))

    def summary(self, form: Any) -> str:
        name = self.field.edit_name
        value = value_words(form.fields[name], form.cleaned_data[name]) or _("empty")
        return column_words(_("%(field)s set to %(value)s") % {"field": self.field.label, "value": value})

    def apply(self, keys: Sequence[int], form: Any, at: Any) -> Results:
        if not self.is_alone:
            return {key: attempt(self.model, key, self._through_form(form.data), self.actor) for key in keys}
        records, results = judged(self, keys)
        return results | self._write(records, form.cleaned_data[self.field.edit_name])

    def take_back(self, kept: Sequence[Kept], at: Any, done_at: Any) -> Results:
        known = by_key(kept)
        if not self.is_alone:
            return {key: attempt(self.model, key, self._restoring(one), self.actor) for key, one in known.items()}
        records, results = judged(self, list(known))
        groups: dict[str, list[Any]] = {}
        for record in records:
            if self._now(record) == known[record.pk].after:
                groups.setdefault(repr(known[record.pk].before), []).append(record)
            else:
                results[record.pk] = Result(Outcome.MOVED_ON)
        for group in groups.values():
            results |= self._write(group, self._value(known[group[0].pk].before))
        return results

    def _write(self, records: list[Any], value: Any) -> Results:
        column = self.model._meta.get_field(self.field.path)
        before = {record.pk: self._now(record) for record in records}
        keys, value = list(before), filled(column, value)
        rows = self.model._base_manager.filter(pk__in=keys)
        with history.action("record.changed"):
            rows.update(**{column.name: value})
        stored = dict(rows.values_list("pk", column.attname))  # type: ignore[union-attr]  # concrete fields only
        after = {key: {self.field.path: plain(found)} for key, found in stored.items()}
        return {
            key: Result(
                Outcome.SAME if before[key] == after[key] else Outcome.DONE, before=before[key], after=after[key]
            )
            for key in keys
        }

    def _through_form(self, data: Any) -> Callable[[Any], Result]:
        def change(record: Any) -> Result:
            self._check(record)
            # Forms write into their instance, which must not be the record that is compared.
            form = self.form(data, self._again(record))
            if form is None:
                raise Conflict(_("This record has no such field."))
            if not form.is_valid():
                raise Invalid(" ".join(sentence for sentences in form.errors.values() for sentence in sentences))
            before = self._now(record)
            self.view.update(record.pk, form, self.actor)
            return self._done(record, before)

        return change

    def _restoring(self, kept: Kept) -> Callable[[Any], Result]:
        def change(record: Any) -> Result:
            if self._now(record) != kept.after:
                return Result(Outcome.MOVED_ON)
            self._check(record)
            form = self.form({}, self._again(record))
            if form is None:
                return Result(Outcome.MOVED_ON)
            form.cleaned_data = {self.field.edit_name: self._value(kept.before)}
            self.view.update(record.pk, form, self.actor)
            return self._done(record, kept.after)

        return change

    def _check(self, record: Any) -> None:
        if refusal := self.refusal(record):
            raise Conflict(refusal)

    def _done(self, record: Any, before: Values) -> Result:
        after = self._now(self._again(record))
        return Result(Outcome.SAME if before == after else Outcome.DONE, before=before, after=after)

    def _again(self, record: Any) -> Any:
        return self.model._base_manager.get(pk=record.pk)

    def _now(self, record: Any) -> Values:
        """The stored value of the field, as JSON can hold it; a custom field lies in a column of its own."""
        root, _line, rest = self.field.path.partition("__")
        column: Any = self.model._meta.get_field(root)
        value = getattr(record, column.attname)
        return {self.field.path: plain(value.get(rest) if rest else value)}

    def _value(self, kept: Values) -> Any:
        """As the form would have cleaned it: a record instead of its key."""
        root, _line, rest = self.field.path.partition("__")
        value, column = kept[self.field.path], self.model._meta.get_field(root)
        if rest or value is None:
            return value
        if column.is_relation:
            related: Any = column.related_model
            return related._base_manager.filter(pk=value).first()
        return column.to_python(value)  # type: ignore[union-attr]  # concrete fields only
