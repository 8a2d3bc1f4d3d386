"""With whom a record is shared: one page for every table with an owner."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import SHARE, find_for
from crm.core.actions import get_action
from crm.core.addresses import screen_url
from crm.core.errors import Forbidden, NotFound
from crm.core.idempotency import new_key, run_once
from crm.core.screens.filling import FormRefused, refusals_at
from crm.users.actions import shared_models
from crm.users.models import OwnedModel
from crm.users.services.sharing import find_share, stop_sharing


class _SharingView(View):
    def model(self, noun: str) -> type[OwnedModel]:
        found = shared_models().get(noun)
        if found is None:
            raise NotFound(_("There is nothing at this address, or you may not see it."))
        return found

    def record(self, noun: str, pk: int) -> Any:
        return find_for(self.model(noun), pk, self.request.user, SHARE)

    def trail(self, record: Any, title: str) -> list[tuple[str, str]]:
        nouns = str(record._meta.verbose_name_plural).capitalize()
        list_url, url = screen_url(type(record), "list"), screen_url(type(record), "detail", record.pk)
        return [(nouns, list_url), (str(record), url), (title, "")]


class ShareView(_SharingView):
    """GET says with whom the record is shared and asks with whom else; POST shares it."""

    def get(self, request: HttpRequest, noun: str, pk: int) -> HttpResponse:
        record = self.record(noun, pk)
        return self._page(record, get_action(type(record), "share").form, 200)

    def post(self, request: HttpRequest, noun: str, pk: int) -> HttpResponse:
        record = self.record(noun, pk)
        action: Any = get_action(type(record), "share")

        def work() -> str:
            form = action.form(request.POST, actor=request.user, record=self.record(noun, pk))
            if not form.is_valid():
                raise FormRefused(form)
            with refusals_at(form):
                return str(action.perform(pk, form.cleaned_data, request.user))

        try:
            url = run_once(request, work)
        except FormRefused as refused:
            return self._page(record, refused.form, 422)
        htmx.toast(request, str(action.done))
        return htmx.go_to(request, url)

    def _page(self, record: Any, form: Any, status: int) -> HttpResponse:
        action = get_action(type(record), "share")
        context = {
            "record": record,
            "form": form if status != 200 else form(actor=self.request.user, record=record),
            "title": action.label,
            "lead": str(record),
            "trail": self.trail(record, str(action.label)),
            "submit_label": action.label,
            "cancel_url": screen_url(type(record), "detail", record.pk),
            "idempotency_key": new_key(),
            **action.context(record, self.request.user),
        }
        return render(self.request, action.template, context, status=status)


class StopSharingView(_SharingView):
    """GET asks, POST takes the share back."""

    def get(self, request: HttpRequest, noun: str, pk: int, share_id: int) -> HttpResponse:
        record = self.record(noun, pk)
        share = find_share(record, share_id)
        title = _("Stop sharing")
        context = {
            "title": title,
            "sentence": _("Stop sharing “%(record)s” with %(who)s?")
            % {"record": record, "who": share.user or share.team},
            "trail": self.trail(record, title),
            "submit_label": title,
            "cancel_url": reverse("record_share", args=[noun, pk]),
            "idempotency_key": new_key(),
            "danger": True,
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest, noun: str, pk: int, share_id: int) -> HttpResponse:
        record = self.record(noun, pk)

        def work() -> str:
            actor: Any = request.user
            stop_sharing(model=type(record), record_id=pk, share_id=share_id, actor=actor, at=timezone.now())
            return reverse("record_share", args=[noun, pk])

        url = run_once(request, work)
        htmx.toast(request, _("No longer shared"))
        return htmx.go_to(request, self._reachable(url, type(record), pk))

    def _reachable(self, url: str, model: type[OwnedModel], pk: int) -> str:
        """Whoever takes back the share by which they saw the record does not see it any more."""
        try:
            find_for(model, pk, self.request.user, SHARE)
        except (NotFound, Forbidden):
            return screen_url(model, "list")
        return url
