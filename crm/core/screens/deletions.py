"""Deleting a record: GET asks and names what stands in the way, POST puts it into the bin."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import DELETE, find_for
from crm.core.addresses import screen_url
from crm.core.deletion import delete_record, dependents, undelete_record
from crm.core.errors import Conflict
from crm.core.idempotency import new_key, run_once


class DeleteView(View):
    """`list_url` is the address or URL name to go to afterwards; by default the list of the table.

    Hooks: `delete(record_id, actor, at)` and `undelete(record_id, deleted_at, actor, at)` call services.
    """

    model: ClassVar[type[models.Model]]
    list_url: ClassVar[str] = ""
    template_name: ClassVar[str] = "screens/delete.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = find_for(self.model, pk, request.user, DELETE)
        return self._page(record, dependents(record, request.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            url = run_once(request, lambda: self._deleted(pk))
        except Conflict as refusal:
            record = find_for(self.model, pk, request.user, DELETE)
            return self._page(record, [*(refusal.details or (refusal.sentence,))], status=409)
        htmx.toast(request, _("Deleted"))
        return htmx.go_to(request, url)

    def remove(self, record_id: int, actor: Any, at: dt.datetime) -> None:
        delete_record(model=self.model, record_id=record_id, actor=actor, at=at)

    def undelete(self, record_id: int, deleted_at: dt.datetime, actor: Any, at: dt.datetime) -> bool:
        """Take back what `remove` did at the moment `deleted_at`. False where that does not stand any more."""
        return undelete_record(model=self.model, record_id=record_id, deleted_at=deleted_at, actor=actor, at=at)

    def _deleted(self, pk: int) -> str:
        self.remove(pk, self.request.user, timezone.now())
        return self._list_url()

    def _list_url(self) -> str:
        return self.list_url or screen_url(self.model, "list")

    def _page(self, record: models.Model, holds: list[str], *, status: int = 200) -> HttpResponse:
        detail_url = screen_url(self.model, "detail", record.pk)
        nouns = (str(self.model._meta.verbose_name_plural).capitalize(), screen_url(self.model, "list"))
        context = {
            "record": record,
            "record_name": str(record),
            "title": _("Delete %(name)s") % {"name": record},
            "holds": holds,
            "cancel_url": detail_url,
            "idempotency_key": new_key(),
            "trail": [nouns, (str(record), detail_url), (_("Delete"), "")],
        }
        return render(self.request, self.template_name, context, status=status)
