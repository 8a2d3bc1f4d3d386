"""Finding in all tables at once what somebody may see: one statement, ranked, the exact first.

Of each table at most `CANDIDATES` visible rows are ranked; where there are more, the answer says so. Rights come before
that limit, so that what is hidden takes no place from what is not and is never counted. How the rows are reached
depends on how far the reader's rights reach and on how common the words are (`crm.core.finding_sql`); what is
believed of both may be old and then only costs time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from crm.core.access import visible_names
from crm.core.finding_sql import CANDIDATES, Looking, Way, together, within_reach
from crm.core.search import SearchSource
from crm.core.word_frequencies import NOTHING_KNOWN, frequencies_of
from crm.core.words import Asked

SHOWN = 10


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
        Looking(source, branches, asked, known.get(source.index, NOTHING_KNOWN))
        for source in sources
        if not _is_nothing(branches := _branches(source, actor))
    ]
    if not looking:
        return []
    reach = within_reach(actor, looking)
    ways = {one.source: one.way(is_small=reach[one.source]) for one in looking}
    found = _read(looking, ways, shown)
    # The newest rows held too little of a common word: all rows are asked after all.
    again = [one for one in looking if ways[one.source] is Way.NEWEST and one.is_short(found, shown)]
    if again:
        found |= _read(again, dict.fromkeys((one.source for one in again), Way.WORDS), shown)
    ordered = [found[source] for source in sources if source in found]
    return sorted(_named(ordered, actor), key=lambda table: min(hit.tier for hit in table.hits))


def _branches(source: SearchSource, actor: Any) -> Any:
    rows: Any = source.model._default_manager.all()
    return rows.branches(actor)


def _is_nothing(branches: Iterable[Any]) -> bool:
    return all(branch.name == "nothing" for branch in branches)


def _read(looking: Sequence[Looking], ways: Mapping[SearchSource, Way], shown: int) -> dict[SearchSource, Found]:
    statement = together([one.statement(ways[one.source], shown) for one in looking])
    tables: dict[SearchSource, Found] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    for place, tier, _updated, pk, count, title, subtitle, state, reason in sorted(rows, key=_rank):
        one = looking[place]
        hit = Hit(one.source, pk, tier, title or "", subtitle or "", state or "", reason or "")
        has_more = count > CANDIDATES or ways[one.source] is Way.NEWEST
        table = tables.setdefault(one.source, Found(one.source, [], min(count, CANDIDATES), has_more))
        table.hits.append(hit)
    return tables


def _rank(row: tuple[Any, ...]) -> tuple[Any, ...]:
    place, tier, updated, pk, *_rest = row
    return place, tier, -updated.timestamp(), -pk


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
