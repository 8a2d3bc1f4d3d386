"""A query taken apart for reading: one chip for each part that can be taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.core.fields import Kind, Model, RecordField, fields_of
from crm.core.query.names import Fields, find_field
from crm.core.query.nodes import And, Node, Not, Or, Query, Term, Value, Word
from crm.core.query.writer import write, write_node

_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


@dataclass(frozen=True, slots=True)
class Chip:
    """`name` and `value` are for reading: *Rating*, *hot or warm*; a word has no name. `text` is the part as it is
    typed, `without` the query without it."""

    name: str
    value: str
    text: str
    without: str


def chips(query: Query, model: Model, actor: Any) -> list[Chip]:
    """In the order of the query. A field that this reader lacks shows as it is typed."""
    fields = fields_of(model, actor) if query else {}
    parts = query.parts()
    return [Chip(*_words(part, fields), part_text(part), _without(parts, place)) for place, part in enumerate(parts)]


def part_text(part: Node) -> str:
    """As it stands beside other parts."""
    return f"({write_node(part)})" if isinstance(part, Or) else write_node(part)


def _without(parts: Sequence[Node], place: int) -> str:
    others = (*parts[:place], *parts[place + 1 :])
    if not others:
        return ""
    return write(Query(And(others) if len(others) > 1 else others[0]))


def _words(part: Node, fields: Fields) -> tuple[str, str]:
    match part:
        case Term(name, values):
            field = find_field(fields, name)
            return _name(field, name), _either(values, field)
        case Not(Term(name, values)):
            field = find_field(fields, name)
            return _name(field, name), _("not %(value)s") % {"value": _either(values, field)}
        case Word(text, quoted):
            return "", f"“{text}”" if quoted else text
    return "", write_node(part)


def _name(field: RecordField | None, typed: str) -> str:
    label = str(field.label) if field else typed
    return label[:1].upper() + label[1:]


def _either(values: Sequence[Value], field: RecordField | None) -> str:
    return f" {_('or')} ".join(_value(value, field) for value in values)


def _value(value: Value, field: RecordField | None) -> str:
    if value.upto is not None:
        return f"{value.text or '…'} – {value.upto or '…'}"
    text = _plain(value, field)
    sign = _SIGNS.get(value.operator, "")
    return f"{sign} {text}".strip() + ("…" if value.begins else "")


def _plain(value: Value, field: RecordField | None) -> str:
    """The word of a choice; the words of the language in the language of the reader."""
    if not value.quoted:
        special = {"none": _("nothing"), "any": _("anything"), "*": _("anything")}
        if field is not None and field.kind is Kind.PERSON:
            special |= {"me": _("me"), "team": _("my teams"), "reports": _("who reports to me")}
        word = special.get(value.text.lower())
        if word and not _choice(value, field):
            return word
    return _choice(value, field) or value.text


def _choice(value: Value, field: RecordField | None) -> str:
    choices = field.choices if field is not None else ()
    return next((str(word) for key, word in choices if key == value.text.lower()), "")
