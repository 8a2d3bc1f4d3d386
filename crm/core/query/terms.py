"""One value of one field as a condition on the rows of its table."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.fields import Kind, Model, RecordField
from crm.core.folding import fold
from crm.core.format import week_of
from crm.core.models import Organisation, Tag
from crm.core.query import columns, folded
from crm.core.query.dates import Calendar, Days, read_age, read_days
from crm.core.query.nodes import Value
from crm.core.query.people import Found, people
from crm.core.query.values import chosen, clock, no_choice, number, refuse, yes_no
from crm.core.tags import tagged_with

NOTHING = Q(pk__in=())
EVERYTHING = ~NOTHING
_LOOKUPS = {"": "exact", "=": "exact", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_ORDERED = frozenset({"<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for rows of which table, and when; `now` in the reader's time zone."""

    model: Model
    actor: Any
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        return self.now.date()

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.today, week_of(self.today), lambda: Organisation.load().fiscal_year_start_month)


type Reader = Callable[[Asked, RecordField, Value], Q]


def condition_of(asked: Asked, field: RecordField, value: Value) -> Q:
    """The rows in which the field has this value."""
    if (is_empty := asks_for_nothing(field, value)) is not None:
        empty = columns.empty(asked.model, field)
        return empty if is_empty else ~empty
    return READERS[field.kind](asked, field, value)


def asks_for_nothing(field: RecordField, value: Value) -> bool | None:
    """`none` and "" ask for rows without a value, `any` and a star for those with one; None for all else.

    A choice of that name comes first.
    """
    if value.quoted:
        return True if not value.text else None
    word = value.text.lower()
    if value.upto is not None or value.operator not in {"", "="} or word not in {"none", "any", "*"}:
        return None
    return None if word != "*" and chosen(field.choices, value) else word == "none"


def _text(asked: Asked, field: RecordField, value: Value) -> Q:
    if value.operator in _ORDERED:
        raise refuse(value, _("“%(field)s” is text and has no larger and smaller.") % {"field": field.label})
    text = value.text if value.upto is None else f"{value.text}..{value.upto}"
    keys = chosen(field.choices, value) if field.choices and value.upto is None else []
    if keys:
        return columns.among(asked.model, field, keys)
    if not folded.containing(text):
        return NOTHING
    if value.begins:
        return columns.begins(asked.model, field, text)
    return (columns.equals if value.operator == "=" else columns.contains)(asked.model, field, text)


def _number(asked: Asked, field: RecordField, value: Value) -> Q:
    _no_star(value)
    if value.upto is not None:
        found = Q()
        if value.text:
            found &= columns.compared(asked.model, field, "gte", number(field, value.text, value))
        if value.upto:
            found &= columns.compared(asked.model, field, "lte", number(field, value.upto, value))
        return found
    return columns.compared(asked.model, field, _LOOKUPS[value.operator], number(field, value.text, value))


def _clock(asked: Asked, field: RecordField, value: Value) -> Q:
    _no_star(value)
    ends = [("gte", value.text), ("lte", value.upto or "")] if value.upto is not None else []
    found = Q()
    for lookup, text in ends or [(_LOOKUPS[value.operator], value.text)]:
        if text:
            found &= columns.compared(asked.model, field, lookup, clock(text, value))
    return found


def _yes_no(asked: Asked, field: RecordField, value: Value) -> Q:
    _only_equal(field, value)
    return columns.compared(asked.model, field, "exact", yes_no(value.text, value))


def _choice(asked: Asked, field: RecordField, value: Value) -> Q:
    _only_equal(field, value)
    choices = tuple(field.choices)
    keys = chosen(choices, value)
    if not keys:
        raise no_choice(field, choices, value)
    return columns.among(asked.model, field, keys)


def _days(asked: Asked, field: RecordField, value: Value) -> Q:
    _no_star(value)
    if value.upto is not None:
        first = _read_days(asked, value.text, value).first if value.text else None
        last = _read_days(asked, value.upto, value).last if value.upto else None
        return columns.within(asked.model, field, Days(first, last), asked.now)
    ago = read_age(value.text, asked.today)
    if ago is not None:
        return columns.within(asked.model, field, _age(ago, value.operator, asked.today), asked.now)
    days = _read_days(asked, value.text, value)
    compared = _compared_days(days, value.operator)
    return columns.within(asked.model, field, compared, asked.now) if compared else NOTHING


