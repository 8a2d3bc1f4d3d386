"""Business cards: many leads typed fast, pasted from a spreadsheet, or read from vCards, checked on one screen."""

import tempfile
from pathlib import Path
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.errors import Invalid
from crm.core.format import day
from crm.core.idempotency import new_key, run_once
from crm.data.import_pages import trail
from crm.data.importing.files import as_file
from crm.data.importing.grid import MOST_ROWS, SHOWN, Grid, pasted, row_of
from crm.data.importing.readers import guess, prepare, rows_of
from crm.data.importing.readers.files import write_table
from crm.data.importing.readers.people import COLUMNS
from crm.data.models import Import
from crm.data.services.import_work import perform_small
from crm.data.services.imports import begin, importer_for, take_in

_NOUN = "leads"
_EMPTY_ROWS = 8
#: The shown columns as their heads stand, then those that go along unseen.
_ORDER = (*SHOWN, *(name for name in COLUMNS if name not in SHOWN))


class CardsView(View):
    """`add` puts pasted rows or a file into the grid, `check` rehearses what stands in it. Nothing is written here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        importer_for(_NOUN, request.user)
        return self._page(request, Grid(), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        importer_for(_NOUN, request.user)
        grid = Grid.of(request.POST)
        try:
            if "add" in request.POST:
                return self._page(request, grid.with_rows(self._added(request)), 200)
            return htmx.go_to(request, run_once(request, lambda: self._checked(request, grid)))
        except Invalid as refusal:
            return self._page(request, grid, 422, refusal.sentence)

    def _added(self, request: HttpRequest) -> list[list[str]]:
        rows = pasted(request.POST.get("pasted", ""))
        return [*rows, *(self._uploaded(request.FILES["file"]) if "file" in request.FILES else [])]

    def _uploaded(self, file: Any) -> list[list[str]]:
        with as_file(file) as source, tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "cards.csv"
            prepare(source, table)
            found = guess(table)
            rows = [row_of(found.header, row.cells) for row in rows_of(table, found.reading)]
        return rows[: MOST_ROWS + 1]

    def _checked(self, request: HttpRequest, grid: Grid) -> str:
        person, at = cast(Any, request.user), timezone.now()
        if not grid.rows:
            raise Invalid(_("Type a card first, paste some rows, or choose a file."))
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "cards.csv"
            write_table(table, *grid.table())
            title = _("Business cards of %(day)s") % {"day": day(timezone.localdate(at))}
            run = take_in(noun=_NOUN, source=table, title=title, actor=person, at=at, owner=person)
        begin(import_id=run.pk, stage=Import.Stage.REHEARSING, edition=None, actor=person, at=at)
        perform_small(run.pk)
        return reverse("data:import", args=[run.pk])

    def _page(self, request: HttpRequest, grid: Grid, status: int, refusal: str = "") -> HttpResponse:
        title = _("Business cards")
        rows = [*grid.rows, *[("",) * len(COLUMNS)] * _EMPTY_ROWS]
        labels = dict(zip(SHOWN, _labels(), strict=True))
        context = {
            "title": title,
            "trail": [*trail(), (title, "")],
            "heads": list(labels.values()),
            "rows": [[(name, row[COLUMNS.index(name)], labels.get(name, "")) for name in _ORDER] for row in rows],
            "filled": len(grid.rows),
            "source": grid.source,
            "refusal": refusal,
            "idempotency_key": new_key(),
        }
        return render(request, "data/cards.html", context, status=status)


def _labels() -> tuple[str, ...]:
    return (
        _("First name"), _("Last name"), _("Job title"), _("Company"), _("E-mail"), _("Business phone"),
        _("Mobile phone"), _("City"), _("Note"),
    )  # fmt: skip
