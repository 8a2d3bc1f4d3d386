"""The panels of the first page after signing in. Apps above register theirs in `AppConfig.ready()`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise

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
    _panels[template] = HomePanel(title, template, context, permission, position)


def home_panels(request: HttpRequest) -> list[RenderedPanel]:
    """The panels of the signed-in person in the order of `position`, ready to print."""
    user: Any = request.user
    shown = [panel for panel in _panels.values() if not panel.permission or user.has_perm(panel.permission)]
    return [
        RenderedPanel(str(panel.title), render_to_string(panel.template, dict(panel.context(user)), request=request))
        for panel in sorted(shown, key=lambda panel: (panel.position, panel.template))
    ]
