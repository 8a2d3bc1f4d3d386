"""Conditions put together in a form instead of being typed: field, operator, value → one term of the query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.fields import Kind, RecordField, fields_of
from crm.core.query import Suggestion, complete, value_text
from crm.core.query.dates import named_days
from crm.core.screens.lists.boxes import joined
from crm.core.screens.lists.selections import Selection

type Text = str | Promise

PANEL = "filter"
COMPLETE = "complete"
_OWN = frozenset({"panel", "field", "operator", "value", "after", "before", "add", "edit", "only"})
_MOST_VALUES = 20
_LONGEST_PLACE = 6

_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.RECORD})
_NUMBERS = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.MONEY, Kind.TIME})
_DAYS = frozenset({Kind.DATE, Kind.MOMENT})
_CHOSEN = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.STATE})


@dataclass(frozen=True, slots=True)
class Operator:
    """`before` and `after` stand around the value; without a `takes` there is none to type."""

    key: str
    label: Text
    before: str = ""
    after: str = ""
    takes: str = "text"


@dataclass(frozen=True, slots=True)
class FieldGroup:
    label: str
    fields: list[RecordField]


def is_sent(parameters: QueryDict) -> bool:
    return bool(parameters.get("field")) and "operator" in parameters


def address_of(parameters: QueryDict, shown: Selection) -> QueryDict:
    """The list with what was typed or put together as part of its query. `shown` is what the list shows without it."""
    found = parameters.copy()
    for name in _OWN:
        found.pop(name, None)
    term = _term(parameters, shown.model, shown.actor) if is_sent(parameters) else ""
    query = joined(shown.shown["q"], parameters.get("add", ""))
    found["q"] = joined(query, term)
    return found


def context_of(model: type[models.Model], request: HttpRequest) -> dict[str, Any]:
    fields = fields_of(model, request.user)
    chosen = fields.get(request.GET.get("field", ""))
    return {
        "groups": _groups(list(fields.values())),
        "chosen": chosen,
        "operators": operators_of(chosen) if chosen else [],
        "choices": [(key, str(word)) for key, word in chosen.choices] if chosen else [],
        "proposals": _typed_values(chosen) if chosen else (),
        "is_number": bool(chosen and chosen.kind in _NUMBERS),
        "is_chosen": bool((chosen and chosen.kind in _CHOSEN | {Kind.YES_NO}) or (chosen and chosen.choices)),
        "kept": [(name, value) for name, values in request.GET.lists() if name not in _OWN for value in values],
        "path": request.path,
    }


def _typed_values(field: RecordField) -> tuple[str, ...]:
    """Words that can be typed as a value, proposed by the browser."""
    if field.kind is Kind.PERSON:
        return ("me", "team", "reports")
    return named_days() if field.kind in _DAYS else ()


def proposals_of(model: type[models.Model], request: HttpRequest) -> list[Suggestion]:
    """What can stand in `?text=` at the cursor `?at=`."""
    text, at = request.GET.get("text", ""), request.GET.get("at", "")
    cursor = int(at) if at.isascii() and at.isdecimal() and len(at) < _LONGEST_PLACE else len(text)
    return complete(text, min(cursor, len(text)), model, request.user)


def operators_of(field: RecordField) -> Sequence[Operator]:
    """What can be asked of a field of this kind, the commonest first."""
    if field.kind in _CHOSEN or field.choices:
        return (*_OF_CHOICES, *_EMPTY)
    return _OPERATORS.get(field.kind, (*_OF_OTHERS, *_EMPTY))


_EMPTY = (Operator("none", gettext_lazy("is empty"), takes=""), Operator("any", gettext_lazy("is filled"), takes=""))
_OF_CHOICES = (
    Operator("is", gettext_lazy("is one of"), takes="choices"),
    Operator("not", gettext_lazy("is none of"), takes="choices"),
)
_OF_OTHERS = (Operator("is", gettext_lazy("is")), Operator("not", gettext_lazy("is not")))
_OF_TEXTS = (
    Operator("has", gettext_lazy("contains")),
    Operator("is", gettext_lazy("is exactly"), before="="),
    Operator("begins", gettext_lazy("begins with"), after="*"),
    Operator("not", gettext_lazy("does not contain")),
    *_EMPTY,
)
_OF_NUMBERS = (
    Operator("atleast", gettext_lazy("is at least"), before=">="),
    Operator("atmost", gettext_lazy("is at most"), before="<="),
    Operator("is", gettext_lazy("is exactly")),
    *_EMPTY,
)
_OF_DAYS = (
    Operator("is", gettext_lazy("lies in")),
    Operator("from", gettext_lazy("is on or after"), before=">="),
    Operator("to", gettext_lazy("is on or before"), before="<="),
    *_EMPTY,
)
_OF_YES_NO = (Operator("yes", gettext_lazy("is yes"), takes=""), Operator("no", gettext_lazy("is no"), takes=""))
_OPERATORS = {
    **dict.fromkeys(_TEXTS, _OF_TEXTS),
    **dict.fromkeys(_NUMBERS, _OF_NUMBERS),
    **dict.fromkeys(_DAYS, _OF_DAYS),
    Kind.YES_NO: _OF_YES_NO,
}


def _term(parameters: QueryDict, model: type[models.Model], actor: Any) -> str:
    """`name:value` as a query has it; what cannot be a condition becomes a query that says what is wrong with it."""
    name = str(parameters["field"])
    field = fields_of(model, actor).get(name)
    if field is None:
        return f"{value_text(name)}:any"
    operator = next((one for one in operators_of(field) if one.key == parameters["operator"]), None)
    if operator is None:
        return ""
    if not operator.takes:
        return f"{field.short_name}:{operator.key}"
    values = [value.strip() for value in parameters.getlist("value") if value.strip()][:_MOST_VALUES]
    if not values:
        return ""
    written = ",".join(f"{operator.before}{value_text(value)}{operator.after}" for value in values)
    return f"{'not ' if operator.key == 'not' else ''}{field.short_name}:{written}"


def _groups(fields: Sequence[RecordField]) -> list[FieldGroup]:
    groups: dict[str, FieldGroup] = {}
    for field in fields:
        root = field.name.partition(".")[0] if field.through else ""
        label = str(field.label).partition(":")[0] if root else _("Of the record itself")
        groups.setdefault(root, FieldGroup(label[:1].upper() + label[1:], [])).fields.append(field)
    return list(groups.values())
