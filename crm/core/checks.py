"""Declarations are checked at start, so that a typo is a sentence with an id and not a broken page."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.checks import register as register_check
from django.core.exceptions import FieldError
from django.db import models
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver
from pghistory.models import Event

from crm.core import panels, search
from crm.core.actions import Action, actions_for
from crm.core.context import nav_entries
from crm.core.indexes import is_indexed
from crm.core.models import TRACKED
from crm.core.query.text import search_condition
from crm.core.screens import ListView, TransitionView
from crm.core.tables import LinkColumn, Table
from crm.core.words import Lookup

# Tables of the kernel which hold no business record; elsewhere a model says it itself: `untracked_because`.
UNTRACKED = {
    "core.Job": "work in progress, not a record",
    "core.NumberCounter": "a counter; the documents that carry the numbers have a history",
    "core.Schedule": "a timetable, written every minute",
    "users.IdempotencyKey": "a note about a request",
    "users.SetupToken": "used once and gone",
}
_OURS = ("crm.", "catalog", "activities", "leads", "sales")


def register() -> None:
    register_check(check_declarations)


def check_declarations(**_options: Any) -> list[CheckMessage]:
    views = list(_views(get_resolver()))
    tables = sorted(_all_tables(), key=lambda table: f"{table.__module__}.{table.__name__}")
    names = set(_url_names(get_resolver(), ""))
    return [
        *(error for table in tables for error in check_table(table, names)),
        *(error for view in views for error in check_list(view, names)),
        *check_actions(_registered_actions(), names),
        *_check_transition_views(get_resolver()),
        *check_url_names(names),
        *check_panels(),
        *check_history(apps.get_models()),
    ]


def check_table(table: type[Table], names: set[str]) -> Iterator[CheckMessage]:
    if "model" not in vars(table) and not hasattr(table, "model"):
        return
    for path in table.fields():
        if not _path_exists(table.model, path):
            yield _error("E001", f"names the path “{path}”, which {table.model.__name__} does not have.", table)
    for field in sorted({column.sort for column in table.columns if column.sort}):
        yield from _check_sort(table, field)
    for column in table.columns:
        if isinstance(column, LinkColumn) and column.url_name and column.url_name not in names:
            yield _error("E003", f"links to “{column.url_name}”, which is no URL name.", table)


def _check_sort(table: type[Table], field: str) -> Iterator[CheckMessage]:
    if not is_indexed(table.model, field):
        yield _error("E002", f"sorts by “{field}”, which no index of {table.model.__name__} begins with.", table)


def check_list(view: type[Any], names: set[str]) -> Iterator[CheckMessage]:
    if not issubclass(view, ListView):
        return
    if view.table.model is not view.model:
        yield _error("E004", f"shows {view.model.__name__} in a table of {view.table.model.__name__}.", view)
    if view.create_url_name and view.create_url_name not in names:
        yield _error("E003", f"links to “{view.create_url_name}”, which is no URL name.", view)
    yield from _check_sort(view.table, view.table.default_sort.removeprefix("-"))
    if not _can_search(view.model, view.filterset.search_fields):
        yield _error("E010", f"searches fields that {view.model.__name__} does not have.", view.filterset)
    keys = [system_view.key for system_view in view.system_views]
    if len(keys) != len(set(keys)):
        yield _error("E005", "has two views of the same key.", view)


def check_actions(actions: Iterable[Action], names: set[str]) -> Iterator[CheckMessage]:
    for act in actions:
        machine = getattr(act.model, "machine", None)
        moves = {move.name for move in machine.moves} if machine else set()
        where = f"The action “{act.name}” of {act.model.__name__}"
        if act.move and act.move not in moves:
            yield Error(f"{where} makes the move “{act.move}”, which its machine does not have.", id="throughline.E006")
        if act.url_name not in names:
            yield Error(f"{where} stands at “{act.url_name}”, which is no URL name.", id="throughline.E003")
        yield from _check_template(act.template, where)


def _check_transition_views(resolver: URLResolver) -> Iterator[CheckMessage]:
    known = {id(act) for act in _registered_actions()}
    for pattern in _patterns(resolver):
        view = getattr(pattern.callback, "view_class", None)
        if view is None or not issubclass(view, TransitionView):
            continue
        act = getattr(pattern.callback, "view_initkwargs", {}).get("action")
        if id(act) not in known:
            yield Error(
                f"The address “{pattern.pattern}” serves an action that is not registered.", id="throughline.E007"
            )


def check_url_names(names: set[str]) -> Iterator[CheckMessage]:
    """What the navigation and the search lead to."""
    for entry in nav_entries():
        for name in filter(None, (entry.url_name, entry.new_url_name)):
            if name not in names:
                yield Error(f"The navigation leads to “{name}”, which is no URL name.", id="throughline.E003")
    for source in search.sources():
        if source.url_name not in names:
            yield Error(f"The search leads to “{source.url_name}”, which is no URL name.", id="throughline.E003")
        if not source.index:
            yield Error(f"{source.model.__name__} has no index of the words of its search.", id="throughline.E010")
        for path in filter(None, (source.title, source.subtitle)):
            if path not in _columns(source.model):
                yield Error(
                    f"The search shows “{path}” of {source.model.__name__}, which it lacks.", id="throughline.E001"
                )


def check_panels() -> Iterator[CheckMessage]:
    for model, of_model in panels.registered().items():
        for panel in of_model:
            yield from _check_template(panel.template, f"The panel “{panel.name}” of {model.__name__}")


def check_history(business: Iterable[type[models.Model]]) -> Iterator[CheckMessage]:
    """Every table of ours keeps its history, or says why not."""
    for model in business:
        is_ours = model.__module__.startswith(_OURS) and not issubclass(model, Event)
        if not is_ours or model._meta.auto_created or model._meta.proxy or model in TRACKED:
            continue
        if model._meta.label not in UNTRACKED and not getattr(model, "untracked_because", ""):
            yield _error("E008", "keeps no history: decorate it with `tracked` or say `untracked_because`.", model)


def _registered_actions() -> list[Action]:
    return [act for model in apps.get_models() for act in actions_for(model)]


def _check_template(name: str, where: str) -> Iterator[CheckMessage]:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        yield Error(f"{where} names the template “{name}”, which is not there.", id="throughline.E009")
    except TemplateSyntaxError as error:
        yield Error(f"{where}: the template “{name}” cannot be read: {error}", id="throughline.E009")


def _columns(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def _path_exists(model: type[models.Model], path: Any) -> bool:
    try:
        model._base_manager.values_list(path)
    except FieldError:
        return False
    return True


def _can_search(model: type[models.Model], lookups: Iterable[Lookup]) -> bool:
    try:
        model._base_manager.filter(search_condition(lookups, "x"))
    except FieldError:
        return False
    return True


def _error(number: str, words: str, declaration: type[Any]) -> Error:
    name = f"{declaration.__module__}.{declaration.__name__}"
    return Error(f"{name} {words}", id=f"throughline.{number}", obj=declaration)


def _all_tables() -> set[type[Table]]:
    """Every declared table; the URLconf has imported their modules."""
    found: set[type[Table]] = set()
    open_ = [Table]
    while open_:
        below = open_.pop().__subclasses__()
        found.update(below)
        open_ += below
    return {table for table in found if table.__module__.startswith(_OURS)}


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern)
        else:
            yield pattern


def _views(resolver: URLResolver) -> Iterator[type[Any]]:
    for pattern in _patterns(resolver):
        view = getattr(pattern.callback, "view_class", None)
        if view is not None:
            yield view


def _url_names(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _url_names(pattern, inner)
        elif pattern.name:
            yield f"{namespace}{pattern.name}"
