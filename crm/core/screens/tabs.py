"""The tabs of a record's page: which there are for this record, and which one is open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.core.panels import Panel, always

LABELS: Mapping[str, str | Promise] = {
    "timeline": _("Timeline"),
    "lines": _("Lines"),
    "details": _("Details"),
    "related": _("Related"),
    "files": _("Files"),
    "history": _("History"),
}
"""Keys in the order in which they stand."""


@dataclass(frozen=True, slots=True)
class Tab:
    """As `components/tabs.html` reads it."""

    key: str
    label: str | Promise
    url: str
    current: bool


def keys_for(panels: Sequence[Panel], applies: Callable[[Panel], bool], *, also: Sequence[str]) -> list[str]:
    """Tabs with something in them; `also` are those that are filled without a panel.

    Panels that are always there are asked first, so that the others cost no query.
    """

    def has_any(key: str) -> bool:
        own = sorted((panel for panel in panels if panel.tab == key), key=lambda panel: panel.shown is not always)
        return any(applies(panel) for panel in own)

    return [key for key in LABELS if key in also or has_any(key)]


def chosen_key(keys: Sequence[str], wanted: str, first: str) -> str:
    """The wanted tab, else the first one of this kind of record; empty where there are no tabs."""
    return next((key for key in (wanted, first, *keys) if key in keys), "")


def tabs_at(path: str, keys: Sequence[str], chosen: str) -> list[Tab]:
    return [Tab(key, LABELS[key], f"{path}?tab={key}", key == chosen) for key in keys]
