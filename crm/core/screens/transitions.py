"""A move of a record: GET shows its form or its question and changes nothing, POST makes it once."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import check_create, find_for
from crm.core.actions import Action
from crm.core.addresses import screen_url
from crm.core.errors import Conflict, IllegalMove
from crm.core.idempotency import new_key, run_once
from crm.core.screens.conflicts import changes_since
from crm.core.screens.filling import FormRefused, refusals_at, sections_of
from crm.core.widgets import name_the_blank


class _Stale(Conflict):
    """The record is not any more what the question was about."""


class TransitionView(View):
    """`TransitionView.as_view(action=QUALIFY)`.

    A move without fields asks about the record as it is shown: where somebody saved it in between, it is asked again
    (409) with what has changed.
    """

    action: Any = None

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self._record(pk)
        self._check_possible(record)
        return self._page(record, self._form(record, sent=False))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            url = run_once(request, self._moving(pk))
        except FormRefused as refused:
            return self._page(self._record(pk), refused.form, status=422)
        except _Stale:
            record = self._record(pk)
            changes = changes_since(record, request.POST.get("version", ""), request.user)
            return self._page(record, self._form(record, sent=False), status=409, changes=changes)
        act: Action = self.action
        htmx.toast(request, str(act.done or _("%(noun)s saved") % {"noun": act.model._meta.verbose_name}).capitalize())
        return htmx.go_to(request, url)

    def _record(self, pk: int) -> Any:
        act: Action = self.action
        record = find_for(act.model, pk, self.request.user, act.right)
        if act.creates is not None:
            check_create(self.request.user, act.creates)
        return record

    def _check_possible(self, record: Any) -> None:
        refusal = self.action.refusal(record)
        if refusal:
            raise IllegalMove(refusal)

    def _moving(self, pk: int) -> Callable[[], str]:
        """The move as one piece of work: it runs only where the key has brought no result yet."""

        def work() -> str:
            record = self._record(pk)
            self._check_possible(record)
            self._refuse_stale(record)
            form = self._form(record, sent=True)
            if not form.is_valid():
                raise FormRefused(form)
            with refusals_at(form):
                url: str = self.action.perform(pk, form.cleaned_data, self.request.user)
            return url

        return work

    def _refuse_stale(self, record: Any) -> None:
        asked = self.request.POST.get("version", "")
        if self.action.form is None and asked not in {"", str(getattr(record, "version", ""))}:
            raise _Stale(_("Somebody else has saved this record since you opened it."))

    def _form(self, record: Any, *, sent: bool) -> Any:
        if self.action.form is None:
            return forms.Form(self.request.POST) if sent else forms.Form()
        files = (self.request.POST, self.request.FILES) if sent else ()
        form = self.action.form(*files, actor=self.request.user, record=record)
        for field in form.fields.values():
            name_the_blank(field)  # again: forms of moves find their choices late
        return form

    def _page(self, record: Any, form: Any, *, status: int = 200, changes: Any = None) -> HttpResponse:
        act: Action = self.action
        detail_url = screen_url(type(record), "detail", record.pk)
        nouns = (str(record._meta.verbose_name_plural).capitalize(), screen_url(type(record), "list"))
        context = {
            "action": act,
            "record": record,
            "form": form,
            "title": act.label,
            "lead": str(record),
            "sections": sections_of(form),
            "asks": bool(form.fields),
            "refused": form.non_field_errors() if form.is_bound else [],
            "submit_label": act.label,
            "cancel_url": detail_url,
            "idempotency_key": new_key(),
            "version": "" if act.form is not None else getattr(record, "version", ""),
            "changes": changes,
            "danger": act.danger,
            "trail": [nouns, (str(record), detail_url), (act.label, "")],
            **act.context(record, self.request.user),
        }
        return render(self.request, act.template, context, status=status)
