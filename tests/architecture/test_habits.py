"""Habits that keep the house in order, read from the source itself."""

import ast
from collections.abc import Iterable, Iterator

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

from crm.core.models import TRACKED
from tests.architecture.sources import Source, attributes, calls, sources

GUARDS = {"visible_to", "for_action", "branches", "none"}
OURS = {"core", "users", "customers", "data", "process", "reports", "catalog", "activities", "leads", "sales"}
SCREENS = {"views", "forms", "filters", "tables", "panels", "search", "actions", "urls"}


def found(*hits: Iterable[str]) -> list[str]:
    return sorted(hit for some in hits for hit in some)


def imported(source: Source) -> Iterator[tuple[ast.AST, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def test_views_reach_rows_only_through_the_rights_of_the_reader() -> None:
    """`Model.objects` in a view is followed at once by one of the guarded doors."""

    def unguarded(source: Source) -> Iterator[str]:
        guarded = {id(node.value) for node in attributes(source.tree, *GUARDS) if isinstance(node.value, ast.Attribute)}
        doors = attributes(source.tree, "objects", "_default_manager")
        return (source.at(node) for node in doors if id(node) not in guarded)

    assert found(*(unguarded(source) for source in sources() if "views" in source.parts)) == []


def test_no_screen_uses_a_manager_without_rights() -> None:
    """They lead to the bin and to other people's records; services and the kernel check before they use them."""

    def without_rights(source: Source) -> Iterator[str]:
        return (source.at(node) for node in attributes(source.tree, "_base_manager", "with_bin"))

    def is_screen(source: Source) -> bool:
        return bool(SCREENS & set(source.parts)) and "services" not in source.parts

    screens = [source for source in sources() if is_screen(source) and source.parts[:2] != ("crm", "core")]
    assert found(*map(without_rights, screens)) == []


def test_no_rule_hides_in_a_signal() -> None:
    modules = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals")
    hits = ((source.at(node) for node, name in imported(source) if name.startswith(modules)) for source in sources())
    assert found(*hits) == []


def test_a_migration_that_changes_tables_is_one_step() -> None:
    """Django would render all tables again after each of its operations, which took minutes."""
    migrations = MigrationLoader(None).disk_migrations
    assert [key for key, each in migrations.items() if key[0] in OURS and len(each.operations) > 1] == []


def test_no_model_overrides_save_or_delete() -> None:
    wrong = [
        f"{model._meta.label}.{name}"
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for name in ("save", "delete")
        if getattr(model, name) is not getattr(models.Model, name) and not _only_inherits(model, name)
    ]
    assert wrong == []


def _only_inherits(model: type[models.Model], name: str) -> bool:
    """From Django or another package."""
    definer = next(base for base in model.__mro__ if name in vars(base))
    return not definer.__module__.startswith(("crm.", "catalog.", "activities.", "leads.", "sales."))


def test_nothing_is_kept_in_thread_locals() -> None:
    """Exceptions: log lines know their request, an act in the database knows what it has read, and formats go with
    the language and the time zone, which Django keeps in the same way."""
    kept = {"threading.local", "contextvars.ContextVar"}
    hits = (
        [source.at(node) for node, name in imported(source) if name in kept]
        for source in sources()
        if source.name not in {"crm/core/logs.py", "crm/core/transactions.py", "crm/core/writing.py"}
    )
    locals_made = (
        [source.at(node) for node in attributes(source.tree, "local") if _is_name(node.value, "threading")]
        for source in sources()
    )
    assert found(*hits, *locals_made) == []


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def test_only_the_kernel_copies_rows_into_tables() -> None:
    """Others call `copy_rows`, which announces the action to history."""
    hits = (
        (
            source.at(call)
            for call in calls(source.tree)
            if isinstance(call.func, ast.Attribute)
            and (call.func.attr == "executemany" or (call.func.attr == "copy" and call.args))
            and not _is_name(call.func.value, "copy")
            and not _is_name(call.func.value, "shutil")
        )
        for source in sources()
        if source.name != "crm/core/bulk.py"
    )
    assert found(*hits) == []


def test_no_file_is_a_drawer_for_everything() -> None:
    assert [source.name for source in sources() if source.parts[-1] in {"utils", "helpers", "misc", "common"}] == []


@pytest.mark.parametrize("root", ["product", "tests"])
def test_no_file_has_more_than_four_hundred_lines(root: str) -> None:
    files = sources() if root == "product" else sources("tests")
    assert [f"{source.name}: {source.lines}" for source in files if source.lines > 400] == []


def test_no_function_has_more_than_forty_lines() -> None:
    long = [
        f"{source.at(node)} {node.name}: {(node.end_lineno or 0) - node.lineno + 1}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 40
    ]
    assert long == []


def test_services_see_no_request() -> None:
    def wrong(source: Source) -> Iterator[str]:
        return (source.at(node) for node, name in imported(source) if name.startswith("django.http.HttpRequest"))

    assert found(*(wrong(source) for source in sources() if "services" in source.parts)) == []


def test_every_business_table_is_recorded() -> None:
    """Stamps and history come with `@tracked`; a table with stamps that lacks it would never be stamped."""
    missing = [
        model._meta.label
        for model in apps.get_models()
        if any(field.name == "version" for field in model._meta.local_fields)
        and not hasattr(model, "pgh_tracked_model")
        and model not in TRACKED
        and model._meta.app_label not in {"pghistory", "django_tasks_db"}
    ]
    assert missing == []
