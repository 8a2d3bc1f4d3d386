"""Pages of what belongs to one record and follows its rights: the prices of a list, the addresses of a customer."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import WRITE, find_for
from crm.core.addresses import screen_url
from crm.core.errors import Conflict, Invalid, NotFound
from crm.core.idempotency import new_key, run_once
from crm.core.screens.conflicts import differences, has_choices, with_choices
from crm.core.screens.filling import FormRefused, take_refusal


class _Stale(Conflict):
    """The part was saved by somebody else since the form was shown."""


class PartView[P: models.Model](View):
    """`pk` is the record, `part_id` the part. Hooks: `parts(record)`, and `obstacle(record)` as in `EditView`."""

    parent: type[models.Model]
    title: ClassVar[str | Promise] = ""

    def parts(self, record: Any) -> "models.QuerySet[P]":
        raise NotImplementedError

    def obstacle(self, record: Any) -> str:
        return ""

    def record(self, pk: int) -> Any:
        record = find_for(self.parent, pk, self.request.user, WRITE)
        obstacle = self.obstacle(record)
        if obstacle:
            raise Conflict(obstacle)
        return record

    def part(self, record: Any, part_id: int | None) -> P | None:
        if part_id is None:
            return None
        found = self.parts(record).filter(pk=part_id).first()
        if found is None:
            raise NotFound(_("This is not there any more."))
        return found

    def url(self, pk: int) -> str:
        return screen_url(self.parent, "detail", pk)

    def trail(self, record: Any) -> list[tuple[str, Any]]:
        nouns = str(self.parent._meta.verbose_name_plural).capitalize()
        return [(nouns, screen_url(self.parent, "list")), (str(record), self.url(record.pk)), (str(self.title), "")]


class PartEditView[P: models.Model](PartView[P]):
    """Hooks besides: `add(pk, form, actor)` and `change(part_id, form, actor)` call a service."""

    form_class: type[Any]
    edit_form_class: type[Any] | None = None
    submit_label: ClassVar[str | Promise] = ""
    saved: ClassVar[str | Promise] = ""

    def add(self, pk: int, form: Any, actor: Any) -> Any:
        raise NotImplementedError

    def change(self, part_id: int, form: Any, actor: Any) -> Any:
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int, part_id: int | None = None) -> HttpResponse:
        record = self.record(pk)
        part = self.part(record, part_id)
        return self._page(record, part, self._form(part))

    def post(self, request: HttpRequest, pk: int, part_id: int | None = None) -> HttpResponse:
        self.record(pk)
        try:
            url = run_once(request, self._saving(pk, part_id))
        except FormRefused as refused:
            record = self.record(pk)
            return self._page(record, self.part(record, part_id), refused.form, status=422)
        except _Stale:
            return self._conflict(pk, part_id)
        htmx.toast(request, str(self.saved or _("Saved")))
        return htmx.go_to(request, url)

    def _saving(self, pk: int, part_id: int | None) -> Callable[[], str]:
        def work() -> str:
            part = self.part(self.record(pk), part_id)
            self._refuse_stale(part)
            form = self._form(part, sent=True)
            if not form.is_valid():
                raise FormRefused(form)
            try:
                actor = self.request.user
                _saved = self.add(pk, form, actor) if part_id is None else self.change(part_id, form, actor)
            except Invalid as refusal:
                raise take_refusal(form, refusal) from refusal
            return self.url(pk)

        return work

    def _refuse_stale(self, part: Any) -> None:
        if part is not None and self.request.POST.get("version", "") not in {"", str(part.version)}:
            raise _Stale(_("Somebody else has saved this since you opened it."))

    def _form(self, part: P | None, *, sent: bool = False) -> Any:
        form_class = self.form_class if part is None else self.edit_form_class or self.form_class
        instance = {} if part is None else {"instance": part}
        if not sent:
            return form_class(actor=self.request.user, **instance)
        data: QueryDict = self.request.POST
        if part is not None and has_choices(data):
            data = with_choices(data, form_class(actor=self.request.user, **instance))
        return form_class(data, actor=self.request.user, **instance)

    def _conflict(self, pk: int, part_id: int | None) -> HttpResponse:
        """Both versions field by field, and the typed values in a form which carries the new version."""
        record = self.record(pk)
        typed = self._form(self.part(record, part_id), sent=True)
        kept = self._form(self.part(record, part_id))
        part = self.part(record, part_id)
        return self._page(record, part, typed, status=409, conflict=differences(typed, kept))

    def _page(self, record: Any, part: Any, form: Any, *, status: int = 200, conflict: Any = None) -> HttpResponse:
        context = {
            "form": form,
            "record": part,
            "title": self.title,
            "trail": self.trail(record),
            "submit_label": self.submit_label or _("Save"),
            "cancel_url": self.url(record.pk),
            "idempotency_key": new_key(),
            "version": getattr(part, "version", ""),
            "conflict": conflict,
            "reload_url": self.request.path,
        }
        return render(self.request, "screens/edit.html", context, status=status)


class PartDeleteView[P: models.Model](PartView[P]):
    """Hook besides: `remove(part_id, actor)` calls a service. GET asks."""

    removed: ClassVar[str | Promise] = ""

    def remove(self, part_id: int, actor: Any) -> Any:
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int, part_id: int) -> HttpResponse:
        record = self.record(pk)
        context = {
            "title": self.title,
            "sentence": _("Remove “%(name)s”?") % {"name": self.part(record, part_id)},
            "trail": self.trail(record),
            "submit_label": _("Remove"),
            "cancel_url": self.url(pk),
            "idempotency_key": new_key(),
            "danger": True,
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest, pk: int, part_id: int) -> HttpResponse:
        self.record(pk)

        def work() -> str:
            self.part(self.record(pk), part_id)
            self.remove(part_id, request.user)
            return self.url(pk)

        url = run_once(request, work)
        htmx.toast(request, str(self.removed or _("Removed")))
        return htmx.go_to(request, url)
