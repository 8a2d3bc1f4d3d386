"""Views of lists: keeping, changing, sharing, deleting them, and arranging one's own tabs."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.core import htmx
from crm.core.access import READ, WRITE, find_for
from crm.core.addresses import screen_url
from crm.core.errors import NotFound
from crm.core.idempotency import new_key, run_once
from crm.core.screens import EditView
from crm.core.screens.lists.look_choices import moved
from crm.core.screens.lists.named_views import kept_views
from crm.users.access import may, permission_name
from crm.users.models import SavedView
from crm.users.services.saved_views import (
    delete_view,
    open_list_with,
    pin_view,
    save_view,
    share_view,
    unpin_view,
    update_view,
)
from crm.users.view_form import SavedViewForm

_KEPT = ("name", "query", "columns", "sort", "density", "grouping", "layout")
# As the address of a list calls them.
_NAMES = {"query": "q", "grouping": "group"}


class SavedViewEditView(EditView[SavedView]):
    """The address may carry what the list shows now: `q`, `columns`, `sort`, `group`, `density`, `layout`."""

    model, form_class = SavedView, SavedViewForm
    template_name = "users/view_edit.html"
    saved = gettext_lazy("View saved")

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        if pk is None:
            return super().get(request)
        record = find_for(SavedView, pk, request.user, WRITE)
        form = SavedViewForm(actor=request.user, instance=record, initial=_shown(request))
        return self.page_of(form, record)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """A button that moves a column shows the form again, as it was typed: the way without JavaScript."""
        if "move" not in request.POST:
            return super().post(request, pk)
        record = self.find(pk)
        if record is not None:
            # Still a form of the version that was opened, so that saving it meets what was saved since.
            record.version = request.POST.get("version", "")
        form = SavedViewForm(
            actor=request.user, initial=_typed(request.POST), **({"instance": record} if record else {})
        )
        return self.page_of(form, record)

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {**_shown(request), "noun": request.GET.get("noun", "")}

    def create(self, form: SavedViewForm, actor: Any) -> SavedView:
        at = timezone.now()
        view = save_view(noun=form.cleaned_data["noun"], values=form.view_values, actor=actor, at=at)
        return share_view(view_id=view.pk, team_ids=_team_ids(form), actor=actor, at=at)

    def update(self, record_id: int, form: SavedViewForm, actor: Any) -> SavedView:
        at = timezone.now()
        update_view(view_id=record_id, values=form.view_values, version=None, actor=actor, at=at)
        return share_view(view_id=record_id, team_ids=_team_ids(form), actor=actor, at=at)

    def success_url(self, record: SavedView) -> str:
        return _list_url(record)

    def list_url(self, record: SavedView | None) -> str:
        if record is not None:
            return _list_url(record)
        noun = self.request.POST.get("noun") or self.request.GET.get("noun", "")
        return _url_of_list(noun) or reverse("home")


class SavedViewDeleteView(View):
    """GET asks, POST deletes."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = find_for(SavedView, pk, request.user, WRITE)
        title = _("Delete this view")
        sentence = _("Delete the view “%(name)s”? The records in it stay.")
        if view.teams.exists():
            sentence = _("Delete the view “%(name)s”? The teams with which it is shared lose it too. The records stay.")
        context = {
            "title": title,
            "sentence": sentence % {"name": view},
            "trail": [(_list_name(view), _list_url(view)), (title, "")],
            "submit_label": title,
            "cancel_url": _list_url(view),
            "idempotency_key": new_key(),
            "danger": True,
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        def work() -> str:
            view = find_for(SavedView, pk, request.user, WRITE)
            actor: Any = request.user
            delete_view(view_id=pk, actor=actor, at=timezone.now())
            return _url_of_list(view.noun)

        url = run_once(request, work)
        htmx.toast(request, _("View deleted"))
        return htmx.go_to(request, url)


class PinView(View):
    """A view becomes a tab of this person, or stops being one."""

    http_method_names = ["post"]
    act: Callable[..., None] = staticmethod(pin_view)
    done = gettext_lazy("The view is a tab now")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = find_for(SavedView, pk, request.user, READ)
        self.act(view_id=pk, actor=request.user, at=timezone.now())
        htmx.toast(request, str(self.done))
        return htmx.go_to(request, _list_url(view))


class UnpinView(PinView):
    act = staticmethod(unpin_view)
    done = gettext_lazy("The view is in the menu of the list now")


class FirstView(View):
    """The list opens with this view for this person."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, noun: str, key: str) -> HttpResponse:
        url = _url_of_list(noun)
        if not url or not may(request.user, permission_name(apps.get_model(noun), READ)):
            raise NotFound(_("There is no such list, or you may not see it."))
        actor: Any = request.user
        declared: Any = resolve(url).func
        known = {view.key for view in declared.view_class.system_views}
        known |= {view.key for view in kept_views(apps.get_model(noun), actor).views}
        if key not in known:
            raise NotFound(_("This list has no such view."))
        open_list_with(noun=noun, key=key, actor=actor, at=timezone.now())
        htmx.toast(request, _("This list opens with this view from now on"))
        return htmx.go_to(request, f"{url}?view={key}")


def _shown(request: HttpRequest) -> dict[str, Any]:
    """What the address says a view should keep."""
    return {name: request.GET[sent] for name in _KEPT if (sent := _NAMES.get(name, name)) in request.GET}


def _typed(posted: QueryDict) -> dict[str, Any]:
    """What a form was filled with when a button moved one of its columns."""
    names = moved(posted.getlist("columns"), str(posted["move"]))
    kept = {name: posted[name] for name in (*_KEPT, "noun") if name in posted}
    return {**kept, "columns": names, "teams": posted.getlist("teams")}


def _team_ids(form: SavedViewForm) -> list[int]:
    return [team.pk for team in form.cleaned_data["teams"]]


def _list_name(view: SavedView) -> str:
    return str(apps.get_model(view.noun)._meta.verbose_name_plural).capitalize()


def _list_url(view: SavedView) -> str:
    return f"{_url_of_list(view.noun)}?view={view.key}"


def _url_of_list(noun: str) -> str:
    model = next((model for model in apps.get_models() if model._meta.label_lower == noun), None)
    return screen_url(model, "list") if model else ""
