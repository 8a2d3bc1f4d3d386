"""A list as a file: what is asked before, one's own exports, and the file itself."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from crm.core import htmx
from crm.core.errors import NotFound
from crm.core.format import number
from crm.core.idempotency import run_once
from crm.core.screens.lists.wording import count_words
from crm.data.export import files
from crm.data.export.formats import format_of
from crm.data.export.lists import ExportedList, exported_list
from crm.data.export.safety import file_name
from crm.data.forms import ALL, ExportForm, usual_separator
from crm.data.own import exports_of, own_export
from crm.data.services.exports import KEPT_FOR, MOST_AT_ONCE, Wish, check_may_export, start_export

REGION = "exports"


class ExportView(View):
    """`?list=` is the address of the list. A small one is made at once and given, a large one in the background."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check_may_export(request.user)
        address = request.GET.get("list", "")
        if not address:
            return render(request, "data/export_which.html", {"title": _("Export")})
        found = exported_list(address, request.user)
        form = ExportForm(initial={"list": found.address, "separator": usual_separator()})
        return self._page(request, form, found, 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        check_may_export(request.user)
        form = ExportForm(request.POST)
        if not form.is_valid():
            found = exported_list(request.POST.get("list", ""), request.user)
            return self._page(request, form, found, 422)
        url = run_once(request, lambda: self._made(request, form.cleaned_data))
        if url == reverse("data:exports"):
            htmx.toast(request, _("The export has begun. You are told when it is done."))
        return htmx.go_to(request, url)

    def _made(self, request: HttpRequest, values: dict[str, Any]) -> str:
        person: Any = request.user
        wish = Wish(
            address=values["list"],
            format=values["format"],
            separator=values["separator"],
            all_fields=values["columns"] == ALL,
        )
        export = start_export(wish=wish, actor=person, at=timezone.now())
        return reverse("data:export_file", args=[export.pk]) if export.file else reverse("data:exports")

    def _page(self, request: HttpRequest, form: ExportForm, found: ExportedList, status: int) -> HttpResponse:
        count = found.selection.count
        context = {
            "title": _("Export"),
            "lead": found.title,
            "trail": [(found.nouns.capitalize(), found.address), (_("Export"), "")],
            "form": form,
            "count": ngettext("%(number)s row", "%(number)s rows", count.number) % {"number": count_words(count)},
            "is_large": not count.exact or count.number > MOST_AT_ONCE,
            "at_once": number(MOST_AT_ONCE, 0),
            "columns": ", ".join(column.label for column in found.columns(all_fields=False)),
            "notices": found.selection.notices,
            "list_url": found.address,
            "exports_url": reverse("data:exports"),
        }
        return render(request, "data/export.html", context, status=status)


class ExportListView(View):
    """One's own exports, newest first; those that are being made say how far they are."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check_may_export(request.user)
        template = "data/exports.html"
        page = exports_of(request.user, request.GET.get("after"))
        context = {"title": _("My exports"), "page": page, "days": KEPT_FOR.days}
        return htmx.varies(
            render(request, f"{template}#region" if htmx.asks_for(request, REGION) else template, context)
        )


class ExportFileView(View):
    """The file, for the person who made it alone; saved, never shown by us."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        check_may_export(request.user)
        export = own_export(request.user, pk)
        kind = format_of(export.format)
        day = timezone.localdate(export.created_at).isoformat()
        try:
            content = files.path_of(export.file).open("rb")
        except OSError as gone:
            raise NotFound(_("This file is not there any more. Export the list again.")) from gone
        name = file_name(f"{export.title} {day}", kind.key)
        response = FileResponse(content, as_attachment=True, filename=name, content_type=kind.media_type)
        response["Cache-Control"] = "private, no-store"
        return response
