"""How much a post looks like spam, and why. Pure: what was seen goes in, points and reasons come out."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _


class Reason(StrEnum):
    """What speaks for spam, or against it. Kept with a post as `<reason>` or `<reason>:<detail>`."""

    HONEYPOT = "honeypot"
    TOO_FAST = "too_fast"
    FORGED_START = "forged_start"
    LINKS = "links"
    LINK_IN_NAME = "link_in_name"
    MARKUP = "markup"
    DISPOSABLE = "disposable"
    KNOWN_BAD = "known_bad"
    KNOWN_GOOD = "known_good"
    BUSY_ADDRESS = "busy_address"
    BUSY_SENDER = "busy_sender"
    BUSY_FORM = "busy_form"
    FLOOD = "flood"
    CAPTCHA_MISSING = "captcha_missing"
    CAPTCHA_WRONG = "captcha_wrong"
    CAPTCHA_DOWN = "captcha_down"


POINTS: Mapping[Reason, int] = {
    Reason.HONEYPOT: 100,
    Reason.TOO_FAST: 40,
    Reason.FORGED_START: 40,
    Reason.LINKS: 30,
    Reason.LINK_IN_NAME: 60,
    Reason.MARKUP: 60,
    Reason.DISPOSABLE: 40,
    Reason.KNOWN_BAD: 100,
    Reason.KNOWN_GOOD: -100,
    # The three together stay below the usual bound: a busy hour alone holds nobody back.
    Reason.BUSY_ADDRESS: 15,
    Reason.BUSY_SENDER: 20,
    Reason.BUSY_FORM: 10,
    Reason.FLOOD: 100,
    Reason.CAPTCHA_MISSING: 100,
    Reason.CAPTCHA_WRONG: 100,
    Reason.CAPTCHA_DOWN: 50,
}
BOUNDS: Mapping[str, int] = {"low": 80, "normal": 50, "high": 25}
"""By the form's sensitivity, from how many points on a post waits."""

#: These hold a post whatever else speaks for it, and whatever the sensitivity: somebody asked for a captcha, or for no
#: more than so many posts a minute.
HOLDING = frozenset({Reason.CAPTCHA_MISSING, Reason.CAPTCHA_WRONG, Reason.CAPTCHA_DOWN, Reason.FLOOD})

FASTEST = 2.0
"""Seconds in which nobody fills a form."""
_MANY_LINKS = 3
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_MARKUP = re.compile(r"<a\s|\[url\b|\[link\b|</a>", re.IGNORECASE)
_NAMES = ("first_name", "last_name", "company", "job_title", "city")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What was seen of a post. `seconds` is None where nobody knows how long it took; `known` are standings."""

    values: Mapping[str, object]
    trap: str = ""
    seconds: float | None = None
    is_start_forged: bool = False
    known: Collection[str] = ()
    is_disposable: bool = False
    busy: Collection[Reason] = ()
    is_flood: bool = False
    captcha: Reason | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """Points from 0 on, and the reasons for them."""

    points: int
    reasons: tuple[str, ...]

    def waits(self, sensitivity: str) -> bool:
        """Is this for a person to look at first?"""
        if any(reason in HOLDING for reason in self.reasons):
            return True
        return sensitivity in BOUNDS and self.points >= BOUNDS[sensitivity]


def weigh(signs: Signs) -> Weight:
    found = dict(_reasons(signs))
    points = sum(POINTS[reason] for reason in found)
    return Weight(max(points, 0), tuple(f"{reason}:{detail}" if detail else reason for reason, detail in found.items()))


def _reasons(signs: Signs) -> Iterable[tuple[Reason, str]]:
    if signs.trap.strip():
        yield Reason.HONEYPOT, ""
    if signs.is_start_forged:
        yield Reason.FORGED_START, ""
    elif signs.seconds is not None and signs.seconds < FASTEST:
        yield Reason.TOO_FAST, f"{max(signs.seconds, 0):.1f}"
    yield from _of_the_text(signs.values)
    if signs.is_disposable or "disposable" in signs.known:
        yield Reason.DISPOSABLE, ""
    if "bad" in signs.known:
        yield Reason.KNOWN_BAD, ""
    if "good" in signs.known:
        yield Reason.KNOWN_GOOD, ""
    yield from ((reason, "") for reason in signs.busy)
    if signs.is_flood:
        yield Reason.FLOOD, ""
    if signs.captcha is not None:
        yield signs.captcha, ""


def _of_the_text(values: Mapping[str, object]) -> Iterable[tuple[Reason, str]]:
    if any(_LINK.search(str(values.get(column, ""))) for column in _NAMES):
        yield Reason.LINK_IN_NAME, ""
    text = "\n".join(str(values.get(column, "")) for column in ("topic", "description"))
    links = len(_LINK.findall(text))
    if links >= _MANY_LINKS:
        yield Reason.LINKS, str(links)
    if _MARKUP.search(text):
        yield Reason.MARKUP, ""


def reason_words(kept: str) -> str:
    """A kept reason in the reader's language, short enough for a chip; an unknown one is its own word."""
    reason, _colon, detail = kept.partition(":")
    words: dict[str, str] = {
        Reason.HONEYPOT: _("Filled in what people do not see"),
        Reason.TOO_FAST: _("Filled in within %(seconds)s s") % {"seconds": detail},
        Reason.FORGED_START: _("Time of opening was made up"),
        Reason.LINKS: _("%(number)s links") % {"number": detail},
        Reason.LINK_IN_NAME: _("Link in a name"),
        Reason.MARKUP: _("Markup of links"),
        Reason.DISPOSABLE: _("Disposable address"),
        Reason.KNOWN_BAD: _("Known bad sender"),
        Reason.KNOWN_GOOD: _("Known good sender"),
        Reason.BUSY_ADDRESS: _("Many from this address"),
        Reason.BUSY_SENDER: _("Many from this sender"),
        Reason.BUSY_FORM: _("Many to this form"),
        Reason.FLOOD: _("Above the limit of a minute"),
        Reason.CAPTCHA_MISSING: _("No captcha"),
        Reason.CAPTCHA_WRONG: _("Wrong captcha"),
        Reason.CAPTCHA_DOWN: _("Captcha could not be checked"),
    }
    return words.get(reason, reason)
