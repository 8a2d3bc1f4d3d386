"""What the signed-in person has chosen: one page, and the theme by itself for the menu in the frame."""

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.idempotency import new_key, run_once
from crm.core.screens.filling import FormRefused, refusals_at, sections_of
from crm.users.devices import devices_of
from crm.users.models import User
from crm.users.services.settings import change_settings, end_other_sessions
from crm.users.settings_form import SettingsForm


class SettingsView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(self._form(), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor: Any = request.user

        def work() -> str:
            form = self._form(request.POST)
            if not form.is_valid():
                raise FormRefused(form)
            with refusals_at(form):
                change_settings(values=form.values, actor=actor, at=timezone.now())
            return reverse("settings")

        try:
            url = run_once(request, work)
        except FormRefused as refused:
            return self._page(refused.form, 422)
        htmx.toast(request, _("Settings saved"))
        return htmx.go_to(request, url)

    def _form(self, *data: Any) -> SettingsForm:
        """About a row of its own, since a form writes what was typed into the record that it shows."""
        person: Any = self.request.user
        shown = User(pk=person.pk, **{name: getattr(person, name) for name in SettingsForm.Meta.fields})
        return SettingsForm(*data, actor=person, instance=shown)

    def _page(self, form: SettingsForm, status: int) -> HttpResponse:
        context = {
            "form": form,
            "sections": sections_of(form),
            "title": _("Settings"),
            "trail": [(_("Settings"), "")],
            "submit_label": _("Save settings"),
            "cancel_url": reverse("home"),
            "idempotency_key": new_key(),
            "devices": devices_of(self.request.user, self.request.session.session_key or ""),
        }
        return render(self.request, "users/settings.html", context, status=status)


class ThemeView(View):
    """POST keeps the theme that was chosen in the frame."""

    def post(self, request: HttpRequest) -> HttpResponse:
        actor: Any = request.user
        change_settings(values={"theme": request.POST.get("theme", "")}, actor=actor, at=timezone.now())
        return HttpResponse(status=204) if getattr(request, "htmx", False) else htmx.go_to(request, reverse("settings"))


class EndSessionsView(View):
    """GET asks, POST ends the sessions of this person on all other devices."""

    def get(self, request: HttpRequest) -> HttpResponse:
        title = _("Sign out on other devices")
        context = {
            "title": title,
            "sentence": _("Sign out everywhere but here? Whoever works there has to sign in again."),
            "trail": [(_("Settings"), reverse("settings")), (title, "")],
            "submit_label": title,
            "cancel_url": reverse("settings"),
            "idempotency_key": new_key(),
            "danger": True,
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor: Any = request.user
        key = request.session.session_key or ""
        person = end_other_sessions(session_key=key, actor=actor, at=timezone.now())
        request.session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        htmx.toast(request, _("Signed out on all other devices"))
        return htmx.go_to(request, reverse("settings"))
