"""The fields of records, one registry for queries, columns, export, completion and editing in place.

A record's own fields are derived from the columns of its table and refined by its app; custom fields come from
sources; and each reference to another record opens that record's own fields, one step away: `account.industry`.
A field that somebody may not read does not exist for that person, anywhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, overload

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.functional import Promise
from django.utils.text import format_lazy

from crm.core.access import READ
from crm.core.indexes import is_indexed
from crm.core.models import StatusReason, Tag, TaggedModel
from crm.core.states import StateMachine

type Text = str | Promise
type Choice = tuple[str, Text]
type Model = type[models.Model]


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    TIME = "time"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    PERSON = "person"
    RECORD = "record"
    STATE = "state"
    TAGS = "tags"


def everybody(_actor: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordField:
    """One field as lists, queries and exports know it.

    `name` is what is typed and kept: `estimated_value`, `account.industry`, the key of a custom field. `path` is its
    value path as for `values_list`: `account__industry`, `custom__size`. `choices` holds stored keys with their words;
    a TEXT field may have some too, which are then proposals. `related` is the table of PERSON, RECORD and TAGS.

    `edit_name` is the field of the noun's form that edits it in place ("" for none), `sort` the sort token that an
    index answers, `folded` a column that keeps the same text as `fold` gives it, `currency` the path of the code in
    which MONEY is counted ("" for the base currency). A field of another record is reached `through` the foreign key
    of this path, which leads to a row of `owner_model`.
    """

    name: str
    label: Text
    kind: Kind
    path: str
    choices: Sequence[Choice] = ()
    related: Model | None = None
    may_read: Callable[[Any], bool] = everybody
    edit_name: str = ""
    sort: str = ""
    folded: str = ""
    currency: str = ""
    through: str = ""
    owner_model: Model | None = None

    @property
    def short_name(self) -> str:
        """As people type it: `created` for `created_at`, `due` for `due_on`."""
        ending = self.kind in {Kind.DATE, Kind.MOMENT} and self.name[-3:] in {"_at", "_on"}
        return self.name[:-3] if ending else self.name


type Source = Callable[[Any], Iterable[RecordField]]

_declared: dict[Model, dict[str, RecordField]] = {}
_left_out: dict[Model, frozenset[str]] = {}
_sources: dict[Model, list[Source]] = {}

# Machinery, secrets, and what repeats other columns.
_NEVER = frozenset(
    {
        "id",
        "password",
        "last_login",
        "version",
        "deleted_at",
        "sort_key",
        "owning_unit",
        "is_demo",
        "rounding_method",
        "regarding_type",
        "regarding_id",
    }
)
_NEVER_ENDING = ("_key", "_e164", "_domain", "_sha256", "_token", "_ptr")
# Of amounts and prices; percentages, quantities and rates have other shapes.
_DIGITS_OF_MONEY = 19
_DECIMALS_OF_MONEY = (4, 5)
_LEADING = frozenset({Kind.RECORD, Kind.PERSON})
_NOT_EDITED_IN_PLACE = frozenset({"owner", "owner_team"})
_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (models.BooleanField, Kind.YES_NO),
    (models.DateTimeField, Kind.MOMENT),
    (models.DateField, Kind.DATE),
    (models.TimeField, Kind.TIME),
    (models.TextField, Kind.LONG_TEXT),
    (models.CharField, Kind.TEXT),
    (models.DecimalField, Kind.DECIMAL),
    (models.IntegerField, Kind.WHOLE),
)


def fields_of(model: Model, actor: Any) -> Mapping[str, RecordField]:
    """What this person may read of a table, by name: own fields, custom ones, and those one step away."""
    own = own_fields(model, actor)
    found = dict(own)
    for root in own.values():
        if root.related is not None and root.kind in _LEADING and _may_read_table(root.related, actor):
            found |= _far_fields(model, root, actor)
    return found


def register_fields(model: Model, *fields: RecordField) -> None:
    """Fields beside the derived ones; of the same path or name, the declared one counts."""
    _declared.setdefault(model, {}).update({field.name: field for field in fields})
    _forget()


def leave_out(model: Model, *names: str) -> None:
    """Columns that are nobody's business."""
    _left_out[model] = _left_out.get(model, frozenset()) | frozenset(names)
    _forget()


def register_field_source(model: Model, source: Source) -> None:
    """`source(actor)` gives fields that are known only now, such as custom ones."""
    _sources.setdefault(model, []).append(source)


def _forget() -> None:
    _derived_fields.cache_clear()
    _derived_far_fields.cache_clear()


def derived(model: Model, column: str, **changes: Any) -> RecordField:
    """The field as it is derived from a column, with some things said better: `derived(Contact, "full_name",
    name="name")`."""
    field = _field_of(model, model._meta.get_field(column))
    assert field is not None, f"{model._meta.label}.{column} is of no known kind"  # noqa: S101
    return replace(field, **changes)


def fields_of_table(model: Model) -> Mapping[str, RecordField]:
    """The columns of a table as fields, whoever asks; without custom fields and related ones."""
    return _derived_fields(model)


def own_fields(model: Model, actor: Any) -> dict[str, RecordField]:
    """Without the fields of related records."""
    found = {name: field for name, field in _derived_fields(model).items() if field.may_read(actor)}
    return found | _given(model, actor, found)


def _given(model: Model, actor: Any, known: Mapping[str, RecordField]) -> dict[str, RecordField]:
    """Those of the sources; none of them takes the name of a column."""
    given = (field for source in _sources.get(model, ()) for field in source(actor))
    return {field.name: field for field in given if field.name not in known and field.may_read(actor)}