def _read_days(asked: Asked, text: str, value: Value) -> Days:
    found = read_days(text, asked.calendar)
    age = None if found else read_age(text, asked.today)
    if age is not None:
        return Days(age, age)
    if found is None:
        raise refuse(
            value,
            _("“%(text)s” is no date such as 2026-03-31, 2026-03, today, last-30-days or this-month.")
            % {"text": text[:60]},
        )
    return found


_DAY = dt.timedelta(days=1)


def _compared_days(days: Days, operator: str) -> Days | None:
    """Before the first of the days, after the last one. None where nothing lies beyond an open end."""
    match operator:
        case "<":
            return Days(None, days.first - _DAY) if days.first and days.first > dt.date.min else None
        case "<=":
            return Days(None, days.last)
        case ">":
            return Days(days.last + _DAY, None) if days.last and days.last < dt.date.max else None
        case ">=":
            return Days(days.first, None)
    return days


def _age(ago: dt.date, operator: str, today: dt.date) -> Days:
    """Younger is later: `<30d` are the days after the thirtieth day before today, up to today."""
    match operator:
        case "<":
            return Days(ago + _DAY, today)
        case "<=":
            return Days(ago, today)
        case ">":
            return Days(None, ago - _DAY)
        case ">=":
            return Days(None, ago)
    return Days(ago, ago)


def _person(asked: Asked, field: RecordField, value: Value) -> Q:
    _only_equal(field, value)
    found = _whom(asked, value)
    is_owner = field.path == "owner" and any(each.name == "owner_team" for each in asked.model._meta.concrete_fields)
    condition = columns.among(asked.model, field, found.people) if found.people else NOTHING
    if is_owner and found.teams:
        condition |= Q(owner_team_id__in=found.teams)
    if not found.people and not (is_owner and found.teams) and not _is_group(value):
        raise refuse(value, _("Nobody is called “%(text)s”.") % {"text": value.text[:60]})
    return condition


def _is_group(value: Value) -> bool:
    return not value.quoted and value.text.lower() in {"me", "team", "reports"}


def _whom(asked: Asked, value: Value) -> Found:
    if value.quoted or value.begins:
        return people().named(value.text, whole=value.operator == "=")
    match value.text.lower():
        case "me":
            return Found((asked.actor.pk,) if getattr(asked.actor, "pk", None) else ())
        case "team":
            return people().team_of(asked.actor)
        case "reports":
            return people().reports_of(asked.actor)
    return people().named(value.text, whole=value.operator == "=")


def _record(asked: Asked, field: RecordField, value: Value) -> Q:
    """The record is called so, and the reader may see it."""
    _only_equal(field, value)
    related = field.related
    assert related is not None, field.name  # noqa: S101 - by its kind
    if not folded.containing(value.text):
        return NOTHING
    how = columns.equals if value.operator == "=" else columns.begins if value.begins else columns.contains
    called = columns.called(related, value.text, how)
    return columns.leads_to(asked.model, field, columns.visible(related, asked.actor).filter(called))


def _tags(asked: Asked, field: RecordField, value: Value) -> Q:
    _only_equal(field, value)
    key = fold(value.text)
    tags = Tag.objects.filter(Q(key__startswith=key) if value.begins else Q(key=key)) if key else Tag.objects.none()
    keys = list(tags.values_list("pk", flat=True))
    if not keys:
        raise refuse(value, _("There is no tag “%(text)s”.") % {"text": value.text[:60]})
    return tagged_with(keys, field.path)


def _only_equal(field: RecordField, value: Value) -> None:
    if value.operator in _ORDERED or value.upto is not None:
        raise refuse(value, _("“%(field)s” has no larger and smaller.") % {"field": field.label})


def _no_star(value: Value) -> None:
    if value.begins:
        raise refuse(value, _("A star goes with text only."))


READERS: dict[Kind, Reader] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.WHOLE: _number,
    Kind.DECIMAL: _number,
    Kind.MONEY: _number,
    Kind.DATE: _days,
    Kind.MOMENT: _days,
    Kind.TIME: _clock,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choice,
    Kind.STATE: _choice,
    Kind.PERSON: _person,
    Kind.RECORD: _record,
    Kind.TAGS: _tags,
}


def reader_now(now: dt.datetime) -> dt.datetime:
    """Days begin at the reader's midnight."""
    return timezone.localtime(now)
