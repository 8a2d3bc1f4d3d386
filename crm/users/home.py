"""The panels of the first page after signing in. Apps above register theirs in `AppConfig.ready()`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise

from crm.core.tables import Table

MOST_SHOWN = 8
ROWS = "users/home_rows.html"

type Context = Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class HomePanel:
    """`template` is rendered with `context(user)`; a panel without the `permission` is left out."""

    title: str | Promise
    template: str
    context: Context
    permission: str = ""
    position: int = 100


@dataclass(frozen=True, slots=True)
class RenderedPanel:
    title: str
    body: str


_panels: dict[str, HomePanel] = {}


def register_home_panel(
    title: str | Promise, template: str, context: Context, *, permission: str = "", position: int = 100
) -> None:
    name = f"{context.__module__}.{context.__qualname__}"
    _panels[name] = HomePanel(title, template, context, permission, position)


def first_rows(table: type[Table], rows: Any, *, all_url: str, nothing: str | Promise) -> dict[str, Any]:
    """The context of `ROWS`: the first of some ordered, visible rows, and the way to all of them."""
    found = list(rows.values_list(*table.fields())[: MOST_SHOWN + 1])
    return {
        "table": table,
        "columns": table.heads("", lambda _token: ""),
        "rows": found[:MOST_SHOWN],
        "more": len(found) > MOST_SHOWN,
        "all_url": all_url,
        "nothing": nothing,
    }


def home_panels(request: HttpRequest) -> list[RenderedPanel]:
    """The panels of the signed-in person in the order of `position`, ready to print."""
    user: Any = request.user
    shown = [panel for panel in _panels.values() if not panel.permission or user.has_perm(panel.permission)]
    return [
        RenderedPanel(str(panel.title), render_to_string(panel.template, dict(panel.context(user)), request=request))
        for panel in sorted(shown, key=lambda panel: panel.position)
    ]
