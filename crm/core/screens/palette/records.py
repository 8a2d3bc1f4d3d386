"""Records in the palette: what was opened last, and what is found."""

from collections.abc import Iterator, Sequence
from typing import Any

from crm.core.access import visible_names
from crm.core.finding import Found, Hit, find
from crm.core.recents import last_opened
from crm.core.screens.palette.entries import Entry
from crm.core.screens.searches import badge_of_hit, hit_url
from crm.core.search import SearchSource, sources
from crm.core.words import asked


def recent(actor: Any, most: int) -> list[Entry]:
    """Newest first, without what the person sees no more."""
    pairs = last_opened(actor)
    links, known = visible_names(actor, pairs), {source.model: source for source in sources()}
    shown = [(links[pair], known.get(pair[0])) for pair in pairs if not links[pair].hidden and links[pair].url]
    return [_recent(link.label, link.url, source) for link, source in shown[:most]]


def records(actor: Any, text: str, most: int) -> tuple[list[Entry], Hit | None]:
    """The best of all nouns, and the first of them."""
    return _best(find(actor, asked(text), sources(), shown=most), most)


def people(actor: Any, text: str, most: int) -> list[Entry]:
    wanted = [source for source in sources() if source.avatar == "person"]
    return _best(find(actor, asked(text), wanted, shown=most), most)[0]


def numbered(actor: Any, text: str, most: int) -> list[Entry]:
    wanted = [source for source in sources() if source.words.numbers]
    return _best(find(actor, asked(text), wanted, shown=most), most)[0]


def _best(tables: Sequence[Found], most: int) -> tuple[list[Entry], Hit | None]:
    """By tier; of what is equally good one of each noun in turn, so that no noun hides the others."""
    hits = [(hit.tier, turn, place, hit) for place, table in enumerate(tables) for turn, hit in enumerate(table.hits)]
    best = [hit for _tier, _turn, _place, hit in sorted(hits, key=lambda row: row[:3])[:most]]
    return list(_entries(best)), best[0] if best else None


def _entries(hits: Sequence[Hit]) -> Iterator[Entry]:
    for hit in hits:
        yield Entry(
            hit.title or hit.subtitle,
            hit_url(hit),
            icon=hit.source.icon,
            avatar=hit.source.avatar,
            noun=hit.source.noun,
            hint=hit.subtitle,
            badge=badge_of_hit(hit),
        )


def _recent(title: str, url: str, source: SearchSource | None) -> Entry:
    if source is None:
        return Entry(title, url, icon="history")
    return Entry(title, url, icon=source.icon, avatar=source.avatar, noun=source.noun)
