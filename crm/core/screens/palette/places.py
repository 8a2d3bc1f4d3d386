"""Where one may go, and what can be done on the page on which the palette was opened."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.http import QueryDict
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.core.access import READ, find_for
from crm.core.addresses import screen_url
from crm.core.context import NavEntry, nav_entries
from crm.core.errors import Refusal
from crm.core.screens.buttons import Button, buttons_for
from crm.core.screens.details import DetailView
from crm.core.screens.lists import ListView, looks, terms
from crm.core.screens.lists.entries import entry_items
from crm.core.screens.lists.named_views import MenuItem, SystemView, kept_views, menu_of
from crm.core.screens.lists.selections import LOOK
from crm.core.screens.palette.entries import Entry

_NO_ICON = "arrow-right"


def places(actor: Any) -> Iterator[Entry]:
    """The navigation as this person has it."""
    for entry in nav_entries():
        if _may(actor, entry.permission):
            yield Entry(str(entry.label), reverse(entry.url_name), icon=entry.icon)


def new_records(actor: Any) -> Iterator[Entry]:
    for entry in nav_entries():
        if entry.new_url_name and _may(actor, entry.permission and entry.new_permission):
            title = _("New %(noun)s") % {"noun": str(entry.new_label or entry.label).lower()}
            yield Entry(title, reverse(entry.new_url_name), icon="plus")


def system_views(actor: Any) -> Iterator[Entry]:
    for entry, listing in _lists(actor):
        for view in listing.system_views:
            yield _view(entry, view)


def own_views(actor: Any) -> Iterator[Entry]:
    """What people keep of the lists: one query for each noun."""
    for entry, listing in _lists(actor):
        for view in kept_views(listing.model, actor).views:
            yield _view(entry, view)


def acts_at(path: str, actor: Any) -> tuple[str, list[Entry]]:
    """The name of the record whose page this is, and what can be done with it now; nothing for any other page."""
    record = record_at(path, actor)
    return (str(record), list(acts_of(record, actor))) if record is not None else ("", [])


def acts_on_list(at: str, actor: Any) -> Iterator[Entry]:
    """What can be done with the list whose page this is; nothing for any other page."""
    path, _mark, asked = at.partition("?")
    view = _list_view(_match(path))
    if view is None or not actor.has_perm(f"{view.model._meta.app_label}.{READ}_{view.model._meta.model_name}"):
        return
    parameters = QueryDict(asked, mutable=True)
    for name in ("after", "before", "panel"):
        parameters.pop(name, None)
    for panel, icon, label in (
        (terms.PANEL, "filter", _("Add a condition")),
        (looks.PANEL, "columns", _("Columns, order, groups")),
    ):
        yield Entry(label, f"{path}?{_with(parameters, panel=panel)}", icon=icon)
    for item in (*_kept_as_view(view, parameters, actor), *entry_items(actor, f"{path}?{parameters.urlencode()}")):
        yield Entry(str(item.label), item.url, icon=_NO_ICON)


def _kept_as_view(view: type[ListView], parameters: QueryDict, actor: Any) -> list[MenuItem]:
    """Keeping what the list shows as a view; what the address leaves open, its view says."""
    views = (*view.system_views, *kept_views(view.model, actor).views)
    chosen = next((one for one in views if one.key == parameters.get("view")), None)
    usual = chosen or next((one for one in views if one.default), None)
    kept = {"q": getattr(usual, "query", ""), **{name: getattr(usual, name, "") for name in LOOK}}
    shown = {name: str(parameters.get(name, text)) for name, text in kept.items()}
    return [item for item in menu_of(view.model, chosen, shown, changed=shown != kept) if not item.posts]


def _with(parameters: QueryDict, **more: str) -> str:
    found = parameters.copy()
    for name, value in more.items():
        found[name] = value
    return found.urlencode()


def _list_view(match: ResolverMatch | None) -> type[ListView] | None:
    view = getattr(match.func, "view_class", None) if match else None
    return view if isinstance(view, type) and issubclass(view, ListView) else None


def record_at(path: str, actor: Any) -> Any:
    """The record of this address, of its form or of one of its acts; None where the reader does not see it."""
    match = _match(path.partition("?")[0])
    view = getattr(match.func, "view_class", None) if match else None
    act = getattr(match.func, "view_initkwargs", {}).get("action") if match else None
    model, pk = getattr(act or view, "model", None), match.kwargs.get("pk") if match else None
    is_record = isinstance(model, type) and hasattr(model, "_default_manager") and isinstance(pk, int)
    return found(model, pk, actor) if is_record else None


def found(model: Any, pk: Any, actor: Any) -> Any:
    if not hasattr(model._default_manager.all(), "for_action") or pk >= 2**63:
        return None
    try:
        return find_for(model, pk, actor)
    except Refusal:
        return None


def acts_of(record: models.Model, actor: Any) -> Iterator[Entry]:
    """The next move first; only what is possible now."""
    buttons = buttons_for(record, actor, _edit_obstacle(record))
    wanted = [*([buttons.primary] if buttons.primary else []), *buttons.frequent, *buttons.others]
    yield from (_act(button) for button in wanted if button.enabled)
    yield from _calls(record)


def _act(button: Button) -> Entry:
    return Entry(str(button.label), button.url, icon=button.icon or _NO_ICON, key="e" if button.icon == "edit" else "")


def _calls(record: Any) -> Iterator[Entry]:
    for name, icon, scheme, words in (
        ("phone", "phone", "tel", _("Call %(to)s")),
        ("mobile", "phone", "tel", _("Call %(to)s")),
        ("email", "mail", "mailto", _("Write to %(to)s")),
    ):
        value = str(getattr(record, name, "") or "")
        forbidden = getattr(record, "do_not_email" if scheme == "mailto" else "do_not_phone", False)
        if value and not forbidden:
            yield Entry(words % {"to": value}, f"{scheme}:{value.replace(' ', '')}", icon=icon)


def _edit_obstacle(record: models.Model) -> str:
    match = _match(screen_url(type(record), "detail", record.pk))
    view = getattr(match.func, "view_class", None) if match else None
    return view().edit_obstacle(record) if isinstance(view, type) and issubclass(view, DetailView) else ""


def _lists(actor: Any) -> Iterator[tuple[NavEntry, type[ListView]]]:
    for entry in nav_entries():
        view = _list_view(_match(reverse(entry.url_name))) if _may(actor, entry.permission) else None
        if view is not None:
            yield entry, view


def _view(entry: NavEntry, view: SystemView) -> Entry:
    url = f"{reverse(entry.url_name)}?{urlencode({'view': view.key})}"
    return Entry(str(view.label), url, icon="list-details", hint=str(entry.label))


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None


def _may(actor: Any, permission: str) -> bool:
    return not permission or bool(actor.has_perm(permission))
