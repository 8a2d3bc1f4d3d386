"""What can stand at the cursor: names of fields, values, people, days, records that the reader sees."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.fields import Kind, Model, RecordField, fields_of
from crm.core.finding import find
from crm.core.folding import fold
from crm.core.format import week_of
from crm.core.models import Organisation
from crm.core.query import columns
from crm.core.query.cursor import Piece, piece_at
from crm.core.query.dates import Calendar, named_days, read_days
from crm.core.query.names import Fields, find_field
from crm.core.query.parser import LONGEST
from crm.core.query.people import people
from crm.core.query.writer import value_text
from crm.core.search import sources
from crm.core.words import asked

MOST = 12
_FEWEST_LETTERS = 2
_KEYWORDS = ("not", "or")
# Fields that are asked for most come first where nothing is typed yet.
_FIRST = (Kind.STATE, Kind.PERSON, Kind.CHOICE, Kind.MOMENT, Kind.MONEY, Kind.RECORD, Kind.DATE)
_COMPARED = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.MONEY, Kind.DATE, Kind.MOMENT, Kind.TIME})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` takes the place of the query from `start` to before `end`; `label` and `detail` are for reading."""

    label: str
    detail: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Choice:
    label: str
    text: str
    detail: str = ""


def complete(text: str, cursor: int, model: Model, actor: Any) -> list[Suggestion]:
    """At most a dozen, the likeliest first. Only values of people, tags and records cost queries, three at most."""
    piece = piece_at(text, cursor) if len(text) <= LONGEST else None
    if piece is None:
        return []
    fields = fields_of(model, actor)
    found = _values(piece, fields, actor) if piece.name else _names(piece, fields)
    shown = islice((choice for choice in found if choice.text != text[piece.start : piece.end]), MOST)
    return [Suggestion(one.label, one.detail, one.text, piece.start, piece.end) for one in shown]


def _names(piece: Piece, fields: Fields) -> Iterator[_Choice]:
    wanted = fold(piece.typed).replace("-", "_")
    for word in _KEYWORDS:
        if len(wanted) >= _FEWEST_LETTERS and word.startswith(wanted):
            yield _Choice(word, f"{word} ")
    for field in _fitting(fields, wanted):
        yield _Choice(_capital(str(field.label)), f"{typed_name(fields, field)}:", f"{typed_name(fields, field)}:")


def _fitting(fields: Fields, wanted: str) -> list[RecordField]:
    """Own fields before related ones; a name that begins so before a label in which a word begins so."""
    if not wanted:
        own = [field for field in fields.values() if not field.through and field.kind in _FIRST]
        return sorted(own, key=lambda field: _FIRST.index(field.kind))
    ranked = [(rank, field) for field in fields.values() if (rank := _rank(field, wanted)) is not None]
    return [field for _rank_of_it, field in sorted(ranked, key=lambda pair: pair[0])]


def _rank(field: RecordField, wanted: str) -> tuple[bool, int, int] | None:
    words = fold(str(field.label)).replace(":", "").split()
    if field.name.startswith(wanted):
        place = 0
    elif field.through and field.name.partition(".")[2].startswith(wanted):
        place = 1
    elif any(word.startswith(wanted) for word in words) or " ".join(words).startswith(wanted.replace("_", " ")):
        place = 2
    else:
        return None
    return bool(field.through) and "." not in wanted, place, len(field.name)


def typed_name(fields: Fields, field: RecordField) -> str:
    """The short name where it means this field and no other."""
    return field.short_name if find_field(fields, field.short_name) is field else field.name


def _values(piece: Piece, fields: Fields, actor: Any) -> Iterator[_Choice]:
    field = find_field(fields, piece.name)
    if field is None:
        return
    wanted = fold(piece.typed)
    if not piece.operator or field.kind in _COMPARED:
        propose = _PROPOSERS.get(field.kind, _of_choices)
        yield from propose(field, wanted, actor)
    if not piece.operator:
        if not wanted and field.kind in _COMPARED:
            yield from (_Choice(word, sign) for sign, word in _comparisons())
        yield from (_Choice(word, key) for key, word in _emptiness() if key.startswith(wanted))