def _far_fields(model: Model, root: RecordField, actor: Any) -> dict[str, RecordField]:
    """The fields of the record to which `root` leads."""
    related: Any = root.related
    known = _derived_far_fields(model).get(root.name) or _all_far(root, _derived_fields(related))
    found = {name: field for name, field in known.items() if field.may_read(actor)}
    return found | _all_far(root, _given(related, actor, _derived_fields(related)))


@cache
def _derived_far_fields(model: Model) -> Mapping[str, Mapping[str, RecordField]]:
    """By the name of the reference."""
    roots = (field for field in _derived_fields(model).values() if field.related and field.kind in _LEADING)
    return {root.name: _all_far(root, _derived_fields(root.related)) for root in roots if root.related}


def _all_far(root: RecordField, near: Mapping[str, RecordField]) -> dict[str, RecordField]:
    far = (_far_field(root, field) for field in near.values())
    return {field.name: field for field in far}


@cache
def _derived_fields(model: Model) -> Mapping[str, RecordField]:
    declared = _declared.get(model, {})
    if not hasattr(model._default_manager, "visible_to"):
        # Of tables without rights of their own (people, currencies), only what is declared.
        return declared
    said = {field.path for field in declared.values()}
    fields = (_field_of(model, column) for column in model._meta.concrete_fields if _is_shown(model, column.name))
    found = {field.name: field for field in fields if field is not None and field.path not in said}
    return found | declared


def _is_shown(model: Model, name: str) -> bool:
    return name not in _NEVER and name not in _left_out.get(model, ()) and not name.endswith(_NEVER_ENDING)


def _field_of(model: Model, column: Any) -> RecordField | None:
    kind, choices = _kind_and_choices(model, column)
    if kind is None:
        return None
    is_edited = column.editable and column.name not in _NOT_EDITED_IN_PLACE
    return RecordField(
        name="tag" if kind is Kind.TAGS else column.name,
        label=column.verbose_name,
        kind=kind,
        path=column.name,
        choices=choices,
        related=Tag if kind is Kind.TAGS else column.related_model if column.is_relation else None,
        edit_name=column.name if is_edited else "",
        sort=column.name if _is_sorted(kind) and is_indexed(model, column.name) else "",
        currency=_currency_of(model, column.name) if kind is Kind.MONEY else "",
    )


def _is_sorted(kind: Kind) -> bool:
    """The index of a foreign key answers no order of names, that of tags none at all."""
    return kind not in {Kind.PERSON, Kind.RECORD, Kind.TAGS}


def _kind_and_choices(model: Model, column: Any) -> tuple[Kind | None, Sequence[Choice]]:
    machine: StateMachine | None = getattr(model, "machine", None)
    if column.is_relation:
        return (Kind.PERSON if column.related_model is get_user_model() else Kind.RECORD), ()
    if machine is not None and column.name == "state":
        return Kind.STATE, tuple(machine.state_choices())
    if machine is not None and column.name == "status_reason":
        return Kind.CHOICE, ReasonChoices(machine)
    if column.name == "tags" and issubclass(model, TaggedModel):
        return Kind.TAGS, ()
    if column.choices:
        return Kind.CHOICE, tuple((str(key), word) for key, word in column.flatchoices)
    kind = next((kind for known, kind in _KINDS if isinstance(column, known)), None)
    return (Kind.MONEY if kind is Kind.DECIMAL and _is_money(column) else kind), ()


def _is_money(column: Any) -> bool:
    return column.max_digits >= _DIGITS_OF_MONEY and column.decimal_places in _DECIMALS_OF_MONEY


def _currency_of(model: Model, name: str) -> str:
    has_currency = any(field.name == "currency" for field in model._meta.concrete_fields)
    return "currency__code" if has_currency and not name.startswith("base_") else ""


def _may_read_table(model: Model, actor: Any) -> bool:
    if not hasattr(model._default_manager, "visible_to"):
        return True
    if getattr(actor, "actor_kind", "") not in {"user", ""}:
        return True
    return bool(actor and actor.has_perm(f"{model._meta.app_label}.{READ}_{model._meta.model_name}"))


def _far_field(root: RecordField, near: RecordField) -> RecordField:
    """A field of the record to which `root` leads."""
    return replace(
        near,
        name=f"{root.name}.{near.name}",
        label=format_lazy("{root}: {near}", root=root.label, near=near.label),
        path=f"{root.path}__{near.path}",
        edit_name="",
        sort="",
        folded="",
        currency=f"{root.path}__{near.currency}" if near.currency else "",
        through=root.path,
        owner_model=root.related,
    )


class ReasonChoices(Sequence[Choice]):
    """The status reasons of a noun, those of the administrators included, read when they are looked at."""

    def __init__(self, machine: StateMachine) -> None:
        self._machine = machine

    def __iter__(self) -> Iterator[Choice]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, place: int) -> Choice: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Choice]: ...
    def __getitem__(self, place: int | slice) -> Choice | Sequence[Choice]:
        return self._read()[place]

    def _read(self) -> tuple[Choice, ...]:
        shipped = {
            reason: self._machine.labels.get(reason) or self._machine.label(reason)
            for reasons in self._machine.reasons.values()
            for reason in reasons
        }
        added = StatusReason.objects.filter(noun=self._machine.noun).values_list("key", "label")
        return tuple({**dict(added), **shipped}.items())
