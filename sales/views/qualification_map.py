"""The page on which administrators say what a qualification carries over, and the way back to the map that ships."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.core import htmx
from crm.core.idempotency import new_key, run_once
from crm.core.screens import EditView
from sales.forms.qualification_map import QualificationMapForm
from sales.map_history import entries_of
from sales.models import QualificationMap
from sales.services.qualification_map import change_map, check_administrator, current_map, locked_map, reset_map

_TITLE = gettext_lazy("Qualification map")


class QualificationMapView(EditView[QualificationMap]):
    """GET shows the map, POST saves it; of two administrators at once the second one sees both choices."""

    model, form_class = QualificationMap, QualificationMapForm
    template_name = "sales/qualification_map.html"
    saved = gettext_lazy("Map saved. It counts from the next qualification on.")

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        return super().get(request, QualificationMap.KEY)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        return super().post(request, QualificationMap.KEY)

    def find(self, pk: int | None) -> QualificationMap:
        check_administrator(self.request.user)
        return current_map()

    def lock(self, pk: int) -> QualificationMap:
        check_administrator(self.request.user)
        return locked_map()

    def update(self, record_id: int, form: QualificationMapForm, actor: Any) -> QualificationMap:
        return change_map(choices=form.choices, actor=actor, at=timezone.now())

    def success_url(self, record: QualificationMap) -> str:
        return reverse("sales:qualification_map")

    def list_url(self, record: QualificationMap | None) -> str:
        return reverse("sales:qualification_map")

    def more(self, form: QualificationMapForm, record: QualificationMap | None) -> dict[str, Any]:
        entries, older = entries_of(self.request.user, self.request.GET.get("older", ""))
        return {
            "title": _TITLE,
            "trail": [(_TITLE, "")],
            "submit_label": _("Save map"),
            "parts": list(form.parts()),
            "is_changed": bool(record and record.choices),
            "reset_url": reverse("sales:qualification_map_reset"),
            "entries": entries,
            "older": older,
        }


class QualificationMapResetView(View):
    """GET asks, POST goes back to the map that ships."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check_administrator(request.user)
        title = _("Back to the shipped map")
        sentence = _(
            "Forget every choice and carry over what the product carries over by itself? History keeps the choices."
        )
        context = {
            "title": title,
            "sentence": sentence,
            "trail": [(_TITLE, reverse("sales:qualification_map")), (title, "")],
            "submit_label": title,
            "cancel_url": reverse("sales:qualification_map"),
            "idempotency_key": new_key(),
            "danger": True,
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor: Any = request.user

        def work() -> str:
            reset_map(actor=actor, at=timezone.now())
            return reverse("sales:qualification_map")

        url = run_once(request, work)
        htmx.toast(request, _("The map is as shipped"))
        return htmx.go_to(request, url)
