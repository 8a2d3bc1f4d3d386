"""The boxes before the rows of a list and the bar under it: what can be done with several records at once.

The kernel knows no act; an engine above says what it offers (`register_bar`), and serves `<noun>/bulk/`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.core.fragments import fragment
from crm.core.markup import Pattern
from crm.core.tables import Row, Sheet

type Offer = Callable[[type[models.Model], Any], Iterable[tuple[str, str]]]

_PICK = Pattern('<td class="pick"><input type="checkbox" name="pick" value="{}" form="bulk" aria-label="{}"></td>')
_HIDDEN = Pattern('<input type="hidden" name="{}" value="{}">')
#: Acts with a button of their own; the others, moves of the table, are in a menu.
_PLAIN = ("assign", "edit", "tag", "untag", "merge")
_LAST = ("export", "delete")

_offers: list[Offer] = []


def register_bar(offer: Offer) -> None:
    """`offer(model, actor)` gives (key, words) of the acts of a table, without a query."""
    _offers.append(offer)


@dataclass(frozen=True)
class BulkBar:
    """What one list offers to one person; there is none where that is nothing."""

    request: HttpRequest
    acts: tuple[tuple[str, str], ...]

    @cached_property
    def url(self) -> str:
        return f"{self.request.path}bulk/"

    @cached_property
    def hidden(self) -> SafeString:
        """The list as it was asked for, but not which page of it."""
        asked = self.request.GET.lists()
        pairs = [(name, value) for name, values in asked if name not in {"after", "before"} for value in values]
        return SafeString("".join([_HIDDEN(name, value) for name, value in pairs]))

    @cached_property
    def buttons(self) -> SafeString:
        plain = [(key, words) for key, words in self.acts if key in _PLAIN]
        moves = [(key, words) for key, words in self.acts if key not in _PLAIN and key not in _LAST]
        known = dict(self.acts)
        context = {"plain": plain, "moves": moves, "export": known.get("export"), "deletion": known.get("delete")}
        return fragment("screens/bulk_buttons.html", self.acts, lambda: context)


def bar_for(model: type[models.Model], request: HttpRequest) -> BulkBar | None:
    acts = tuple(act for offer in _offers for act in offer(model, request.user))
    return BulkBar(request, acts) if acts else None


def with_boxes(sheet: Sheet, rows: Sequence[Row], lines: Iterable[str]) -> list[str]:
    """Each row with its box in front; as they are where the columns do not read the key."""
    column = next((one for one in sheet.columns if one.is_name_of_row), None)
    if column is None or "pk" not in sheet.fields:
        return list(lines)
    key, name = sheet.fields.index("pk"), sheet.fields.index(column.fields[-1])
    label = _("Select %(name)s")
    return [
        f"{start}>{_PICK(row[key], label % {'name': row[name] or _('No name')})}{rest}"
        for row, (start, _close, rest) in zip(rows, (line.partition(">") for line in lines), strict=True)
    ]
