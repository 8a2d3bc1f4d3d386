"""The page of one record: who it is, what can be done next, and the panels of all apps in their tabs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import READ, find_for
from crm.core.addresses import screen_url
from crm.core.badges import badge_of, reason_beside
from crm.core.errors import NotFound
from crm.core.line import Node, line_of
from crm.core.panels import Panel, panels_for
from crm.core.recents import note_opened
from crm.core.screens.buttons import Buttons, buttons_for
from crm.core.screens.custom import custom_key_facts, custom_sections, with_custom
from crm.core.screens.facts import Fact, KeyFact, Section, filled, person, sections_of, shown_key_facts
from crm.core.screens.forwarding import forwarded
from crm.core.screens.tabs import chosen_key, keys_for, tabs_at
from crm.core.stages import Stage

__all__ = ["DetailView", "Fact", "KeyFact", "Section", "ShownPanel", "Stage"]

_MOST_FACTS = 6
_AFTER_THE_FIELDS = 50


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """A panel with its markup; a lazy one has only its address."""

    panel: Panel
    url: str
    html: SafeString | str = ""

    @property
    def region(self) -> str:
        return f"panel-{self.panel.name}"

    @property
    def is_whole_tab(self) -> bool:
        return self.panel.column == "main" and self.panel.name == self.panel.tab


class DetailView[M: models.Model](View):
    """GET gives the page with the tab `?tab=<key>`, or with `?panel=<name>` one panel alone.

    What one may not see is not there (404). Hooks: `heading(record)`, `subtitle(record)`, `facts(record)` under the
    heading, `key_facts(record)` for the card at the right, `details(record)` for the tab with all fields,
    `stages(record)` for the process bar, `line(record)`, `edit_obstacle(record)` (why it cannot be edited now).
    `related` names what is read along with the record.
    """

    model: type[M]
    avatar: ClassVar[str] = ""
    first_tab: ClassVar[str] = "timeline"
    related: ClassVar[tuple[str, ...]] = ()
    template_name: ClassVar[str] = "screens/detail.html"

    def heading(self, record: M) -> str:
        return str(record)

    def subtitle(self, record: M) -> str:
        return ""

    def facts(self, record: M) -> Sequence[Fact]:
        return ()

    def key_facts(self, record: M) -> Sequence[Fact | KeyFact]:
        return ()

    def details(self, record: M) -> Sequence[Fact] | Sequence[Section]:
        return ()

    def stages(self, record: M) -> Sequence[Stage]:
        return ()

    def line(self, record: M) -> Sequence[Node]:
        return line_of(record, self.request.user)

    def edit_obstacle(self, record: M) -> str:
        return ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            record = find_for(self.model, pk, request.user, READ, related=self.related)
        except NotFound as refusal:
            return self._forwarded(pk, refusal)
        name = request.GET.get("panel", "")
        if name:
            return self._panel_alone(record, name)
        if htmx.asks_for(request, "tabs"):
            context = {"record": record, **self._tab_context(record)}
            return htmx.varies(render(request, f"{self.template_name}#tabs", context))
        response = htmx.varies(render(request, self.template_name, self._context(record)))
        if "tab" not in request.GET:
            note_opened(request.user, record)
        return response

    def _forwarded(self, pk: int, refusal: NotFound) -> HttpResponse:
        """Where another record stands for it now, to that one, if the person may see it."""
        target = forwarded(self.model, pk)
        if target is None:
            raise refusal
        find_for(self.model, target, self.request.user, READ)
        return redirect(screen_url(self.model, "detail", target))

    def _context(self, record: M) -> dict[str, Any]:
        buttons = self._buttons(record)
        return {
            "record": record,
            "title": self.heading(record),
            "lead": self.subtitle(record),
            "badge": badge_of(record),
            "reason": reason_beside(record),
            "avatar": self.avatar,
            "facts": filled([*self._owner_fact(record), *self.facts(record)])[:_MOST_FACTS],
            "key_facts": shown_key_facts(
                [*self.key_facts(record), *custom_key_facts(record, self.request.user)], _edit_url(buttons)
            ),
            "primary": buttons.primary,
            "frequent": buttons.frequent,
            "others": buttons.others,
            "nodes": self.line(record),
            "stages": self.stages(record),
            "trail": self._trail(record),
            "side_panels": [
                self._shown(panel, record)
                for panel in panels_for(self.model)
                if panel.column == "side" and self._applies(panel, record)
            ],
            **self._tab_context(record),
        }

    def _tab_context(self, record: M) -> dict[str, Any]:
        """The tabs, and what lies in the open one: its panels, and for *Details* all fields among them."""
        panels = [panel for panel in panels_for(self.model) if panel.column == "main"]
        keys = keys_for(panels, lambda panel: self._applies(panel, record), also=self._filled_tabs())
        chosen = chosen_key(keys, self.request.GET.get("tab", ""), self.first_tab)
        own = [panel for panel in panels if panel.tab == chosen and self._applies(panel, record)]
        return {
            "tabs": tabs_at(self.request.path, keys, chosen),
            "tab": chosen,
            "details_url": f"{self.request.path}?tab=details" if "details" in keys else "",
            "sections": self._all_sections(record) if chosen == "details" else [],
            "panels_before": [self._shown(one, record) for one in own if one.position < _AFTER_THE_FIELDS],
            "panels_after": [self._shown(one, record) for one in own if one.position >= _AFTER_THE_FIELDS],
        }

    def _all_sections(self, record: M) -> list[Section]:
        return sections_of(with_custom(self.details(record), custom_sections(record, self.request.user)))

    def _filled_tabs(self) -> list[str]:
        return ["details"] if type(self).details is not DetailView.details else []

    def _owner_fact(self, record: Any) -> list[Fact]:
        return [(_("Owner"), person(str(record.owner_name or "")))] if hasattr(record, "owner_name") else []

    def _buttons(self, record: M) -> Buttons:
        return buttons_for(record, self.request.user, self.edit_obstacle(record))

    def _trail(self, record: M) -> list[tuple[str, str]]:
        nouns = str(self.model._meta.verbose_name_plural).capitalize()
        list_url = screen_url(self.model, "list")
        return [*([(nouns, list_url)] if list_url else []), (getattr(record, "number", "") or self.heading(record), "")]

    def _applies(self, panel: Panel, record: M) -> bool:
        return panel.shown(record, self.request.user)

    def _shown(self, panel: Panel, record: M) -> ShownPanel:
        url = f"{self.request.path}?panel={panel.name}"
        waits = panel.lazy or panel.on_demand
        return ShownPanel(panel, url, "" if waits else self._html(panel, record, url))

    def _html(self, panel: Panel, record: M, url: str) -> SafeString:
        values: Mapping[str, Any] = panel.values(record, self.request.user, self.request.GET)
        context = {"record": record, "user": self.request.user, "panel": panel, "panel_url": url, **values}
        return render_to_string(panel.template, context, request=self.request)

    def _panel_alone(self, record: M, name: str) -> HttpResponse:
        panel = next((one for one in panels_for(self.model) if one.name == name and self._applies(one, record)), None)
        if panel is None:
            raise NotFound(_("This page has no such part."))
        url = f"{self.request.path}?panel={panel.name}"
        shown = ShownPanel(panel, url, self._html(panel, record, url))
        context = {"record": record, "title": self.heading(record), "shown": shown, "trail": self._trail(record)}
        template = "screens/panel.html"
        if htmx.asks_for(self.request, shown.region):
            template = "screens/panel.html#panel"
        return htmx.varies(render(self.request, template, context))


def _edit_url(buttons: Buttons) -> str:
    """The way to the form for those who may use it now."""
    return next((button.url for button in buttons.frequent if button.enabled and button.icon == "edit"), "")
