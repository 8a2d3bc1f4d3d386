"""What the pages of an import ask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.fields import Kind
from crm.core.name_fields import RecordNameField
from crm.data.importing.meanings import MAKE, NOTHING, USE, meaning_of
from crm.data.importing.names import is_left_alone
from crm.data.importing.readers import Reading
from crm.data.importing.readers.encodings import ENCODINGS
from crm.data.importing.readers.guessing import DELIMITERS
from crm.data.importing.registry import Importer
from crm.data.importing.styles import ORDERS, SIGNS, Style
from crm.data.importing.targets import Target
from crm.data.models import Import
from crm.data.services.imports import MOST_BYTES, Understanding, importers_to_choose
from crm.users.models import User

#: More columns are not asked for one by one; they stay as they were understood.
MOST_COLUMNS = 200
MOST_TEXTS = 40
MOST_DIGITS = 18
_MOST_OPTIONS = 200
_SAMPLES, _LONGEST_SAMPLE = 3, 60
_CHOSEN = "chosen-"


class UploadForm(forms.Form):
    noun = forms.ChoiceField(label=gettext_lazy("What is in the file?"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, Excel (xlsx, xls, ods), vCard, or a zip file of one of them; up to 50 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods,.vcf,.zip"}),
    )

    #: What holds for all rows, as the page from which somebody comes names it: `list:5`.
    chosen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        choices: Any = self.fields["noun"]
        choices.choices = [(one.noun, one.nouns.capitalize()) for one in importers_to_choose(actor)]

    def for_all_rows(self, noun: str, chosen: str) -> tuple[str, models.Model] | None:
        """The field and the record that `chosen` names; nothing where it names none that this person may choose."""
        name, _colon, text = chosen.partition(":")
        importer = next((one for one in importers_to_choose(self.actor) if one.noun == noun), None)
        if importer is None or name not in importer.chosen or not text.isdecimal() or len(text) > MOST_DIGITS:
            return None
        found = _rows(importer.all_targets(self.actor)[name], self.actor).filter(pk=int(text)).first()
        return None if found is None else (name, found)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB. Ask an administrator to import it."))
        return file


class ReadingForm(forms.Form):
    """How the file is read; asked only of text files."""

    encoding = forms.ChoiceField(label=gettext_lazy("Character set"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=gettext_lazy("Cells are separated by"), choices=list(DELIMITERS.items()))
    header_line = forms.IntegerField(
        label=gettext_lazy("Line of the heads"),
        min_value=0,
        max_value=10_000,
        help_text=gettext_lazy("0 where the first line is a record already."),
    )

    @property
    def reading(self) -> Reading:
        return Reading(**self.cleaned_data)


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """One column of the file as the page asks for it."""

    head: str
    samples: list[str]
    field: Any
    is_left_alone: bool


class ColumnsForm(forms.Form):
    """A field for each column, and what to do with the rows."""

    order = forms.ChoiceField(label=gettext_lazy("Dates are"), choices=list(ORDERS.items()))
    decimal = forms.ChoiceField(label=gettext_lazy("Decimals come after"), choices=list(SIGNS.items()))
    update_by = forms.ChoiceField(
        label=gettext_lazy("Records that are there already"),
        required=False,
        help_text=gettext_lazy("By which column a row is recognised as a record that is there already."),
    )
    duplicates = forms.ChoiceField(
        label=gettext_lazy("Rows that look like records that are there"), choices=Import.Duplicates.choices
    )
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        label=gettext_lazy("Owner"),
        required=False,
    )

    def __init__(self, *args: Any, run: Import, importer: Importer, actor: Any, **options: Any) -> None:
        self.run, self.targets = run, importer.all_targets(actor)
        super().__init__(*args, **options)
        self.initial = self._initial()
        choices = [("", _("— leave out —")), *((name, target.label) for name, target in self.targets.items())]
        for place, head in list(enumerate(run.header))[:MOST_COLUMNS]:
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=head or _("Column %(n)d") % {"n": place + 1}, choices=choices, required=False
            )
        by: Any = self.fields["update_by"]
        names = [name for name in importer.key_names() if name in self.targets]
        by.choices = [
            ("", _("are never changed")),
            *((name, _("are updated by: %(field)s") % {"field": self.targets[name].label}) for name in names),
        ]
        if not importer.is_owned or not _may_assign(importer, actor):
            del self.fields["owner"]
        else:
            self.fields["owner"].help_text = importer.owner_help
        for name in importer.chosen:
            self.fields[f"{_CHOSEN}{name}"] = forms.ModelChoiceField(
                _rows(self.targets[name], actor).order_by("-pk"),
                label=str(self.targets[name].label),
                required=False,
                help_text=_("Of rows that name none."),
            )

    def _initial(self) -> dict[str, Any]:
        run, style = self.run, Style.of(self.run.style)
        columns = {f"column-{place}": name for place, name in enumerate(run.mapping)}
        kept = {"update_by": run.update_by, "duplicates": run.duplicates, "owner": run.owner_id}
        chosen = {f"{_CHOSEN}{name}": meaning_of(words[""]).use for name, words in run.values.items() if words.get("")}
        return {**columns, **kept, **chosen, "order": style.order, "decimal": style.decimal}

    def chosen(self) -> list[Any]:
        """Fields that ask what holds for all rows that name none."""
        return [self[name] for name in self.fields if name.startswith(_CHOSEN)]

    def columns(self, samples: Sequence[Sequence[str]]) -> Iterator[AskedColumn]:
        """With the first texts of each."""
        for place, head in list(enumerate(self.run.header))[:MOST_COLUMNS]:
            texts = [cells[place][:_LONGEST_SAMPLE] for cells in samples if place < len(cells) and cells[place]]
            told = list(dict.fromkeys(texts))[:_SAMPLES]
            yield AskedColumn(head, told, self[f"column-{place}"], is_left_alone(head))

    @property
    def understanding(self) -> Understanding:
        said = self.cleaned_data
        mapping = [said.get(f"column-{place}", before) for place, before in enumerate(self.run.mapping)]
        kept = Style.of(self.run.style)
        style = Style(said["order"], said["decimal"], kept.is_order_sure, kept.is_decimal_sure)
        return Understanding(
            mapping=mapping,
            style=style,
            update_by=said["update_by"],
            duplicates=said["duplicates"],
            owner=said.get("owner"),
            chosen={name.removeprefix(_CHOSEN): said[name] for name in self.fields if name.startswith(_CHOSEN)},
        )


def _may_assign(importer: Importer, actor: Any) -> bool:
    meta = importer.model._meta
    return bool(actor.has_perm(f"{meta.app_label}.assign_{meta.model_name}"))


@dataclass(frozen=True, slots=True)
class AskedText:
    """A text of the file that nobody understands, in how many rows it stands, and the fields that ask for it."""

    text: str
    rows: int
    choice: Any
    name: Any = None


class ValuesForm(forms.Form):
    """For each text that no field understands, what it means."""

    def __init__(
        self, *args: Any, unknown: Mapping[str, Mapping[str, int]], importer: Importer, actor: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.targets, self.actor, self.importer = importer.all_targets(actor), actor, importer
        self._asked: list[tuple[Target, str, int, str]] = []
        for name, texts in unknown.items():
            if name not in self.targets:
                continue
            frequent = sorted(texts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_TEXTS]
            for place, (text, rows) in enumerate(frequent):
                self._ask(self.targets[name], text, rows, f"{name}-{place}")

    def _ask(self, target: Target, text: str, rows: int, key: str) -> None:
        choices = [("", _("these rows fail")), (NOTHING, _("nothing stands there"))]
        if target.may_make:
            told = {"name": text or _("No name")}
            choices.append((MAKE, _("a new record is made for it: %(name)s") % told))
        options = _options(target, self.actor)
        if options is None:
            self.fields[f"name-{key}"] = _name_field(target, self.actor)
        else:
            choices += [(f"{USE}{value}", label) for value, label in options]
        self.fields[f"means-{key}"] = forms.ChoiceField(label=text or _("(nothing)"), choices=choices, required=False)
        self._asked.append((target, text, rows, key))

    def groups(self) -> list[tuple[Target, list[AskedText]]]:
        """By field of the record."""
        found: dict[str, list[AskedText]] = {}
        for target, text, rows, key in self._asked:
            name = self[f"name-{key}"] if f"name-{key}" in self.fields else None
            found.setdefault(target.name, []).append(AskedText(text, rows, self[f"means-{key}"], name))
        return [(self.targets[name], texts) for name, texts in found.items()]

    @property
    def values(self) -> dict[str, dict[str, str]]:
        said: dict[str, dict[str, str]] = {}
        for target, text, _rows, key in self._asked:
            chosen, record = self.cleaned_data[f"means-{key}"], self.cleaned_data.get(f"name-{key}")
            if chosen == MAKE:
                chosen = f"{MAKE}{text or _('No name')}"
            said.setdefault(target.name, {})[text[:100]] = f"{USE}{record.pk}" if record is not None else chosen
        return said


def _options(target: Target, actor: Any) -> list[tuple[Any, Any]] | None:
    """What can be chosen from a list; None where there may be too many."""
    if target.kind is Kind.YES_NO:
        return [("True", _("Yes")), ("False", _("No"))]
    if not target.is_lookup:
        return list(target.choices)
    rows = _rows(target, actor)
    if target.related is get_user_model():
        return [(person.pk, str(person)) for person in rows.filter(is_active=True)]
    found = list(rows[: _MOST_OPTIONS + 1])
    has_names = _has_sort_key(target)
    return [(record.pk, str(record)) for record in found] if len(found) <= _MOST_OPTIONS or not has_names else None


def _rows(target: Target, actor: Any) -> Any:
    related: Any = target.related
    rows = related._default_manager.all()
    return rows.visible_to(actor) if hasattr(rows, "visible_to") else rows


def _has_sort_key(target: Target) -> bool:
    related: Any = target.related
    try:
        return isinstance(related._meta.get_field("sort_key"), models.CharField)
    except FieldDoesNotExist:
        return False


def _name_field(target: Target, actor: Any) -> RecordNameField:
    related: Any = target.related
    name = "full_name" if any(column.name == "full_name" for column in related._meta.concrete_fields) else "name"
    field = RecordNameField(_rows(target, actor), name=name, label=_("or this record"), required=False)
    field.offer_to(actor)
    return field


__all__ = ["ColumnsForm", "ReadingForm", "UploadForm", "ValuesForm"]
