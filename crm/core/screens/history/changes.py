"""The history of a record in words: who did what when, and which values it changed."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core import signing
from django.db import models
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.history import event_model, events_of
from crm.core.models import TRACKED, Tag
from crm.core.panels import Panel, register_for_all
from crm.core.screens.history import custom as history_custom
from crm.core.screens.history.names import names_of
from crm.core.screens.history.words import action_words, column_words

_PAGE = 50
_SALT = "crm.core.history"
# Stamps repeat who and when; what a link opens stays with those who have the link.
_SILENT = {"id", "version", "created_at", "created_by", "updated_at", "updated_by", "public_token", "custom"}
# Columns for sorting, searching and matching repeat what they are made of.
_DERIVED = ("_key", "_domain", "_e164", "words")
_LONGEST = 200
_TAGS = "tags"


@dataclass(frozen=True, slots=True)
class Change:
    label: str | Promise
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    who: str
    what: str
    at: dt.datetime
    changes: list[Change]


type Source = Callable[[Any, Any, "dt.datetime | None", "dt.datetime | None"], Sequence[Entry]]

_sources: dict[str, Source] = {}


_kept_silent: dict[type[models.Model], frozenset[str]] = {}


def keep_silent(model: type[models.Model], *names: str) -> None:
    """Columns whose changes are told to nobody, such as a count of rows that not every reader sees."""
    _kept_silent[model] = _kept_silent.get(model, frozenset()) | frozenset(names)


def register_history_source(source: Source) -> None:
    """`source(record, reader, after, before)` gives what else happened to a record between two moments (None: ever).

    An app above tells so of rows of its own; it names only what the reader may see.
    """
    _sources[f"{source.__module__}.{source.__qualname__}"] = source


@dataclass(frozen=True, slots=True)
class _Pair:
    """An event and the state of the row before it; None where it begins."""

    event: Any
    before: Any


def history_context(record: models.Model, user: Any, parameters: QueryDict) -> Mapping[str, Any]:
    """The newest 50 entries, or those older than the token in `older`."""
    token = parameters.get("older", "")
    events = list(_older_than(events_of(record), token)[: _PAGE + 1])
    pairs = [_Pair(event, before) for event, before in zip(events, [*events[1:], None], strict=True)][:_PAGE]
    words = _Words(type(record), user, pairs)
    following = signing.dumps(events[_PAGE - 1].pk, salt=_SALT) if len(events) > _PAGE else ""
    entries = [words.entry(pair) for pair in pairs]
    after = entries[-1].at if following else None
    before = entries[0].at if token and entries else None
    others = [entry for source in _sources.values() for entry in source(record, user, after, before)]
    # What is of one moment keeps its order, and a record is made before it is connected.
    newest = sorted([*others, *entries], key=lambda entry: entry.at, reverse=True)
    return {"entries": newest, "older": following}


def changes_to(record: models.Model, event: Any, user: Any) -> list[Change]:
    """What is different in the record now from what it was after this event of its history, in words."""
    pair = _Pair(record, event)
    return list(_Words(type(record), user, [pair]).changes(pair))


def _older_than(events: "models.QuerySet[Any]", token: str) -> "models.QuerySet[Any]":
    """A token that is none is as good as no token: the newest are shown."""
    try:
        return events.filter(pk__lt=int(signing.loads(token, salt=_SALT))) if token else events
    except (signing.BadSignature, ValueError, TypeError):
        return events


class _Words:
    """The values of one page, with the names behind its keys, which are read at once."""

    def __init__(self, model: type[models.Model], user: Any, pairs: Sequence[_Pair]) -> None:
        self.model = model
        self.fields = [
            field
            for field in model._meta.concrete_fields
            if not _is_silent(field) and field.name not in _kept_silent.get(model, ()) and _has(model, field.name)
        ]
        keys: dict[type[models.Model], set[Any]] = {}
        for field in self.fields:
            if field.is_relation:
                keys.setdefault(_target(field), set()).update(_keys(field, pairs))
            elif field.name == _TAGS:
                keys.setdefault(Tag, set()).update(*_changed_values(field, pairs))
        self._added = history_custom.readable(model, user)
        if self._added:
            values = [(getattr(pair.event, "custom", {}), getattr(pair.before, "custom", {})) for pair in pairs]
            for target, wanted in history_custom.keys(self._added, values).items():
                keys.setdefault(target, set()).update(wanted)
        self._names = names_of(keys, user)

    def entry(self, pair: _Pair) -> Entry:
        context = pair.event.pgh_context or {}
        return Entry(
            who=who_of(context),
            what=_what(context.get("action"), pair.event.pgh_label),
            at=pair.event.pgh_created_at,
            changes=list(self.changes(pair)) if pair.event.pgh_label == "update" else [],
        )

    def changes(self, pair: _Pair) -> Iterable[Change]:
        for field in self.fields:
            new = getattr(pair.event, field.attname)
            old = getattr(pair.before, field.attname, None)
            if new != old:
                label = column_words(field.verbose_name)
                yield Change(label, self._value(field, old), self._value(field, new))
        if self._added:
            new, old = getattr(pair.event, "custom", {}), getattr(pair.before, "custom", {})
            for told in history_custom.changes(self._added, new, old, self._names):
                yield Change(*told)

    def _value(self, field: "models.Field[Any, Any]", value: Any) -> str:
        if value is None or value in ("", []):
            return ""
        if field.name == _TAGS:
            return ", ".join(sorted(self._names.get((Tag, key), _("a tag that is gone")) for key in value))
        if field.is_relation:
            return self._names.get((_target(field), value), _("a record that you may not see"))
        return _plain(self.model, field, value)


def _is_silent(field: "models.Field[Any, Any]") -> bool:
    return field.name in _SILENT or (not field.editable and field.name.endswith(_DERIVED))


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in event_model(model)._meta.concrete_fields)


def _keys(field: "models.Field[Any, Any]", pairs: Sequence[_Pair]) -> set[Any]:
    """Only of values that changed: nobody asks for the others."""
    return set(_changed_values(field, pairs))


def _changed_values(field: "models.Field[Any, Any]", pairs: Sequence[_Pair]) -> list[Any]:
    values = [(getattr(pair.event, field.attname), getattr(pair.before, field.attname, None)) for pair in pairs]
    return [value for new, old in values if new != old for value in (new, old) if value is not None]


def _target(field: Any) -> type[models.Model]:
    """The table to which the keys of this column belong."""
    target: type[models.Model] = field.related_model
    return target


def who_of(context: Mapping[str, Any]) -> str:
    """What acts by itself has a name of the product, people have their own."""
    kinds = {"system": _("System"), "web form": _("Web form"), "customer link": _("Customer link")}
    person = context.get("actor")
    return kinds.get(context.get("actor_kind", ""), str(person)) if person else kinds["system"]


def _what(action: Any, label: str) -> str:
    """A row written outside of every action says only that it was written."""
    if action:
        return action_words(str(action))
    return {"insert": _("Created"), "delete": _("Deleted")}.get(label, _("Changed"))


def _plain(model: type[models.Model], field: "models.Field[Any, Any]", value: Any) -> str:
    machine = getattr(model, "machine", None)
    if machine is not None and field.name in {"state", "status_reason"}:
        return str(machine.label(value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _as_words(value)


def _as_words(value: Any) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case dt.datetime():
            return f"{shown.day(value)} {shown.clock(value)}"
        case dt.date():
            return shown.day(value)
        case Decimal() | int():
            return shown.quantity(value)
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


HISTORY = Panel(
    name="history",
    title=gettext_lazy("History"),
    template="screens/history.html",
    paged=history_context,
    position=900,
    tab="history",
    shown=lambda record, _user: type(record) in TRACKED,
)


def register() -> None:
    register_for_all(HISTORY)
