"""The grid of lines for opportunities, quotes, orders and invoices: one page, one save, and what it asks meanwhile."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import WRITE, find_for
from crm.core.addresses import screen_url
from crm.core.errors import Conflict, Invalid
from crm.core.idempotency import run_once
from crm.core.line import line_of
from sales.forms.line_rows import GridRow
from sales.forms.lines import LineGrid
from sales.models import LineKind, PricedModel
from sales.panels.line_products import found_products
from sales.panels.lines import grid_context, grid_words, shown_rows
from sales.panels.totals import totals_of, totals_of_preview
from sales.services.documents import InvalidLine
from sales.services.lines import frozen_sentence, lock_editable, save_lines

# What the cells of a row tell that a person did not type into them.
_SHOWN = ("net_amount", "price_per_unit", "volume_discount", "is_price_overridden", "pricing_error")


class _Refused(Exception):
    """The grid carries the sentences; the transaction is undone by raising this."""

    def __init__(self, grid: LineGrid) -> None:
        super().__init__("the grid was refused")
        self.grid = grid


class _Stale(Conflict):
    """Somebody else saved the document since the grid was shown."""


class _OfDocument(View):
    """Everything here is for those who may change the lines now."""

    model: ClassVar[Any] = PricedModel

    def _record(self, pk: int) -> Any:
        return find_for(self.model, pk, self.request.user, WRITE)

    def _editable(self, pk: int) -> Any:
        record = self._record(pk)
        if not record.is_editable:
            raise Conflict(frozen_sentence(record))
        return record

    def _page(self, grid: LineGrid, totals: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
        record: Any = grid.document
        detail_url = screen_url(self.model, "detail", record.pk)
        nouns = (str(self.model._meta.verbose_name_plural).capitalize(), screen_url(self.model, "list"))
        context = {
            **grid_context(grid),
            **totals,
            "title": _("Lines of %(name)s") % {"name": record},
            "trail": [nouns, (str(record), detail_url), (_("Lines"), "")],
            "nodes": line_of(record, self.request.user),
            "cancel_url": detail_url,
        }
        return render(self.request, "sales/lines.html", context, status=status)


class LinesView(_OfDocument):
    """`LinesView.as_view(model=Quote)`."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self._editable(pk)
        return self._page(LineGrid(record, request.user), totals_of(record, request.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._record(pk)
        try:
            url = run_once(request, lambda: self._save(pk))
        except _Refused as refused:
            return self._refused_page(pk, refused.grid, 422)
        except _Stale as stale:
            grid = LineGrid(self._record(pk), request.user, request.POST)
            grid.general.append(stale.sentence)
            return self._refused_page(pk, grid, 409)
        htmx.toast(request, _("Lines saved"))
        return htmx.go_to(request, url)

    def _refused_page(self, pk: int, grid: LineGrid, status: int) -> HttpResponse:
        """What was typed, beside the sums that are stored."""
        return self._page(grid, totals_of(self._record(pk), self.request.user), status=status)

    def _save(self, pk: int) -> str:
        actor: Any = self.request.user
        document, _order = lock_editable(self.model, pk, actor)
        if self.request.POST.get("version", "") not in {"", str(document.version)}:
            raise _Stale(
                _("Somebody else has saved this meanwhile. Your values are kept: compare, then save them again.")
            )
        grid = LineGrid(document, actor, self.request.POST)
        if not grid.is_valid():
            raise _Refused(grid)
        try:
            save_lines(
                model=self.model,
                document_id=pk,
                rows=grid.cleaned,
                removed=grid.removed,
                actor=actor,
                at=timezone.now(),
            )
        except InvalidLine as refusal:
            grid.take(refusal)
            raise _Refused(grid) from refusal
        except Invalid as refusal:
            grid.general += [refusal.sentence, *refusal.details]
            raise _Refused(grid) from refusal
        return screen_url(self.model, "detail", pk)


class LinesPreviewView(_OfDocument):
    """POST of the grid gives its sums as saving would make them, and writes nothing.

    `act` changes rows first: `duplicate` the row named in `row`, `paste` what stands in `paste`; then the whole
    grid comes back. Without it only what has changed does: the cells of changed rows, the sums.
    """

    http_method_names: ClassVar[list[str]] = ["post", "options"]  # type: ignore[misc]  # Django types it as mutable

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        grid = LineGrid(self._editable(pk), request.user, request.POST)
        act = request.POST.get("act", "")
        if act == "duplicate":
            grid.duplicate(request.POST.get("row", ""))
        elif act == "paste":
            grid.paste(request.POST.get("paste", ""))
        if act:
            grid.redraw()
        preview = grid.preview()
        totals = totals_of_preview(grid.document, preview.totals, preview.problem)
        if not getattr(request, "htmx", False):
            return self._page(grid, totals)
        if act:
            return render(request, "sales/lines_redrawn.html", {**grid_context(grid), **totals})
        return render(request, "sales/lines_changed.html", self._changed(grid, totals))

    def _changed(self, grid: LineGrid, totals: Mapping[str, Any]) -> dict[str, Any]:
        touched = self.request.POST.get("changed", "").split(",")
        changed = {name.rpartition("-")[0] for name in touched}
        rows = [row for row in grid.rows if _differs(row) or row.prefix in changed]
        more = grid.more_rows()
        return {
            **totals,
            "record": grid.document,
            "grid": grid,
            "changed_rows": shown_rows(grid, rows),
            "menus": any(name.endswith("-item") for name in touched),
            "more_rows": shown_rows(grid, more),
            "grid_words": grid_words(),
        }


def _differs(row: GridRow) -> bool:
    """May its cells show anything else than the stored line?"""
    if row.is_new or row.errors or row.kind == LineKind.SECTION or row.result is None:
        return not row.is_blank
    return any(getattr(row.line, name) != getattr(row.result, name) for name in _SHOWN)


class LineProductsView(_OfDocument):
    """`?q=` finds products for a row, with what they cost on this document."""

    http_method_names: ClassVar[list[str]] = ["get", "head", "options"]  # type: ignore[misc]  # as above

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self._editable(pk)
        found = found_products(record, str(request.GET.get("q", "")), request.user)
        return render(request, "sales/line_products.html", {"products": found})
