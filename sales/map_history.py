"""What was changed in the qualification map, by whom, in the words of its page."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from crm.core.history import event_model
from crm.core.screens.history import Change, Entry, who_of
from sales.forms.qualification_map import KINDS
from sales.models import QualificationMap
from sales.services.map_fields import End, sources, targets
from sales.services.qualification_map import shipped

_PAGE = 20


def entries_of(actor: Any, older: str = "") -> tuple[list[Entry], str]:
    """The newest twenty changes, or those before the event of the key `older`; and the key of the next page."""
    events: Any = event_model(QualificationMap)._default_manager.order_by("-pgh_id")
    if older.isascii() and older.isdecimal() and len(older) < 19:
        events = events.filter(pgh_id__lt=int(older))
    found = list(events[: _PAGE + 1])
    words = _Words(actor)
    # The first event of all is the row that the first change made.
    pairs = zip(found, [*found, None][1:], strict=True)
    entries = [words.entry(event, before) for event, before in pairs if event.pgh_label == "update"][:_PAGE]
    return entries, str(found[_PAGE - 1].pgh_id) if len(found) > _PAGE else ""


class _Words:
    """The names of all fields, read once."""

    def __init__(self, actor: Any) -> None:
        self._sources = sources(actor)
        self._targets = {kind: targets(kind, actor) for kind in KINDS}
        self._usual = {kind: shipped(kind, actor) for kind in KINDS}

    def entry(self, event: Any, before: Any) -> Entry:
        context = event.pgh_context or {}
        is_reset = context.get("action") == "qualification_map.reset"
        what = _("went back to the shipped map") if is_reset else _("changed the map")
        changes = list(self._changes(event.choices, before.choices if before else {}))
        return Entry(who=who_of(context), what=what, at=event.pgh_created_at, changes=changes)

    def _changes(self, new: Any, old: Any) -> Iterator[Change]:
        for kind, title in KINDS.items():
            now, then = new.get(kind, {}), old.get(kind, {})
            for target in sorted({*now, *then}):
                usual = self._usual[kind].get(target, "")
                was, becomes = then.get(target, usual), now.get(target, usual)
                if was != becomes:
                    label = _name(self._targets[kind], target)
                    yield Change(f"{title}: {label}", self._source(was), self._source(becomes))

    def _source(self, name: str) -> str:
        return _name(self._sources, name) if name else _("Nothing")


def _name(ends: dict[str, End], name: str) -> str:
    return ends[name].label if name in ends else _("A field that is gone")
