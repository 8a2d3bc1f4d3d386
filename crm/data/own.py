"""The exports of one person, as their page shows them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core import format as shown
from crm.core.access import Branch
from crm.core.errors import NotFound
from crm.core.keyset import keyset_page
from crm.core.models import Job
from crm.data.models import Export

_SIZE = 50
_KILO = 1_000


@dataclass(frozen=True, slots=True)
class OwnExport:
    """`state` is done, working, waiting, failed or gone; `percent` of one that is being made."""

    export: Export
    state: str
    url: str = ""
    percent: int = 0
    progress: str = ""

    @property
    def rows(self) -> str:
        number = self.export.rows or 0
        return ngettext("%(rows)s row", "%(rows)s rows", number) % {"rows": shown.number(number, 0)}

    @property
    def size(self) -> str:
        return size_words(self.export.size or 0)


@dataclass(frozen=True, slots=True)
class OwnExports:
    rows: list[OwnExport]
    older: str
    is_busy: bool


def exports_of(person: Any, after: str | None) -> OwnExports:
    mine = Export.objects.filter(person=person)
    page = keyset_page(mine, [Branch("own", Q())], "-pk", fields=("pk",), after=after, size=_SIZE)
    found = mine.filter(pk__in=[pk for (pk,) in page.rows]).select_related("job").order_by("-pk")
    rows = [_own(export) for export in found]
    older = urlencode({"after": page.following}) if page.following else ""
    return OwnExports(rows, older, is_busy=any(row.state in {"waiting", "working"} for row in rows))


def own_export(person: Any, pk: int) -> Export:
    """One whose file is still there; anybody else's is not there at all."""
    export = Export.objects.filter(person=person, pk=pk, finished_at__isnull=False).exclude(file="").first()
    if export is None:
        raise NotFound(_("There is no such file, or it was deleted in the meantime."))
    return export


def _own(export: Export) -> OwnExport:
    if export.finished_at is not None:
        return (
            OwnExport(export, "done", reverse("data:export_file", args=[export.pk]))
            if export.file
            else OwnExport(export, "gone")
        )
    job = export.job
    if job is None or job.state in {Job.State.FAILED, Job.State.DONE}:
        return OwnExport(export, "failed")
    if not job.done:
        return OwnExport(export, "waiting")
    total = max(job.total or 0, job.done)
    words = {"done": shown.number(job.done, 0), "total": shown.number(total, 0)}
    return OwnExport(
        export,
        "working",
        percent=job.done * 100 // total,
        progress=_("%(done)s of %(total)s rows") % words,
    )


def size_words(size: int) -> str:
    """`812 kB`, `3.4 MB`."""
    if size < _KILO * _KILO:
        return _("%(size)s kB") % {"size": shown.number(max(size // _KILO, 1), 0)}
    return _("%(size)s MB") % {"size": shown.number(Decimal(size) / _KILO / _KILO, 1)}
