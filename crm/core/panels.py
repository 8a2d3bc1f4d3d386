"""Panels: the parts of a record's page, which any app adds to the records of the apps below it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db import models
from django.http import QueryDict
from django.utils.functional import Promise

type Context = Callable[[Any, Any], Mapping[str, Any]]
type PagedContext = Callable[[Any, Any, QueryDict], Mapping[str, Any]]


def _no_context(_record: Any, _user: Any) -> Mapping[str, Any]:
    return {}


def always(_record: Any, _user: Any) -> bool:
    return True


def once[T](record: Any, what: str, user: Any, read: Callable[[], T]) -> T:
    """What `read` gives, asked once for this record in hand, so that `shown` and `context` share a query."""
    known: dict[tuple[str, Any], T] = record.__dict__.setdefault("_panels", {})
    key = (what, getattr(user, "pk", None))
    if key not in known:
        known[key] = read()
    return known[key]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One part of a page. `context(record, user)` feeds `template`, beside `record`, `user` and `panel_url`.

    `paged(record, user, parameters)` does instead where the panel has pages of its own: `panel_url` with
    further parameters shows it alone. A lazy panel is fetched when the page is there, one `on_demand` when it is
    asked for; an empty `title` leaves the frame of a card to the template. `shown(record, user)` may leave it out.

    A panel of the main column lies in the tab `tab`: timeline, lines, details, related, files or history. One that is
    named like its tab fills it without a card of its own.
    """

    name: str
    title: str | Promise
    template: str
    context: Context = _no_context
    paged: PagedContext | None = None
    position: int = 100
    column: Literal["main", "side"] = "main"
    tab: str = "related"
    lazy: bool = False
    on_demand: bool = False
    shown: Callable[[Any, Any], bool] = always

    def values(self, record: Any, user: Any, parameters: QueryDict) -> Mapping[str, Any]:
        return self.paged(record, user, parameters) if self.paged else self.context(record, user)


_registry: dict[type[models.Model], dict[str, Panel]] = {}
_everywhere: dict[str, Panel] = {}


def register_panels(model: type[models.Model], *panels: Panel) -> None:
    for panel in panels:
        _registry.setdefault(model, {})[panel.name] = panel


def register_for_all(panel: Panel) -> None:
    """For every record with a page; `shown` may narrow it."""
    _everywhere[panel.name] = panel


def panels_for(model: type[models.Model]) -> list[Panel]:
    found = {**_everywhere, **_registry.get(model, {})}
    return sorted(found.values(), key=lambda panel: (panel.position, panel.name))


def registered() -> dict[type[models.Model], list[Panel]]:
    """All of it, for the start-up checks."""
    return {model: list(panels.values()) for model, panels in _registry.items()}