def _comparisons() -> Sequence[tuple[str, str]]:
    return ((">=", _("at least")), ("<=", _("at most")), (">", _("more than")), ("<", _("less than")))


def _emptiness() -> Sequence[tuple[str, str]]:
    return (("none", _("Nothing")), ("any", _("Anything")))


def _of_choices(field: RecordField, wanted: str, _actor: Any) -> Iterator[_Choice]:
    for key, word in field.choices:
        if _begins(str(word), wanted) or fold(key).startswith(wanted):
            yield _Choice(str(word), value_text(key))


def _of_yes_no(_field: RecordField, wanted: str, _actor: Any) -> Iterator[_Choice]:
    for word, label in (("yes", _("Yes")), ("no", _("No"))):
        if word.startswith(wanted) or _begins(label, wanted):
            yield _Choice(label, word)


def _of_days(_field: RecordField, wanted: str, _actor: Any) -> Iterator[_Choice]:
    today = timezone.localdate()
    fiscal = _once(lambda: Organisation.load().fiscal_year_start_month)
    calendar = Calendar(today, week_of(today), fiscal)
    for word in named_days():
        if word.startswith(wanted) or f"-{wanted}" in word:
            days = read_days(word, calendar)
            first, last = (days.first, days.last) if days else (None, None)
            ends = dict.fromkeys(day.isoformat() if day else "…" for day in (first, last))
            yield _Choice(word.replace("-", " ").capitalize(), word, " – ".join(ends))


def _once(read: Callable[[], int]) -> Callable[[], int]:
    known: list[int] = []

    def reading() -> int:
        if not known:
            known.append(read())
        return known[0]

    return reading


def _of_people(_field: RecordField, wanted: str, _actor: Any) -> Iterator[_Choice]:
    for word, label in (("me", _("Me")), ("team", _("My teams")), ("reports", _("Who reports to me"))):
        if word.startswith(wanted) or fold(label).startswith(wanted):
            yield _Choice(label, word)
    for name in people().suggest(wanted, MOST):
        yield _Choice(name, value_text(name))


def _of_records(field: RecordField, wanted: str, actor: Any) -> Iterator[_Choice]:
    """Visible ones alone; a single letter begins too many."""
    related: Any = field.related
    if len(wanted) < _FEWEST_LETTERS:
        return
    for text in dict.fromkeys(_names_of_records(related, wanted, actor)):
        yield _Choice(text, value_text(text))


def _names_of_records(model: Model, wanted: str, actor: Any) -> Iterator[str]:
    source = next((source for source in sources() if source.model is model), None)
    if source is not None:
        yield from (hit.title for table in find(actor, asked(wanted), [source], shown=MOST) for hit in table.hits)
        return
    name = next(iter(columns.naming_fields(model)), None)
    if name is not None:
        rows = columns.visible(model, actor).filter(columns.begins(model, name, wanted))
        yield from map(str, rows.order_by(name.path).values_list(name.path, flat=True)[:MOST])


def _of_tags(field: RecordField, wanted: str, actor: Any) -> Iterator[_Choice]:
    related: Any = field.related
    name = next(iter(columns.naming_fields(related)), None)
    if name is None:
        return
    rows = columns.visible(related, actor)
    found = rows.filter(columns.begins(related, name, wanted)) if wanted else rows
    for text in found.order_by(name.path).values_list(name.path, flat=True)[:MOST]:
        yield _Choice(str(text), value_text(str(text)))


def _begins(label: str, wanted: str) -> bool:
    folded = fold(label)
    return folded.startswith(wanted) or any(word.startswith(wanted) for word in folded.split())


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


_PROPOSERS: dict[Kind, Callable[[RecordField, str, Any], Iterable[_Choice]]] = {
    Kind.YES_NO: _of_yes_no,
    Kind.DATE: _of_days,
    Kind.MOMENT: _of_days,
    Kind.PERSON: _of_people,
    Kind.RECORD: _of_records,
    Kind.TAGS: _of_tags,
}
