"""One's own days away: those ahead, a form for more, and the question before one is removed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.core import format as shown
from crm.core import htmx
from crm.core.idempotency import new_key, run_once
from crm.core.screens.filling import FormRefused, refusals_at
from leads.absence_forms import AbsenceForm
from leads.services.absences import absences_ahead, add_absence, own_absence, remove_absence

_TITLE = gettext_lazy("My days away")
_MOST_SHOWN = 100


class AbsencesView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(AbsenceForm(actor=request.user), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor: Any = request.user

        def work() -> str:
            form = AbsenceForm(request.POST, actor=actor)
            if not form.is_valid():
                raise FormRefused(form)
            with refusals_at(form):
                add_absence(values=form.values, actor=actor, at=timezone.now())
            return reverse("leads:absences")

        try:
            url = run_once(request, work)
        except FormRefused as refused:
            return self._page(refused.form, 422)
        htmx.toast(request, _("Days away saved"))
        return htmx.go_to(request, url)

    def _page(self, form: Any, status: int) -> HttpResponse:
        context = {
            "title": _TITLE,
            "trail": [(_("Settings"), reverse("settings")), (_TITLE, "")],
            "absences": absences_ahead(self.request.user, timezone.localdate())[:_MOST_SHOWN],
            "form": form,
            "submit_label": _("Add days away"),
            "idempotency_key": new_key(),
        }
        return render(self.request, "leads/absences.html", context, status=status)


class AbsenceDeleteView(View):
    """GET asks, POST removes; those of others are not there."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        absence, title = own_absence(request.user, pk), _("Remove days away")
        days = {"first": shown.day(absence.first_on), "last": shown.day(absence.last_on)}
        context = {
            "title": title,
            "sentence": _("Be there again from %(first)s to %(last)s? New leads may then come to you.") % days,
            "trail": [(_TITLE, reverse("leads:absences")), (title, "")],
            "submit_label": title,
            "cancel_url": reverse("leads:absences"),
            "idempotency_key": new_key(),
            "danger": True,
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor: Any = request.user

        def work() -> str:
            remove_absence(absence_id=pk, actor=actor, at=timezone.now())
            return reverse("leads:absences")

        url = run_once(request, work)
        htmx.toast(request, _("Days away removed"))
        return htmx.go_to(request, url)
