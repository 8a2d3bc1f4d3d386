"""Queries answered in plain Python, row by row, to compare the database with."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm.core.folding import fold
from crm.core.query.nodes import And, Node, Not, Or, Term, Value, Word

TODAY = dt.date(2026, 3, 18)
_DAYS = {"today": (0, 0), "yesterday": (-1, -1), "last-7-days": (-7, 0), "next-30-days": (0, 30)}


@dataclass(frozen=True)
class Row:
    """A lead as its reader sees it. `account` holds the fields of a visible account, None for none or a hidden one."""

    pk: int
    name: str
    company: str
    rating: str
    employees: int | None
    value: Decimal | None
    is_barred: bool
    closes_on: dt.date | None
    created_on: dt.date
    owner: str
    account: dict[str, Any] | None
    has_account: bool


def holds(node: Node | None, row: Row) -> bool:
    match node:
        case None:
            return True
        case Word(text, quoted):
            return _has_phrase(row, text) if quoted else _has_word(row, text)
        case Not(part):
            return not holds(part, row)
        case And(parts):
            return all(holds(part, row) for part in parts)
        case Or(parts):
            return any(holds(part, row) for part in parts)
        case Term(name, values):
            return any(_READERS[name](row, value) for value in values)


def _has_word(row: Row, text: str) -> bool:
    return any(word.startswith(fold(text)) for word in _words(row))


def _has_phrase(row: Row, text: str) -> bool:
    # The table sorts by the last name first, and so keeps that order too.
    names = (row.name, " ".join(reversed(row.name.split())), row.company)
    is_in_one = any(fold(text) in fold(column) for column in names)
    return is_in_one and all(_has_word(row, word) for word in text.split())


def _words(row: Row) -> list[str]:
    return fold(row.name).split() + fold(row.company).split()


def _about(text: str | None, value: Value) -> bool:
    found, wanted = fold(text or ""), fold(value.text)
    if not value.quoted and value.text == "none":
        return not found
    if not value.quoted and value.text == "any":
        return bool(found)
    if value.begins:
        return found.startswith(wanted)
    return found == wanted if value.operator == "=" else wanted in found


def _among(stored: str, value: Value) -> bool:
    return stored == "" if value.text == "none" else stored == value.text.lower()


def _number(stored: Any, value: Value) -> bool:
    if value.text in {"none", "any"}:
        return (stored is None) == (value.text == "none")
    if stored is None:
        return False
    if value.upto is not None:
        return (not value.text or stored >= Decimal(value.text)) and (not value.upto or stored <= Decimal(value.upto))
    return _compare(stored, value.operator, Decimal(value.text))


def _compare(stored: Any, operator: str, wanted: Any) -> bool:
    match operator:
        case "<":
            return bool(stored < wanted)
        case "<=":
            return bool(stored <= wanted)
        case ">":
            return bool(stored > wanted)
        case ">=":
            return bool(stored >= wanted)
    return bool(stored == wanted)


def _day(stored: dt.date | None, value: Value) -> bool:
    if value.text in {"none", "any"}:
        return (stored is None) == (value.text == "none")
    if stored is None:
        return False
    if value.upto is not None:
        return (not value.text or stored >= _first(value.text)) and (not value.upto or stored <= _last(value.upto))
    if value.operator in {"<", ">="}:
        return _compare(stored, value.operator, _first(value.text))
    if value.operator in {">", "<="}:
        return _compare(stored, value.operator, _last(value.text))
    return _first(value.text) <= stored <= _last(value.text)


def _first(text: str) -> dt.date:
    if text in _DAYS:
        return TODAY + dt.timedelta(days=_DAYS[text][0])
    return dt.date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def _last(text: str) -> dt.date:
    if text in _DAYS:
        return TODAY + dt.timedelta(days=_DAYS[text][1])
    if len(text) == 10:
        return dt.date.fromisoformat(text)
    first = _first(text)
    return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def _owner(row: Row, value: Value) -> bool:
    wanted = {"me": ["Anna North"], "reports": [], "team": ["Anna North"], "none": [], "any": [row.owner]}
    return row.owner in wanted.get(value.text, [row.owner] if fold(value.text) in fold(row.owner).split() else [])


def _account(row: Row, value: Value) -> bool:
    if value.text in {"none", "any"}:
        return row.has_account == (value.text == "any")
    if row.account is None:
        return False
    folded = fold(row.account["name"])
    return fold(value.text) in folded and any(word.startswith(fold(value.text)) for word in folded.split())


def _of_account(name: str, reader: Callable[[Any, Value], bool]) -> Callable[[Row, Value], bool]:
    def read(row: Row, value: Value) -> bool:
        if row.account is None:
            return value.text == "none" and not value.quoted
        return reader(row.account[name], value)

    return read


_READERS: dict[str, Callable[[Row, Value], bool]] = {
    "company": lambda row, value: _about(row.company, value),
    "rating": lambda row, value: _among(row.rating, value),
    "employees": lambda row, value: _number(row.employees, value),
    "estimated_value": lambda row, value: _number(row.value, value),
    "do_not_email": lambda row, value: row.is_barred == (value.text == "yes"),
    "estimated_close": lambda row, value: _day(row.closes_on, value),
    "created": lambda row, value: _day(row.created_on, value),
    "owner": _owner,
    "account": _account,
    "account.industry": _of_account("industry", _about),
    "account.employees": _of_account("employees", _number),
}


def answer(node: Node | None, rows: Sequence[Row]) -> set[int]:
    return {row.pk for row in rows if holds(node, row)}
