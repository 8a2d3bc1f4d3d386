"""Badges: the one look that a state has. Nothing else is shown as a badge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.core.icons import icon
from crm.core.states import StateMachine

GREY, ACCENT, AMBER, GREEN, RED, QUIET = "grey", "accent", "amber", "green", "red", "quiet"
_GLYPHS = {
    GREY: "circle-dashed",
    ACCENT: "progress",
    AMBER: "clock",
    GREEN: "circle-check",
    RED: "circle-x",
    QUIET: "circle-minus",
}

type Tone = tuple[str, str]
"""Tone and glyph; an empty glyph stands for the tone's own."""

type Tones = Mapping[tuple[str, str], Tone]
"""(state, reason) → tone; the reason is empty where every reason of the state looks the same."""


@dataclass(frozen=True, slots=True)
class Badge:
    label: str
    tone: str
    glyph: str = ""

    def html(self) -> SafeString:
        return format_html(
            '<span class="badge badge-{}">{}{}</span>', self.tone, icon(self.glyph or _GLYPHS[self.tone]), self.label
        )


# A pair with a reason shows the word of the reason, one without a reason the word of the state.
_TONES: Tones = {
    ("open", "new"): (GREY, ""),
    ("open", "contacted"): (ACCENT, ""),
    ("open", "in_progress"): (ACCENT, ""),
    ("open", "on_hold"): (AMBER, "player-pause"),
    ("open", ""): (ACCENT, ""),
    ("scheduled", ""): (ACCENT, ""),
    ("qualified", ""): (GREEN, ""),
    ("disqualified", ""): (RED, ""),
    ("won", ""): (GREEN, ""),
    ("lost", ""): (RED, ""),
    ("draft", ""): (GREY, "pencil"),
    ("under_revision", ""): (GREY, "pencil"),
    ("proposed", ""): (GREY, ""),
    ("launched", ""): (ACCENT, ""),
    ("active", "new"): (GREY, ""),
    ("active", "pending"): (ACCENT, ""),
    ("active", "on_hold"): (AMBER, "player-pause"),
    ("active", ""): (ACCENT, ""),
    ("fulfilled", "partial"): (AMBER, "progress"),
    ("fulfilled", "complete"): (GREEN, ""),
    ("invoiced", ""): (GREEN, ""),
    ("issued", "partially_paid"): (AMBER, "progress"),
    ("issued", ""): (ACCENT, ""),
    ("paid", ""): (GREEN, ""),
    ("completed", ""): (GREEN, ""),
    ("closed", "lost"): (RED, ""),
    ("closed", "canceled"): (QUIET, ""),
    ("closed", "revised"): (QUIET, ""),
    ("closed", "expired"): (QUIET, ""),
    ("canceled", ""): (QUIET, ""),
    ("inactive", ""): (QUIET, ""),
    ("retired", ""): (QUIET, ""),
    ("suspended", ""): (QUIET, ""),
}


def state_badge(machine: StateMachine, state: str, reason: str, tones: Tones | None = None) -> Badge:
    """What stands for this pair: the given tones first, then those of the product, else grey."""
    for table in (tones or {}, _TONES):
        for pair in ((state, reason), (state, "")):
            if pair in table:
                tone, glyph = table[pair]
                return Badge(machine.label(pair[1] or state), tone, glyph)
    return Badge(machine.label(state), GREY)


def badge_of(record: Any, tones: Tones | None = None) -> Badge | None:
    """The badge of a record with states, None for one without."""
    machine = getattr(record, "machine", None)
    return state_badge(machine, record.state, record.status_reason, tones) if machine else None


def reason_beside(record: Any) -> str:
    """The human sub-reason in words, where the badge does not say it already."""
    badge = badge_of(record)
    label = str(record.reason_label) if badge else ""
    return label if badge and label.lower() != badge.label.lower() else ""
