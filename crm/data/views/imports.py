"""An import from the file to its result: upload, columns, rehearsal, values, run, and taking it back."""

from collections.abc import Iterator
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.errors import Conflict, NotFound
from crm.core.idempotency import new_key, run_once
from crm.core.screens.filling import FormRefused, refusals_at
from crm.data.import_forms import ColumnsForm, ReadingForm, UploadForm, ValuesForm
from crm.data.import_pages import failed_rows, list_rows, noun_of_list, result_context, trail
from crm.data.importing.files import as_file
from crm.data.importing.meanings import USE
from crm.data.importing.readers.guessing import DELIMITERS
from crm.data.models import Import
from crm.data.services.import_work import perform_small
from crm.data.services.imports import (
    begin,
    check_may_import,
    has_file,
    import_of,
    importer_for,
    may_import,
    read_again,
    reading_of,
    sample,
    say_values,
    take_in,
    understand,
)

_SAMPLE = 50
REGION = "import"


class ImportListView(View):
    """The newest imports of the person who asks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "title": _("Imports"),
            "rows": list_rows(request.user),
            "trail": [(_("Imports"), "")],
            "may_import": may_import(request.user),
        }
        return render(request, "data/imports.html", context)


class UploadView(View):
    """`/imports/new/?noun=leads`, or `?list=/leads/…` as the menu of a list leads here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check_may_import(request.user)
        noun = request.GET.get("noun") or noun_of_list(request.GET.get("list", ""))
        initial = {"noun": noun, "chosen": request.GET.get("chosen", "")}
        return self._page(request, UploadForm(actor=request.user, initial=initial), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        check_may_import(request.user)
        form = UploadForm(request.POST, request.FILES, actor=request.user)
        if not form.is_valid():
            return self._page(request, form, 422)
        try:
            with refusals_at(form):
                url = run_once(request, lambda: self._taken(request, form))
        except FormRefused as refused:
            return self._page(request, refused.form, 422)
        return htmx.go_to(request, url)

    def _taken(self, request: HttpRequest, form: UploadForm) -> str:
        person, said, at = cast(Any, request.user), form.cleaned_data, timezone.now()
        with as_file(said["file"]) as source:
            run = take_in(noun=said["noun"], source=source, title=said["file"].name, actor=person, at=at)
        if (chosen := form.for_all_rows(said["noun"], said["chosen"])) is not None:
            name, record = chosen
            say_values(import_id=run.pk, values={name: {"": f"{USE}{record.pk}"}}, actor=person, at=at)
        return reverse("data:import_columns", args=[run.pk])

    def _page(self, request: HttpRequest, form: UploadForm, status: int) -> HttpResponse:
        title = _("Import")
        chosen = form.for_all_rows(str(form["noun"].value()), str(form["chosen"].value() or ""))
        lead = _("Into: %(record)s") % {"record": chosen[1]} if chosen else ""
        shown = {"title": title, "lead": lead, "trail": [*trail(), (title, "")]}
        context = {**shown, "form": form, "idempotency_key": new_key()}
        return render(request, "data/import_new.html", context, status=status)


class ColumnsView(View):
    """What the columns are. POST keeps and rehearses; with `read` among its values it reads the file anew instead."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._editable(request, pk)
        return self._page(request, run, self._form(request, run), self._reading_form(run), 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._editable(request, pk)
        if "read" in request.POST:
            return self._read_again(request, run)
        form = self._form(request, run, request.POST)
        if not form.is_valid():
            return self._page(request, run, form, self._reading_form(run), 422)
        try:
            with refusals_at(form):
                url = run_once(request, lambda: self._rehearsed(request, pk, form))
        except FormRefused as refused:
            return self._page(request, run, cast(Any, refused.form), self._reading_form(run), 422)
        return htmx.go_to(request, url)

    def _rehearsed(self, request: HttpRequest, pk: int, form: ColumnsForm) -> str:
        person, at = cast(Any, request.user), timezone.now()
        understand(import_id=pk, said=form.understanding, actor=person, at=at)
        begin(import_id=pk, stage=Import.Stage.REHEARSING, edition=None, actor=person, at=at)
        perform_small(pk)
        return reverse("data:import", args=[pk])

    def _read_again(self, request: HttpRequest, run: Import) -> HttpResponse:
        form = ReadingForm(request.POST)
        if form.is_valid():
            try:
                with refusals_at(form):
                    read_again(import_id=run.pk, reading=form.reading, actor=cast(Any, request.user), at=timezone.now())
            except FormRefused:
                pass
            else:
                return htmx.go_to(request, reverse("data:import_columns", args=[run.pk]))
        return self._page(request, run, self._form(request, run), form, 422)

    def _editable(self, request: HttpRequest, pk: int) -> Import:
        run = import_of(request.user, pk)
        importer_for(run.noun, request.user)
        if run.stage not in {Import.Stage.DRAFT, Import.Stage.REHEARSED}:
            raise Conflict(_("This import has begun already, so what its columns mean stays as it is."))
        return run

    def _form(self, request: HttpRequest, run: Import, data: Any = None) -> ColumnsForm:
        return ColumnsForm(data, run=run, importer=importer_for(run.noun, request.user), actor=request.user)

    def _reading_form(self, run: Import) -> ReadingForm | None:
        return ReadingForm(initial=run.reading) if run.kind == "csv" else None

    def _page(
        self, request: HttpRequest, run: Import, form: ColumnsForm, reading: ReadingForm | None, status: int
    ) -> HttpResponse:
        importer = importer_for(run.noun, request.user)
        samples = [row.cells for row in sample(run, _SAMPLE)] if has_file(run) else []
        context = {
            "title": _("Columns"),
            "lead": _("%(file)s: %(rows)s rows of %(nouns)s")
            % {"file": run.title, "rows": f"{run.rows:,}", "nouns": importer.nouns},
            "trail": [*trail(), (run.title, reverse("data:import", args=[run.pk])), (_("Columns"), "")],
            "run": run,
            "form": form,
            "columns": list(form.columns(samples)),
            "reading": reading,
            "is_reading_wrong": bool(reading and reading.errors),
            "read_as": _read_as(run),
            "not_asked": max(0, len(run.header) - len(list(form.columns([])))),
            "doubts": _doubts(run),
            "idempotency_key": new_key(),
            "step": 2,
        }
        return render(request, "data/import_columns.html", context, status=status)


def _read_as(run: Import) -> str:
    from_text = reading_of(run)
    if run.kind != "csv":
        return _("Workbook") if run.kind == "workbook" else _("vCards")
    told = {"delimiter": DELIMITERS.get(from_text.delimiter, from_text.delimiter), "line": from_text.header_line}
    return _("%(delimiter)s, heads in line %(line)d") % told


def _doubts(run: Import) -> list[str]:
    """What the file does not prove, and could be read in two ways."""
    found = []
    if not run.style.get("is_order_sure", True):
        found.append(_("Dates of this file could be read in two ways. Look whether day and month stand as you mean."))
    if not run.style.get("is_decimal_sure", True):
        found.append(_("Numbers of this file could be read in two ways. Look which sign comes before the decimals."))
    return found


class ImportView(View):
    """One import as it stands: at work, rehearsed, done. Drawn again by itself while it is at work."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = import_of(request.user, pk)
        template = "data/import.html#region" if htmx.asks_for(request, REGION) else "data/import.html"
        context = result_context(run, request.user, request.GET)
        return htmx.varies(render(request, template, context))


class ValuesView(View):
    """What texts of the file mean that no field understands. POST keeps it and rehearses again."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._rehearsed(request, pk)
        return self._page(request, run, self._form(request, run), 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._rehearsed(request, pk)
        form = self._form(request, run, request.POST)
        if not form.is_valid():
            return self._page(request, run, form, 422)
        url = run_once(request, lambda: self._kept(request, run, form))
        return htmx.go_to(request, url)

    def _kept(self, request: HttpRequest, run: Import, form: ValuesForm) -> str:
        person, at = cast(Any, request.user), timezone.now()
        say_values(import_id=run.pk, values=form.values, actor=person, at=at)
        begin(import_id=run.pk, stage=Import.Stage.REHEARSING, edition=None, actor=person, at=at)
        perform_small(run.pk)
        return reverse("data:import", args=[run.pk])

    def _rehearsed(self, request: HttpRequest, pk: int) -> Import:
        run = import_of(request.user, pk)
        if run.stage != Import.Stage.REHEARSED:
            raise Conflict(_("Rehearse the import first. Then you are asked what is not understood."))
        return run

    def _form(self, request: HttpRequest, run: Import, data: Any = None) -> ValuesForm:
        importer = importer_for(run.noun, request.user)
        return ValuesForm(data, unknown=run.found.get("unknown", {}), importer=importer, actor=request.user)

    def _page(self, request: HttpRequest, run: Import, form: ValuesForm, status: int) -> HttpResponse:
        url = reverse("data:import", args=[run.pk])
        context = {
            "title": _("Values"),
            "lead": run.title,
            "trail": [*trail(), (run.title, url), (_("Values"), "")],
            "run": run,
            "form": form,
            "groups": form.groups(),
            "cancel_url": url,
            "idempotency_key": new_key(),
            "step": 3,
        }
        return render(request, "data/import_values.html", context, status=status)


class BeginView(View):
    """Rehearse, run or take back: GET asks, POST does it."""

    stage = Import.Stage.RUNNING

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = import_of(request.user, pk)
        url = reverse("data:import", args=[run.pk])
        label, question = self._words(run)
        context = {
            "title": label,
            "sentence": question,
            "trail": [*trail(), (run.title, url), (label, "")],
            "submit_label": label,
            "cancel_url": url,
            "idempotency_key": new_key(),
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        text = request.POST.get("edition", "")
        edition = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

        def work() -> str:
            begin(import_id=pk, stage=self.stage, edition=edition, actor=cast(Any, request.user), at=timezone.now())
            perform_small(pk)
            return reverse("data:import", args=[pk])

        return htmx.go_to(request, run_once(request, work))

    def _words(self, run: Import) -> tuple[str, str]:
        told = {"file": run.title, "rows": f"{run.rows:,}"}
        return {
            Import.Stage.REHEARSING: (_("Rehearse"), _("Rehearse %(file)s again? Nothing is written.") % told),
            Import.Stage.RUNNING: (_("Import"), _("Import the %(rows)s rows of %(file)s?") % told),
            Import.Stage.UNDOING: (
                _("Take back"),
                _("Take back the import of %(file)s? Records that somebody has changed since stay and are listed.")
                % told,
            ),
        }[self.stage]


class FailedView(View):
    """The rows that failed, as a file to be corrected and uploaded again."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = import_of(request.user, pk)
        if not has_file(run):
            raise NotFound(_("The file is no longer kept."))
        lines: Iterator[str] = failed_rows(run)
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="failed-rows.csv"'
        return cast(HttpResponse, answer)
