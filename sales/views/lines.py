"""The grid of lines: one page, one save, for opportunities, quotes, orders and invoices."""

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
from sales.forms.lines import LineGrid
from sales.models import PricedModel
from sales.panels.lines import grid_context
from sales.services.documents import InvalidLine
from sales.services.lines import frozen_sentence, lock_editable, save_lines


class _Refused(Exception):
    """The grid carries the sentences; the transaction is undone by raising this."""

    def __init__(self, grid: LineGrid) -> None:
        super().__init__("the grid was refused")
        self.grid = grid


class _Stale(Conflict):
    """Somebody else saved the document since the grid was shown."""


class LinesView(View):
    """`LinesView.as_view(model=Quote)`."""

    model: ClassVar[Any] = PricedModel

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self._record(pk)
        if not record.is_editable:
            raise Conflict(frozen_sentence(record))
        return self._page(LineGrid(record, request.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._record(pk)
        try:
            url = run_once(request, lambda: self._save(pk))
        except _Refused as refused:
            return self._page(refused.grid, status=422)
        except _Stale as stale:
            grid = LineGrid(self._record(pk), request.user, request.POST)
            grid.general.append(stale.sentence)
            return self._page(grid, status=409)
        htmx.toast(request, _("Lines saved"))
        return htmx.go_to(request, url)

    def _record(self, pk: int) -> Any:
        return find_for(self.model, pk, self.request.user, WRITE)

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

    def _page(self, grid: LineGrid, *, status: int = 200) -> HttpResponse:
        record: Any = grid.document
        detail_url = screen_url(self.model, "detail", record.pk)
        nouns = (str(self.model._meta.verbose_name_plural).capitalize(), screen_url(self.model, "list"))
        context = {
            **grid_context(grid),
            "title": _("Lines of %(name)s") % {"name": record},
            "trail": [nouns, (str(record), detail_url), (_("Lines"), "")],
            "nodes": line_of(record, self.request.user),
            "cancel_url": detail_url,
        }
        return render(self.request, "sales/lines.html", context, status=status)
