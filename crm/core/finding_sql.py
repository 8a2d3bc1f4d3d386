"""The statements of the search. Each of them gives all that its reader may see, so that the choice is one of time.

- WORDS: the index of words gives the rows, and rights choose among them. For rare words, and for all else that the
  others do not answer. Where a text has rare and common words, the index is asked for the rare ones.
- REACH: the reader sees few rows: these are read by the indexes of the branches, and their words looked at.
- EXACT: beside WORDS, where there were more rows than are ranked: what is exactly asked for.
- NEWEST: the words are common and the reader sees many rows: of the newest few hundred enough have the words. An
  index of words would give all hundred thousand before the first could be shown.
- SPREAD: the newest have too little of a common word, as after an import of others: rows from all over the table.
"""

import time
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property, lru_cache
from typing import Any

from django.db import connection, models
from django.db.models.sql import Query

from crm.core.access import Branch
from crm.core.branches import Pieces, Reasons, one_of
from crm.core.custom.definitions import Definition
from crm.core.custom.finding import beginning_with, equal_to
from crm.core.search import SearchSource
from crm.core.sql import Sql
from crm.core.statements import literal
from crm.core.word_frequencies import Frequencies
from crm.core.words import Asked, AskedWord

CANDIDATES = 1000
#: So many rows are quickly looked at one by one.
FEW_ROWS = 500
#: An index of words that gives more than this takes longer than looking at the newest rows; these have to hold enough.
_MANY_HITS, _COMMON, _ENOUGH = 25_000, 0.04, 20
_EXACT_HITS = 200
_SPREAD_ROWS = 1000
_KEPT_SECONDS = 60.0
_MOST_KEPT = 1000


type _Condition = tuple[str, tuple[Any, ...]]


class Way(Enum):
    WORDS = auto()
    REACH = auto()
    NEWEST = auto()
    SPREAD = auto()
    EXACT = auto()


