"""One field of many records, by the rules of the form and the service of their table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import DatabaseError, OperationalError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import WRITE
from crm.core.errors import Conflict, Invalid
from crm.core.fields import RecordField
from crm.core.screens.conflicts import value_words
from crm.core.screens.history.words import column_words
from crm.core.screens.nouns import edit_view_of
from crm.core.screens.single import one_field_form
from crm.data.acts.base import Act, Kept, Outcome, Result, Results, Values, attempt, by_key, judged, plain, refused_as
from crm.data.acts.writers import writer_for

BATCH, ONE_BY_ONE = 500, 50


class EditAct(Act):
    """By one statement for many records where a `Writer` knows how, else record by record through the form."""

    key, right, label = "edit", WRITE, gettext_lazy("Edit a field")

    def __init__(self, model: type[models.Model], actor: Any, field: RecordField) -> None:
        super().__init__(model, actor)
        self.field, self.key = field, f"edit-{field.name}"
        view: Any = edit_view_of(model)
        self.view = view()
        self.writer = writer_for(model, field, view.form_class, actor)
        self.batch = ONE_BY_ONE if self.writer is None else BATCH  # type: ignore[misc]  # of this field

    def form(self, data: Any = None, instance: Any = None) -> Any:
        return one_field_form(self.model, self.field.edit_name, self.actor, data=data, instance=instance)

    def refusal(self, record: Any) -> str:
        obstacle = str(self.view.obstacle(record))
        return obstacle or ("" if self.view.form_class.takes(record, self.field.edit_name) else _no_such_field())

    def summary(self, form: Any) -> str:
        name = self.field.edit_name
        value = " ".join(value_words(form.fields[name], form.cleaned_data[name]).split()) or _("empty")
        return column_words(_("%(field)s set to %(value)s") % {"field": self.field.label, "value": value})

    def apply(self, keys: Sequence[int], form: Any, at: Any) -> Results:
        if self.writer is None:
            return {key: attempt(self.model, key, self._through_form(form.data), self.actor) for key in keys}
        if obstacle := self.writer.obstacle():
            return dict.fromkeys(keys, Result(Outcome.FAILED, obstacle))
        try:
            value = self.writer.typed(form.cleaned_data[self.field.edit_name])
        except Invalid as refused:
            return dict.fromkeys(keys, refused_as(refused))
        records, results = judged(self, keys)
        return results | self._write(records, {record.pk: value for record in records}, at)

    def take_back(self, kept: Sequence[Kept], at: Any, done_at: Any) -> Results:
        known = by_key(kept)
        if self.writer is None:
            return {key: attempt(self.model, key, self._restoring(one), self.actor) for key, one in known.items()}
        if obstacle := self.writer.obstacle():
            return dict.fromkeys(known, Result(Outcome.FAILED, obstacle))
        records, results = judged(self, list(known))
        standing, values = [], dict[int, Any]()
        for record in records:
            one = known[record.pk]
            if self._now(record) != one.after:
                results[record.pk] = Result(Outcome.MOVED_ON)
                continue
            try:
                values[record.pk] = self.writer.kept(one.before[self.field.path])
                standing.append(record)
            except ValueError as misfit:
                results[record.pk] = Result(Outcome.FAILED, str(misfit))
        return results | self._write(standing, values, at)

    def _write(self, records: Sequence[Any], values: Mapping[int, Any], at: Any) -> Results:
        """Only what differs is written, so that nobody finds a change in the history that was none."""
        assert self.writer is not None  # noqa: S101 - the callers have looked
        before = {record.pk: self._now(record) for record in records}
        differing = [record for record in records if not self.writer.is_on(record, values[record.pk])]
        results = {key: Result(Outcome.SAME, before=now, after=now) for key, now in before.items()}
        results |= self._written(differing, values, at)
        rows = self.model._base_manager.filter(pk__in=[record.pk for record in differing])
        stored = dict(rows.values_list("pk", self._root.attname))
        for record in differing:
            if results[record.pk].outcome == Outcome.SAME:
                after = self._noted(stored[record.pk])
                results[record.pk] = Result(Outcome.DONE, before=before[record.pk], after=after)
        return results

    def _written(self, records: Sequence[Any], values: Mapping[int, Any], at: Any) -> Results:
        """What was refused. Where the database refuses the statement, each record is tried by itself."""
        assert self.writer is not None  # noqa: S101 - the callers have looked
        if not records:
            return {}
        try:
            with transaction.atomic():
                refused = self.writer.write(records, values, at)
        except OperationalError:
            raise
        except DatabaseError as error:
            if len(records) == 1:
                return {records[0].pk: refused_as(error)}
            # The writer may have set values on the records that are not stored.
            return {
                key: result
                for record in records
                for key, result in self._written([self._again(record)], values, at).items()
            }
        return {key: refused_as(refusal) for key, refusal in refused.items()}

    def _through_form(self, data: Any) -> Callable[[Any], Result]:
        def change(record: Any) -> Result:
            self._check(record)
            # Forms write into their instance, which must not be the record that is compared.
            form = self.form(data, self._again(record))
            if form is None:
                raise Conflict(_no_such_field())
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

    @property
    def _root(self) -> Any:
        """The column that holds the field; custom fields share one."""
        return self.model._meta.get_field(self.field.path.partition("__")[0])

    def _now(self, record: Any) -> Values:
        """The stored value of the field, as JSON can hold it."""
        return self._noted(getattr(record, self._root.attname))

    def _noted(self, stored: Any) -> Values:
        key = self.field.path.partition("__")[2]
        return {self.field.path: plain(stored.get(key) if key else stored)}

    def _value(self, kept: Values) -> Any:
        """As the form would have cleaned it: a record instead of its key."""
        value, column = kept[self.field.path], self._root
        if value is None:
            return value
        if column.is_relation:
            related: Any = column.related_model
            return related._base_manager.filter(pk=value).first()
        return column.to_python(value)


def _no_such_field() -> str:
    return _("This record has no such field.")
