"""The first page after signing in: the funnel of one's own work, and panels. Apps above register theirs in `ready()`.

All nodes of the funnel are one query; what several panels need is read once through `Day.once`.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.db.models import CharField, Count, Value
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from crm.core.tables import base_currency_code

MOST_SHOWN = 8

type Text = str | Promise


@dataclass
class Day:
    """Whose page it is, and the moment at which it is made."""

    user: Any
    now: dt.datetime = field(default_factory=timezone.now)
    _found: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        return timezone.localtime(self.now).date()

    @property
    def begins_at(self) -> dt.datetime:
        return timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def ends_at(self) -> dt.datetime:
        return self.begins_at + dt.timedelta(days=1)

    def once[T](self, name: str, make: Callable[[], T]) -> T:
        """What several panels need, made by the first that asks."""
        if name not in self._found:
            self._found[name] = make()
        found: T = self._found[name]
        return found

    def code(self, currency: str) -> str:
        """The code to show beside an amount: none for the base currency."""
        return "" if currency == self.once("base currency", lambda: base_currency_code(self.user)) else currency


@dataclass(frozen=True, slots=True)
class Body:
    """What a panel shows: `rows` and whatever else its template reads. A panel without rows says `nothing`.

    `count` stands grey beside the title, `action` (label, url) at its right.
    """

    rows: Sequence[Any]
    nothing: Text = ""
    count: int | Text = ""
    action: tuple[Text, str] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


type MakeBody = Callable[[Day], Body]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePanel:
    """`template` is rendered with the body of the day; without the `permission` the panel is left out."""

    name: str
    title: Text
    template: str
    body: MakeBody
    permission: str = ""
    position: int = 100
    column: Literal["main", "half", "side"] = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelNode:
    """One noun of the line. `rows(user)` are a person's own open records.

    `amount` is an aggregate over them, `words(amount)` says it: "4 new", "231,400 out". `url_name` is that of the
    list, whose usual view holds one's own records; `everything` is the key of the view that holds all open ones.
    """

    name: str
    word: Text
    all_label: Text
    url_name: str
    everything: str
    permission: str
    rows: Callable[[Any], Any]
    amount: Any
    words: Callable[[Decimal], str]
    position: int


@dataclass(frozen=True, slots=True)
class ShownPanel:
    title: str
    body: Body
    html: str
    column: str


@dataclass(frozen=True, slots=True)
class ShownNode:
    """`url` leads to one's own records, `all_url` to everybody's that one may see."""

    word: Text
    number: int
    label: str
    url: str
    all_label: Text
    all_url: str


_panels: dict[str, HomePanel] = {}
_nodes: dict[str, FunnelNode] = {}


def register_home_panel(panel: HomePanel) -> None:
    _panels[panel.name] = panel


def register_funnel_node(node: FunnelNode) -> None:
    _nodes[node.name] = node


def home_panels(request: HttpRequest, day: Day) -> list[ShownPanel]:
    """The panels of the signed-in person in the order of `position`, ready to print."""
    shown = [panel for panel in _panels.values() if not panel.permission or day.user.has_perm(panel.permission)]
    return [_shown(panel, day, request) for panel in sorted(shown, key=lambda panel: panel.position)]


def _shown(panel: HomePanel, day: Day, request: HttpRequest) -> ShownPanel:
    body = panel.body(day)
    html = render_to_string(panel.template, {"body": body, "rows": body.rows, "day": day, **body.more}, request=request)
    return ShownPanel(str(panel.title), body, html, panel.column)


def funnel(day: Day) -> list[ShownNode]:
    """The nodes that the person may read, with number and amount of what is theirs. One query for all."""
    nodes = [node for node in _nodes.values() if day.user.has_perm(node.permission)]
    parts = [_summed(node, day.user) for node in nodes]
    found = {name: (number, amount) for name, number, amount in _together(parts)}
    return [_node(node, *found.get(node.name, (0, Decimal(0)))) for node in sorted(nodes, key=lambda one: one.position)]


def _summed(node: FunnelNode, user: Any) -> Any:
    rows = node.rows(user).order_by().values(node=Value(node.name, output_field=CharField()))
    return rows.annotate(number=Count("pk"), amount=node.amount).values_list("node", "number", "amount")


def _together(parts: list[Any]) -> Any:
    first, *others = parts or [None]
    if first is None:
        return ()
    return first.union(*others, all=True) if others else first


def _node(node: FunnelNode, number: int, amount: Decimal) -> ShownNode:
    url = reverse(node.url_name)
    return ShownNode(
        word=node.word,
        number=number,
        label=node.words(amount) if number else "",
        url=url,
        all_label=node.all_label,
        all_url=f"{url}?view={node.everything}",
    )
