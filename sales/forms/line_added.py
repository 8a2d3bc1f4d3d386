"""Fields that administrators added to lines, in the rows of the grid: drawn, and read where somebody changed them.

A document may have 500 rows with the same few values, so each box is drawn once for each value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.core.access import visible_names
from crm.core.custom.definitions import Definition, definitions_of
from crm.core.custom.formfields import form_field
from crm.core.custom.values import from_json
from crm.core.custom.words import pair_of, words
from crm.core.custom.writing import default_of
from crm.core.fields import Kind
from crm.core.filters import limit_choices
from crm.core.name_fields import RecordNameField, name_with_key
from crm.core.widgets import use_own_widgets

# Stands for the name of the row in a box that is kept.
_ROW = "lines-row-0"


@dataclass(frozen=True, slots=True)
class AddedBox:
    """One field of one row; a `is_group` of boxes is named by a legend."""

    key: str
    label: str
    box: SafeString
    help_text: str
    is_group: bool
    is_filled: bool
    is_wrong: bool


class AddedFields:
    """Those of the lines of one document that this person may read. `lines` are the stored ones."""

    def __init__(self, model: Any, lines: Sequence[Any], actor: Any) -> None:
        self._lines, self._actor = lines, actor
        self.definitions: Sequence[Definition] = definitions_of(model, actor)
        self._boxes: dict[Any, SafeString] = {}

    def __bool__(self) -> bool:
        return bool(self.definitions)

    @property
    def suggestions(self) -> Iterable[tuple[str, list[str]]]:
        """(id of the list, names) for each field that names records."""
        for one in self.definitions:
            if one.kind is Kind.RECORD and one.may_write(self._actor):
                box: Any = self._field(one, None).widget
                yield _list_of(one), box.suggestions()

    def sent(self, data: Mapping[str, Any], prefix: str) -> dict[str, list[str]]:
        """What a row sent, by key; a field that it did not send is not there."""
        found: dict[str, list[str]] = {}
        for one in self.definitions:
            name = f"{prefix}-{one.form_name}"
            if name in data:
                texts = data.getlist(name) if hasattr(data, "getlist") else [data[name]]
                found[one.key] = [str(text) for text in texts if text]
        return found

    def changes(self, row: Any) -> dict[str, Any]:
        """Values by key of what differs from the line, or from the default of a new one; faults go to the row."""
        found: dict[str, Any] = {}
        for one in self.definitions:
            sent = row.added.get(one.key)
            if sent is None or not one.may_write(self._actor):
                continue
            if not sent and one.is_required and row.is_new:
                row.fault(one.form_name, _("%(field)s: This field is required.") % {"field": one.label})
            if sent == self._texts(one, row.line):
                continue
            field = self._field(one, row.line)
            raw: Any = sent if one.kind is Kind.CHOICES else (sent[0] if sent else "")
            if not field.has_changed(self._initial(one, row.line), raw):
                continue
            try:
                found[one.key] = field.clean(raw)
            except ValidationError as error:
                for sentence in error.messages:
                    row.fault(one.form_name, f"{one.label}: {sentence}")
        return found

    def boxes(self, row: Any) -> list[AddedBox]:
        return [self._box(one, row) for one in self.definitions] if row.is_sold else []

    def shown(self, line: Any) -> list[tuple[str, str]]:
        """(label, words) of what a line holds, for those who only read it."""
        texts = ((one.label, self._words(one, line.custom.get(one.key))) for one in self.definitions)
        return [(label, text) for label, text in texts if text]

    # Boxes ---------------------------------------------------------------------------------------------------

    def _box(self, one: Definition, row: Any) -> AddedBox:
        sent = row.added.get(one.key)
        texts = self._texts(one, row.line) if sent is None else sent
        is_group = one.kind is Kind.CHOICES
        is_wrong = one.form_name in row.errors
        kept = row.line.custom.get(one.key) if row.line else None
        key = (one.key, tuple(texts), repr(kept) if one.options else "", is_wrong)
        if key not in self._boxes:
            self._boxes[key] = self._drawn(one, row.line, texts, is_wrong=is_wrong)
        box = SafeString(self._boxes[key].replace(_ROW, row.prefix))
        return AddedBox(one.key, one.label, box, one.help_text, is_group, bool(texts), is_wrong)

    def _drawn(self, one: Definition, line: Any, texts: Sequence[str], *, is_wrong: bool) -> SafeString:
        widget, name = self._field(one, line).widget, f"{_ROW}-{one.form_name}"
        attrs: dict[str, Any] = {"id": name}
        if one.kind is Kind.RECORD:
            widget = forms.TextInput(attrs={"list": _list_of(one), "autocomplete": "off"})
        if not one.may_write(self._actor):
            attrs["disabled"] = True
        if is_wrong:
            attrs["aria-invalid"] = "true"
        value: Any = list(texts) if one.kind is Kind.CHOICES else (texts[0] if texts else "")
        return SafeString(widget.render(name, value, attrs))

    def _texts(self, one: Definition, line: Any) -> list[str]:
        """What the box of a line sends as long as nobody touches it."""
        value = self._initial(one, line)
        if value is None:
            return []
        if isinstance(value, tuple):
            return list(value)
        if one.kind is Kind.RECORD:
            return [self._names.get((one.key, value), str(value))]
        field = self._field(one, line)
        text = field.widget.format_value(field.prepare_value(value))
        return [str(text[0] if isinstance(text, list) else text)]

    def _initial(self, one: Definition, line: Any) -> Any:
        return default_of(one) if line is None else from_json(one.kind, line.custom.get(one.key))

    def _field(self, one: Definition, line: Any) -> forms.Field:
        """Choices that are retired stay where they are chosen, so those of a line may be its own."""
        current = self._initial(one, line) if one.options or one.kind is Kind.PERSON else None
        if (one.key, current) not in self._fields:
            form = forms.Form()
            form.fields[one.key] = form_field(one, current=current, may_write=True)
            form.fields[one.key].required = one.is_required and line is None
            limit_choices(form, self._actor)
            use_own_widgets(form)
            field = form.fields[one.key]
            if isinstance(field, RecordNameField):
                field.offer_to(self._actor)
            elif isinstance(field, forms.ModelChoiceField):
                # Read once, not for each box.
                people: Any = field.choices
                field.widget.choices = list(people)
            self._fields[one.key, current] = field
        return self._fields[one.key, current]

    @cached_property
    def _fields(self) -> dict[Any, forms.Field]:
        return {}

    # Words ---------------------------------------------------------------------------------------------------

    @cached_property
    def _links(self) -> Mapping[Any, Any]:
        pairs = [
            pair
            for line in self._lines
            for one in self.definitions
            if (pair := pair_of(one, line.custom.get(one.key))) is not None
        ]
        return visible_names(self._actor, pairs) if pairs else {}

    @cached_property
    def _names(self) -> Mapping[tuple[str, int], str]:
        """By field and key, the record as it is typed."""
        found = {}
        for one in self.definitions:
            for (model, key), link in self._links.items():
                if one.kind is Kind.RECORD and model is one.related:
                    found[one.key, key] = name_with_key(key, link.label)
        return found

    def _words(self, one: Definition, kept: Any) -> str:
        pair = pair_of(one, kept)
        return words(one, kept) if pair is None else str(self._links[pair].label)


def _list_of(one: Definition) -> str:
    return f"lines-{one.form_name}"
