"""What a person was told: the panel under the bell, the page, and which kinds they want."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.idempotency import new_key, run_once
from crm.users.forms import NotificationForm
from crm.users.notices import IN_PANEL, notices_of
from crm.users.services.notifications import choose_notifications, read_all_notifications, read_notification

_TEMPLATE = "users/notifications.html"


class NotificationListView(View):
    """Unread ones first. `?after=` and `?earlier=` turn the pages."""

    def get(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        found = notices_of(person, request.GET)
        sentence = _("The address named no page of this list; this is the first one.") if found.bad_token else ""
        return render(request, _TEMPLATE, {"title": _("Notifications"), "notices": found, "sentence": sentence})


class NotificationPanelView(View):
    """The newest ones, for the menu under the bell."""

    def get(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        return render(request, f"{_TEMPLATE}#panel", {"notices": notices_of(person, {}, size=IN_PANEL)})


class NotificationReadView(View):
    """POST marks one as read, as opening it does."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person: Any = request.user

        def work() -> str:
            read_notification(notification_id=pk, actor=person, at=timezone.now())
            return reverse("notifications")

        return htmx.go_to(request, run_once(request, work))


class NotificationReadAllView(View):
    def post(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user

        def work() -> str:
            read_all_notifications(actor=person, at=timezone.now())
            return reverse("notifications")

        url = run_once(request, work)
        htmx.toast(request, _("All marked as read"))
        return htmx.go_to(request, url)


class NotificationSettingsView(View):
    """Which kinds of notifications the person wants."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, NotificationForm.of(request.user), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        form = NotificationForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)

        def work() -> str:
            choose_notifications(kinds=form.cleaned_data["kinds"], actor=person, at=timezone.now())
            return reverse("notifications")

        url = run_once(request, work)
        htmx.toast(request, _("Saved"))
        return htmx.go_to(request, url)

    def _page(self, request: HttpRequest, form: NotificationForm, status: int) -> HttpResponse:
        title, list_url = _("What to be told"), reverse("notifications")
        context = {
            "form": form,
            "title": title,
            "trail": [(_("Notifications"), list_url), (title, "")],
            "submit_label": _("Save"),
            "cancel_url": list_url,
            "idempotency_key": new_key(),
        }
        return render(request, "users/notification_settings.html", context, status=status)