@dataclass(frozen=True)
class Looking:
    """One table in which one text is looked for by one reader; `rights` name all on which `branches` depend.

    `added` are the fields of administrators that are looked into as well.
    """

    source: SearchSource
    branches: Sequence[Branch]
    rights: Hashable
    asked: Asked
    known: Frequencies
    added: Sequence[Definition] = ()

    def way(self, *, is_small: bool) -> Way:
        if is_small:
            return Way.REACH
        is_common = self._rarest >= _COMMON and self._rarest * self.known.rows >= _MANY_HITS
        return Way.NEWEST if is_common and not self.asked.phone else Way.WORDS

    @property
    def is_rare_exactly(self) -> bool:
        return all(self._equal_part(word) * self.known.rows < _MANY_HITS for word in self.asked.words)

    def statement(self, way: Way, shown: int) -> Sql:
        """(tier, changed, key, count, title, subtitle, state, reason) of the best rows."""
        ways = {
            Way.WORDS: self._by_words,
            Way.REACH: self._by_reach,
            Way.NEWEST: self._newest,
            Way.SPREAD: self._spread,
            Way.EXACT: self._exact,
        }
        # Rows within reach have been looked at, and what is exact was among the first answer.
        added = () if way in {Way.REACH, Way.EXACT} else self._added()
        found = _united([*ways[way](), *added], "UNION")
        table, columns = self._table, ", ".join(self._shown_columns())
        text = f"""SELECT "best"."tier", "best"."changed", "best"."pk", "best"."count", {columns} FROM (
            SELECT "found".*, count(*) OVER () AS "count" FROM ({found.text}) AS "found"
            ORDER BY "tier", "changed" DESC, "pk" DESC LIMIT {shown:d}
        ) AS "best" JOIN {table} ON {table}."id" = "best"."pk" """  # noqa: S608 - our own text
        return Sql(text, found.params)

    @property
    def sees_all(self) -> bool:
        return self._reasons.is_all

    def few(self, place: int) -> Sql:
        """(place, number of visible rows), counted to one more than `FEW_ROWS`."""
        tail = f"LIMIT {FEW_ROWS + 1:d}"
        rows = _united([piece.sql(beside=None, tail=tail) for piece in self._pieces().pieces], "UNION ALL")
        few = f'SELECT 1 FROM ({rows.text}) AS "each" {tail}'  # noqa: S608 - our own text
        return Sql(f'SELECT {place:d}, count(*) FROM ({few}) AS "few"', rows.params)  # noqa: S608 - our own text

    # The ways ------------------------------------------------------------------------------------------------

    def _by_words(self) -> Iterator[Sql]:
        rare, common = self._rare_first()
        condition = _all_of([self._matches(rare), *([_beside_index(self._matches(common))] if common else [])])
        yield from self._visible(condition, CANDIDATES + 1)
        yield from self._numbers()

    def _by_reach(self) -> Iterator[Sql]:
        begins = beginning_with(self._table, self.added, self.asked.text)
        has_words = _beside_index(_any_of([self._matches(self.asked.begins), *begins]))
        for piece in self._pieces().pieces:
            yield self._ranked(piece.sql(beside=has_words, tail=f"LIMIT {CANDIDATES + 1:d}"))

    def _newest(self) -> Iterator[Sql]:
        pieces = self._pieces()
        looked_at = min(FEW_ROWS, int(_ENOUGH / max(self._rarest, _COMMON)) + 1)
        each = max(looked_at // max(pieces.count, 1), 1)
        created, key = pieces.column(self.source.field("created_at")), f'{self._table}."id"'
        tail = f"ORDER BY {created} DESC NULLS LAST, {key} DESC LIMIT {each:d}"
        newest = _united([piece.sql(beside=None, tail=tail) for piece in pieces.pieces], "UNION ALL")
        condition = _all_of([_in(key, newest), _beside_index(self._matches(self.asked.begins))])
        yield self._rows(condition, CANDIDATES + 1)
        yield from self._exact()

    def _spread(self) -> Iterator[Sql]:
        """Whole pages from all over the table; the same ones each time, so that the same is found each time."""
        percent = min(100.0, 100 * _SPREAD_ROWS / max(self.known.rows, 1.0))
        sample = Sql(f'SELECT "id" FROM {self._table} TABLESAMPLE SYSTEM ({percent:.3g}) REPEATABLE (1)')  # noqa: S608 - our own text
        condition = _all_of([_in(f'{self._table}."id"', sample), _beside_index(self._matches(self.asked.begins))])
        yield from self._visible(condition, CANDIDATES + 1)
        yield from self._exact()

    def _exact(self) -> Iterator[Sql]:
        """What is exactly asked for, where a limit may have cut it off."""
        if self.is_rare_exactly:
            yield from self._visible(self._matches(self.asked.equals), _EXACT_HITS)

    def _numbers(self) -> Iterator[Sql]:
        """Numbers by what they begin with."""
        if self.asked.number:
            for number in self.source.words.numbers:
                column = f'{self._table}."{number}"'
                pattern = f"{_escaped(self.asked.number)}%"
                starts = [f"{column} LIKE {literal(text)}" for text in (pattern.upper(), pattern)]
                yield from self._visible(Sql(f"({' OR '.join(starts)})"), CANDIDATES + 1)

    def _added(self) -> Iterator[Sql]:
        """What stands in added fields, the exact by itself, where a limit may cut it off."""
        for condition in equal_to(self._table, self.added, self.asked.text):
            yield from self._visible(condition, _EXACT_HITS)
        for condition in beginning_with(self._table, self.added, self.asked.text):
            yield from self._visible(condition, CANDIDATES + 1)

    # Their parts ----------------------------------------------------------------------------------------------

    def _visible(self, condition: Sql, most: int) -> Iterator[Sql]:
        """Visible rows of this condition: whose columns say so, and those that are shared."""
        reasons = self._reasons
        if reasons.is_all:
            yield self._rows(condition, most)
            return
        columns = [one_of(f'{self._table}."{field.column}"', keys) for field, keys in reasons.alike.items()]
        if columns:
            yield self._rows(_all_of([condition, _any_of(columns)]), most)
        for other in reasons.others:
            # The few shared rows are read by their keys.
            yield self._rows(_all_of([other, _beside_index(condition)]), most)

    def _rows(self, condition: Sql, most: int) -> Sql:
        tier = self._tier()
        text = f"""SELECT {tier.text} AS "tier", {self._table}."updated_at" AS "changed", {self._table}."id" AS "pk"
            FROM {self._table} WHERE {self._table}."deleted_at" IS NULL AND {condition.text} LIMIT {most:d}"""  # noqa: S608 - our own text
        return Sql(text, (*tier.params, *condition.params))

    def _ranked(self, keys: Sql) -> Sql:
        return self._rows(_in(f'{self._table}."id"', keys), CANDIDATES + 1)

    def _matches(self, tsquery: str) -> Sql:
        return Sql(f"{_words_sql(self.source)} @@ %s::tsquery", (tsquery,))

    def _tier(self) -> Sql:
        return _tier_sql(self.source, self.asked, self.added)

    def _shown_columns(self) -> Iterator[str]:
        yield f'{self._table}."{self.source.field(self.source.title).column}"::text'
        subtitle = self.source.subtitle
        yield f'{self._table}."{self.source.field(subtitle).column}"::text' if subtitle else "''"
        for name in ("state", "status_reason"):
            yield f'{self._table}."{name}"::text' if _has(self.source.model, name) else "''"

    def _rare_first(self) -> tuple[str, str]:
        """What the index is asked for, and what is looked at in the rows that it gives; the second may be empty."""
        words = self.asked.words
        is_rare = [self._part(word) * self.known.rows < FEW_ROWS for word in words]
        if self.asked.phone or all(is_rare) or not any(is_rare):
            return self.asked.begins_but_numbers, ""
        rare = [word.begins for word, rare in zip(words, is_rare, strict=True) if rare]
        common = [word.begins for word, rare in zip(words, is_rare, strict=True) if not rare]
        return " & ".join(rare), " & ".join(common)

    @property
    def _rarest(self) -> float:
        return min((self._part(word) for word in self.asked.words), default=0.0)

    def _part(self, word: AskedWord) -> float:
        return min((self.known.beginning_with(part) for part in word.parts), default=0.0)

    def _equal_part(self, word: AskedWord) -> float:
        return min((self.known.equal_to(part) for part in word.parts), default=0.0)

    @cached_property
    def _compiled(self) -> "_Compiled":
        return _compiled_for(self.rights, _Source(self.source, self.branches))

    @property
    def _reasons(self) -> Reasons:
        return self._compiled.reasons

    def _pieces(self) -> Pieces:
        return self._compiled.pieces

    @property
    def _table(self) -> str:
        return f'"{self.source.model._meta.db_table}"'


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The branches of a reader as SQL."""

    reasons: Reasons
    pieces: Pieces


class _Source:
    """What is compiled; for `lru_cache` all of them are the same, so that the rights alone decide."""

    def __init__(self, source: SearchSource, branches: Sequence[Branch]) -> None:
        self.source, self.branches = source, branches

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Source)


@lru_cache(1024)
def _compiled_for(_rights: Hashable, source: _Source) -> _Compiled:
    model: Any = source.source.model
    reasons = Reasons.of(model, source.branches, connection)
    return _Compiled(reasons, Pieces(model._default_manager.all(), source.branches))


def within_reach(actor: Any, looking: Sequence[Looking]) -> dict[SearchSource, bool]:
    """Does the reader see at most `FEW_ROWS` of a table? Kept for a minute."""
    key = (
        connection.settings_dict["NAME"],
        getattr(actor, "pk", None),
        *((one.source.key, *_names(one)) for one in looking),
    )
    until, kept = _reach.get(key, (0.0, ()))
    if until < time.monotonic():
        kept = tuple(_count_reach(looking))
        if len(_reach) >= _MOST_KEPT:
            _reach.clear()
        _reach[key] = time.monotonic() + _KEPT_SECONDS, kept
    return {one.source: is_small for one, is_small in zip(looking, kept, strict=True)}


_reach: dict[Hashable, tuple[float, tuple[bool, ...]]] = {}


def forget_reach() -> None:
    _reach.clear()


def _names(looking: Looking) -> Iterator[str]:
    return (branch.name for branch in looking.branches)


def _count_reach(looking: Sequence[Looking]) -> list[bool]:
    asked = [one.few(place) for place, one in enumerate(looking) if not one.sees_all]
    counts: dict[int, int] = {}
    if asked:
        statement = _united(asked, "UNION ALL")
        with connection.cursor() as cursor:
            cursor.execute(statement.text, statement.params)
            counts = dict(cursor.fetchall())
    return [counts.get(place, FEW_ROWS + 1) <= FEW_ROWS for place in range(len(looking))]


@lru_cache
def _words_sql(source: SearchSource) -> str:
    """The expression of the index of words."""
    return _compiled(source, source.words)


@lru_cache
def _name_sql(source: SearchSource) -> str:
    name = source.words.names[0]
    return _compiled(source, models.F(name) if isinstance(name, str) else name)


def _compiled(source: SearchSource, expression: Any) -> str:
    query = Query(source.model)
    text, params = query.get_compiler(connection=connection).compile(expression.resolve_expression(query))
    assert not params, "an index holds no values"  # noqa: S101
    return str(text)


def _tier_sql(source: SearchSource, asked: Asked, added: Sequence[Definition]) -> Sql:
    """0 exactly this, 1 its end of a number or its beginning, 2 a whole word of it, 3 whatever else has the words."""
    table, name = f'"{source.model._meta.db_table}"', _name_sql(source)
    words = source.words
    numbers = [f'lower({table}."{column}")' for column in words.numbers]
    phones = [f'{table}."{column}"' for column in words.phones]
    text, turned = asked.text, " ".join(reversed(asked.text.split()))
    exact: list[_Condition] = [(f"{name} IN (%s, %s)", (text, turned))]
    exact += [(f"{column} = %s", (text,)) for column in (*numbers, *(f'{table}."{one}"' for one in words.emails))]
    ends: list[_Condition] = [(f"{name} LIKE %s", (f"{_escaped(text)}%",))]
    if asked.has_digits:
        number = _escaped(text.removeprefix("#"))
        ends += [(f"({column} LIKE %s OR {column} LIKE %s)", (f"{number}%", f"%{number}")) for column in numbers]
    if asked.phone:
        exact += [(f"{column} = %s", (f"+{asked.phone[::-1]}",)) for column in phones]
        ends += [(f"{column} LIKE %s", (f"%{asked.phone[::-1]}",)) for column in phones]
    exact += [(one.text, one.params) for one in equal_to(table, added, text)]
    ends += [(one.text, one.params) for one in beginning_with(table, added, text)]
    whole: _Condition = (f"(' ' || {name} || ' ') LIKE %s", (f"% {_escaped(text)} %",))
    cases = [(exact, 0), (ends, 1), ([whole], 2)]
    parts = [f"WHEN {' OR '.join(condition for condition, _values in group)} THEN {tier}" for group, tier in cases]
    params = tuple(value for group, _tier in cases for _condition, values in group for value in values)
    return Sql(f"CASE {' '.join(parts)} ELSE 3 END", params)


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _beside_index(condition: Sql) -> Sql:
    """So that no index is asked for it: the rows are there already."""
    return Sql(f"(({condition.text}) IS TRUE)", condition.params)


def _in(column: str, keys: Sql) -> Sql:
    return Sql(f"{column} IN ({keys.text})", keys.params)


def _all_of(conditions: Sequence[Sql]) -> Sql:
    return _joined([Sql(f"({one.text})", one.params) for one in conditions], " AND ")


def _any_of(conditions: Sequence[Sql]) -> Sql:
    joined = _joined(conditions, " OR ")
    return Sql(f"({joined.text})", joined.params)


def _united(parts: Sequence[Sql], how: str) -> Sql:
    return _joined([Sql(f"({part.text})", part.params) for part in parts], f" {how} ")


def _joined(parts: Sequence[Sql], between: str) -> Sql:
    return Sql(between.join(part.text for part in parts), tuple(value for part in parts for value in part.params))


def _escaped(text: str) -> str:
    """For LIKE, in which three signs have a meaning."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
