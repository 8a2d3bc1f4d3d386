"""Finding in all tables what somebody may see: one statement for each, asked together, ranked, the exact first.

Of each table at most `CANDIDATES` visible rows are ranked; where there are more, the answer says so. Rights come before
that limit, so that what is hidden takes no place from what is not and is never counted. How the rows are reached
depends on how far the reader's rights reach and on how common the words are (`crm.core.finding_sql`); what is
believed of both may be old and then only costs time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm.core.access import READ, visible_names
from crm.core.custom.finding import searched_fields
from crm.core.finding_sql import CANDIDATES, Looking, Way, within_reach
from crm.core.prepared import rights_key
from crm.core.search import SearchSource
from crm.core.statements import Row, ask_together
from crm.core.word_frequencies import NOTHING_KNOWN, frequencies_of
from crm.core.words import Asked

SHOWN = 10
#: So many of the newest rows with a common word are an answer, since it says that there are more.
_ENOUGH = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """A record; `tier` is 0 where it is exactly what was asked for, and rises to 3."""

    source: SearchSource
    pk: int
    tier: int
    title: str
    subtitle: str = ""
    state: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one table has: the best hits, and of how many they are the best. `has_more` says that there are others."""

    source: SearchSource
    hits: list[Hit]
    count: int
    has_more: bool = False


def find(actor: Any, asked: Asked, sources: Sequence[SearchSource], *, shown: int = SHOWN) -> list[Found]:
    """Tables with hits; those with the best hit first, then as they are given."""
    if not asked:
        return []
    known = frequencies_of([source.index for source in sources])
    looking = [
        Looking(
            source,
            branches,
            rights_key(source.model, actor, READ),
            asked,
            known.get(source.index, NOTHING_KNOWN),
            searched_fields(source.model, actor),
        )
        for source in sources
        if not _is_nothing(branches := _branches(source, actor))
    ]
    if not looking:
        return []
    reach = within_reach(actor, looking)
    rows = _read([(one, one.way(is_small=reach[one.source])) for one in looking], shown)
    ordered = [_found(one.source, rows[one.source]) for one in looking if rows[one.source].best]
    return sorted(_named(ordered, actor), key=lambda table: min(hit.tier for hit in table.hits))


def _branches(source: SearchSource, actor: Any) -> Any:
    rows: Any = source.model._default_manager.all()
    return rows.branches(actor)


def _is_nothing(branches: Iterable[Any]) -> bool:
    return all(branch.name == "nothing" for branch in branches)


@dataclass(slots=True)
class _Rows:
    """What was read of one table: the best rows in their order, of how many, and whether there are more."""

    best: list[Row]
    count: int = 0
    has_more: bool = False


def _read(asking: Sequence[tuple[Looking, Way]], shown: int) -> dict[SearchSource, _Rows]:
    """Once for all tables, and again for those of which an answer left something open."""
    rows: dict[SearchSource, _Rows] = {}
    while asking:
        answers = _asked_together(asking, shown)
        again = [(one, way) for one, asked in asking if (way := _then(one, asked, answers[one.source], shown))]
        for one, asked in asking:
            found = answers[one.source]
            rows[one.source] = _both(rows[one.source], found, asked, shown) if one.source in rows else found
        asking = again
    return rows


def _then(one: Looking, asked: Way, found: _Rows, shown: int) -> Way | None:
    """The way on which the table is asked once more."""
    if asked in {Way.NEWEST, Way.SPREAD} and len(found.best) < min(shown, _ENOUGH):
        # They held too little of a common word.
        return Way.SPREAD if asked is Way.NEWEST else Way.WORDS
    return Way.EXACT if asked is Way.WORDS and found.has_more and one.is_rare_exactly else None


def _both(first: _Rows, more: _Rows, way: Way, shown: int) -> _Rows:
    """Of all ways but that to the exact, the later one looks at more rows, so it knows better how many there are."""
    best = list(dict.fromkeys(sorted([*first.best, *more.best], key=_rank)))[:shown]
    return _Rows(best, max(first.count, more.count), more.has_more or (way is Way.EXACT and first.has_more))


def _asked_together(asking: Sequence[tuple[Looking, Way]], shown: int) -> dict[SearchSource, _Rows]:
    answers = ask_together([one.statement(way, shown) for one, way in asking])
    return {one.source: _rows(way, found) for (one, way), found in zip(asking, answers, strict=True)}


def _rows(way: Way, found: Sequence[Row]) -> _Rows:
    """`found` has (tier, changed, key, count, title, subtitle, state, reason), the count of all in each row."""
    best = sorted(found, key=_rank)
    count = int(best[0][3]) if best else 0
    has_more = count > CANDIDATES or (bool(best) and way in {Way.NEWEST, Way.SPREAD})
    return _Rows([(*row[:3], *row[4:]) for row in best], min(count, CANDIDATES), has_more)


def _found(source: SearchSource, rows: _Rows) -> Found:
    hits = [
        Hit(source, pk, tier, title or "", subtitle or "", state or "", reason or "")
        for tier, _changed, pk, title, subtitle, state, reason in rows.best
    ]
    return Found(source, hits, rows.count, rows.has_more)


def _rank(row: Row) -> tuple[Any, ...]:
    tier, changed, pk, *_rest = row
    return tier, -changed.timestamp(), -pk


def _named(tables: Sequence[Found], actor: Any) -> Iterator[Found]:
    """With words for keys: labels of choices, and names of the records that the reader may see."""
    wanted = {
        (related, int(hit.subtitle))
        for table in tables
        if (related := _related(table.source)) is not None
        for hit in table.hits
        if hit.subtitle
    }
    links = visible_names(actor, wanted) if wanted else {}
    for table in tables:
        related, choices = _related(table.source), _choices(table.source)
        words = {
            str(key): "" if link.hidden else link.label for (model, key), link in links.items() if model is related
        }
        words |= choices
        yield replace(table, hits=[replace(hit, subtitle=words.get(hit.subtitle, hit.subtitle)) for hit in table.hits])


def _related(source: SearchSource) -> Any:
    field = source.field(source.subtitle) if source.subtitle else None
    return field.related_model if field is not None and field.is_relation else None


def _choices(source: SearchSource) -> dict[str, str]:
    field = source.field(source.subtitle) if source.subtitle else None
    return {str(key): str(label) for key, label in (getattr(field, "flatchoices", None) or ())}
