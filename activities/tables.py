from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.due import due_html
from activities.models import Activity
from activities.regarding import regarding_name, visible_titles
from activities.states import ACTIVITY_MACHINE, LIVE
from activities.words import icon_of
from crm.core.access import WRITE
from crm.core.icons import icon
from crm.core.idempotency import new_key
from crm.core.markup import Pattern
from crm.core.tables import (
    Column,
    DateTimeColumn,
    LinkColumn,
    LookupColumn,
    OwnerColumn,
    Paper,
    Row,
    Source,
    StateColumn,
    Table,
)
from crm.customers.links import linked

_KIND = Pattern('<span class="next-step">{}{}</span>')
_DONE = Pattern(
    '<a class="done-button" role="button" href="{}" hx-post="{}" hx-swap="none" title="{}"'
    ' hx-vals=\'{"idempotency_key": "{}", "go_on": "list"}\'>{}<span class="visually-hidden">{}</span></a>'
)


class KindColumn(Column):
    """Icon and word of the kind."""

    def __init__(self, label: Any, *, place: str = "") -> None:
        super().__init__(label, "kind", place=place)

    def cell(self, paper: Paper, *values: Any) -> str:
        kind = Activity.Kind(values[0])
        return _KIND(icon(icon_of(kind)), kind.label)


class DoneColumn(LookupColumn):
    """A circle that completes what the reader may complete: one POST by htmx, without it the page that asks."""

    css = "done-cell"
    key = "done"
    in_files = False

    def __init__(self, label: Any) -> None:
        super().__init__(label, _completable)

    def cell(self, paper: Paper, *values: Any) -> str:
        if values[0] is None:
            return ""
        pk, subject = values[0]
        url = paper.address("activities:activity_complete", pk)
        words = _("Complete %(subject)s") % {"subject": subject}
        return _DONE(url, url, _("Complete"), new_key(), icon("check"), words)


def _completable(keys: Sequence[int], actor: Any) -> dict[int, tuple[int, str]]:
    rows = Activity.objects.for_action(actor, WRITE).filter(pk__in=keys, state__in=LIVE)
    return {pk: (pk, subject) for pk, subject in rows.values_list("pk", "subject")}


class DueColumn(Column):
    """When it is due in words, red when it is late; of what is over only the day."""

    def __init__(self, label: Any, *, place: str = "") -> None:
        super().__init__(label, "due_at", "state", sort="due_at", place=place)

    def cell(self, paper: Paper, *values: Any) -> str:
        due_at, state = values
        if state in LIVE:
            return due_html(due_at, timezone.now())
        return DateTimeColumn.cell(_PLAIN, paper, due_at)


_PLAIN = DateTimeColumn("", "due_at")


class RegardingColumn(Column):
    """What the activity concerns, by name. The names of a page come in one query, within the reader's rights."""

    key = "regarding"

    def __init__(self, label: Any, *, place: str = "") -> None:
        super().__init__(label, "regarding_type_id", "regarding_id", place=place)

    def source(self, rows: Sequence[Row], places: Sequence[int], actor: Any) -> Source:
        def pair_of(row: Row) -> tuple[int, int] | None:
            type_id, pk = (row[place] for place in places)
            return (type_id, pk) if type_id and pk else None

        titles = visible_titles(filter(None, map(pair_of, rows)), actor)
        return lambda row: [regarding_name(pair, titles) if (pair := pair_of(row)) else None]

    def cell(self, paper: Paper, *values: Any) -> str:
        return linked(values[0]) if values[0] is not None else ""


class ActivityTable(Table):
    model = Activity
    columns = (
        DoneColumn(_("Done")),
        LinkColumn(_("Subject"), "subject"),
        KindColumn(_("Kind")),
        StateColumn(_("State"), ACTIVITY_MACHINE, place=""),
        DueColumn(_("Due"), place="mark"),
        RegardingColumn(_("Regarding"), place="sub"),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "due_at"
