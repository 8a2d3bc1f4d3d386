"""How common the words of a table are, as the database has counted them for its planner.

A search reads the index of words for what is rare, and the newest rows for what half of all rows have. What is
believed here decides the way to the rows and never which rows are found.
"""

import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

_KEPT_SECONDS = 600.0
_READ = """
SELECT stats.tablename, counted.reltuples, stats.most_common_elems::text::text[], stats.most_common_elem_freqs
FROM pg_stats stats
JOIN pg_index ON pg_index.indexrelid = to_regclass(quote_ident(stats.tablename))
JOIN pg_class counted ON counted.oid = pg_index.indrelid
WHERE stats.tablename = ANY(%s) AND stats.schemaname = current_schema()
"""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """`rows` of the table, and the part of them that have each of the most common words, in the words' order."""

    rows: float = 0.0
    words: tuple[str, ...] = ()
    parts: tuple[float, ...] = ()

    def beginning_with(self, text: str) -> float:
        """The part of all rows with a word of this beginning, at most 1. Rare words are not counted."""
        first = bisect_left(self.words, text)
        part = 0.0
        for word, each in zip(self.words[first:], self.parts[first:], strict=True):
            if not word.startswith(text):
                break
            part += each
        return min(part, 1.0)

    def equal_to(self, word: str) -> float:
        place = bisect_left(self.words, word)
        return self.parts[place] if place < len(self.words) and self.words[place] == word else 0.0


NOTHING_KNOWN = Frequencies()
_kept: dict[str, tuple[float, dict[str, Frequencies]]] = {}


def frequencies_of(indexes: Sequence[str]) -> dict[str, Frequencies]:
    """By name of an index of words; read once in ten minutes."""
    database = str(connection.settings_dict["NAME"])
    until, known = _kept.get(database, (0.0, {}))
    if until < time.monotonic() or not known.keys() >= set(indexes):
        known = dict.fromkeys(indexes, NOTHING_KNOWN) | dict(_read(indexes))
        _kept[database] = time.monotonic() + _KEPT_SECONDS, known
    return known


def forget_frequencies() -> None:
    _kept.clear()


def _read(indexes: Sequence[str]) -> Iterable[tuple[str, Frequencies]]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(indexes)])
        rows: list[tuple[str, float, list[str] | None, list[float] | None]] = cursor.fetchall()
    for index, count, words, parts in rows:
        # Behind the parts of the words stand their least and their greatest.
        pairs: list[tuple[Any, Any]] = sorted(zip(words or (), parts or (), strict=False))
        yield index, Frequencies(max(count, 0.0), tuple(word for word, _ in pairs), tuple(part for _, part in pairs))
