"""Foreign keys obey the same order as imports; string references are invisible to the import contract."""

import tomllib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

# From the ground up; apps on one line are siblings and know nothing of each other.
LAYERS = (
    ("core",),
    ("users",),
    ("data", "process"),
    ("catalog",),
    ("customers",),
    ("activities",),
    ("leads",),
    ("sales",),
    ("reports",),
)
HEIGHT = {label: height for height, labels in enumerate(LAYERS) for label in labels}


def our_models() -> list[type[models.Model]]:
    """Concrete tables of ours; events are written by the database and refer to what their table refers to."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in HEIGHT and not hasattr(model, "pgh_tracked_model")
    ]


def allowed(source: str, target: str) -> bool:
    return source == target or HEIGHT[target] < HEIGHT[source]


def test_every_foreign_key_points_to_its_own_app_or_downward() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in our_models()
        for field in _relations(model)
        if field.related_model._meta.app_label in HEIGHT
        and not allowed(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert wrong == []


def _relations(model: type[models.Model]) -> list[Any]:
    own = [*model._meta.fields, *model._meta.many_to_many]
    return [field for field in own if field.is_relation and field.related_model is not None]


def test_the_order_is_the_one_of_the_import_contract() -> None:
    config = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = config["tool"]["importlinter"]["contracts"]
    from_above = [tuple(part.strip().removeprefix("crm.") for part in line.split("|")) for line in contract["layers"]]
    assert tuple(from_above[-2::-1]) == LAYERS
    assert from_above[-1] == ("hosting",)


def test_the_check_sees_tables() -> None:
    assert {model._meta.app_label for model in our_models()} >= {"core", "users", "customers", "leads", "sales"}
    assert not allowed("users", "customers")
    assert not allowed("data", "process")
    assert allowed("sales", "core")
