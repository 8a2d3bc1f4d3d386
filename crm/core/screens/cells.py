"""One field of one record, edited where it stands in a list, with the form, the rights and the service of its table."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import READ, WRITE, find_for, lock_for
from crm.core.addresses import screen_url
from crm.core.errors import Conflict, NotFound
from crm.core.fields import RecordField
from crm.core.idempotency import new_key, run_once
from crm.core.keyset import keyset_page
from crm.core.screens.filling import FormRefused, refusals_at
from crm.core.screens.lists import ListView
from crm.core.screens.lists.bulk_bar import bar_for, with_boxes
from crm.core.screens.lists.selections import selection
from crm.core.screens.nouns import edit_view_of, list_view_of
from crm.core.screens.single import editable_fields, one_field_form


class CellView(View):
    """`<noun>/<id>/field/<name>/?<list>`: GET gives the field alone, POST saves it.

    In a list the answer is the row as that list shows it. Errors come back at the field (422); what somebody else has
    saved in between is not overwritten (409).
    """

    def get(self, request: HttpRequest, noun: str, pk: int, name: str) -> HttpResponse:
        record = find_for(self.declared.model, pk, request.user, WRITE)
        self._check(record)
        return self._page(record, self._form(record))

    def post(self, request: HttpRequest, noun: str, pk: int, name: str) -> HttpResponse:
        record = find_for(self.declared.model, pk, request.user, WRITE)
        try:
            url = run_once(request, self._saving(pk))
        except FormRefused as refused:
            return self._page(record, refused.form, status=422)
        if htmx.asks(request):
            return HttpResponse(self._row(pk))
        htmx.toast(request, _("Saved"))
        return htmx.go_to(request, url)

    @cached_property
    def declared(self) -> ListView:
        return list_view_of(self.kwargs["noun"])()

    @cached_property
    def field(self) -> RecordField:
        found = editable_fields(self.declared.model, self.request.user).get(self.kwargs["name"])
        if found is None:
            raise NotFound(_("There is no such field that can be changed here."))
        return found

    @cached_property
    def editing(self) -> Any:
        view: Any = edit_view_of(self.declared.model)
        return view()

    def _saving(self, pk: int) -> Callable[[], str]:
        def work() -> str:
            actor: Any = self.request.user
            record = lock_for(self.declared.model, pk, actor, WRITE)
            self._check(record)
            if self.request.POST.get("version", "") not in {"", str(getattr(record, "version", ""))}:
                raise Conflict(
                    _("Somebody else has saved this record since you opened it. Look at it again before you go on.")
                )
            form = self._form(find_for(self.declared.model, pk, actor, WRITE), self.request.POST)
            if not form.is_valid():
                raise FormRefused(form)
            with refusals_at(form):
                self.editing.update(pk, form, actor)
            return screen_url(self.declared.model, "detail", pk)

        return work

    def _check(self, record: Any) -> None:
        if obstacle := self.editing.obstacle(record):
            raise Conflict(obstacle)

    def _form(self, record: Any, data: Any = None) -> Any:
        form = one_field_form(self.declared.model, self.field.edit_name, self.request.user, data=data, instance=record)
        if form is None:
            raise NotFound(_("There is no such field that can be changed here."))
        return form

    def _row(self, pk: int) -> SafeString:
        """The row as the list of the address shows it; nothing where the actor does not see it any more."""
        shown = selection(self.declared, self.request.GET, self.request.user)
        rows: Any = self.declared.model._default_manager.filter(pk=pk)
        branches = rows.branches(self.request.user, READ)
        found = keyset_page(rows, branches, self.declared.table.default_sort, fields=shown.sheet.fields).rows
        lines = shown.sheet.lines(found, actor=self.request.user)
        has_boxes = bar_for(self.declared.model, self.request) is not None
        return SafeString("".join(with_boxes(shown.sheet, found, lines) if has_boxes else lines))

    def _page(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        detail_url = screen_url(self.declared.model, "detail", record.pk)
        nouns = (str(record._meta.verbose_name_plural).capitalize(), screen_url(self.declared.model, "list"))
        context = {
            "title": self.field.label,
            "lead": str(record),
            "trail": [nouns, (str(record), detail_url), (self.field.label, "")],
            "form": form,
            "field": next(iter(form)),
            "url": self.request.get_full_path(),
            "version": getattr(record, "version", ""),
            "submit_label": _("Save"),
            "cancel_url": detail_url,
            "idempotency_key": new_key(),
        }
        in_list = htmx.asks(self.request)
        answer = render(
            self.request, "screens/cell.html#cell" if in_list else "screens/cell.html", context, status=status
        )
        if in_list and status != 200:
            answer["HX-Retarget"], answer["HX-Reswap"] = "closest td", "innerHTML"
        return htmx.varies(answer)
