"""What the importers of all nouns do with a row: its values onto an unsaved record, its full name into parts."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.base import ModelState
from django.utils.translation import gettext_lazy as _

from crm.core.custom.writing import custom_defaults
from crm.core.fields import Kind
from crm.core.models import CustomModel
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.targets import CUSTOM_PREFIX, OWNER, Target

FULL_NAME = Target(name="full_name", label=_("full name"), kind=Kind.TEXT, most=300)
CREATED = Target(name="created_at", label=_("created"), kind=Kind.MOMENT, attribute="created_at")


def built[M: models.Model](model: type[M], draft: Draft, work: Work, **columns: Any) -> M:
    """An unsaved record with the columns that the row fills; the noun computes the rest."""
    record = _blank(model, work)
    for name, value in columns.items():
        setattr(record, name, value)
    for name, value in draft.values.items():
        target = work.targets[name]
        if target.attribute and name != OWNER and target.definition is None:
            setattr(record, target.attribute, value)
    if isinstance(record, CustomModel):
        defaults = work.once("custom defaults", lambda: custom_defaults(model, work.actor))  # type: ignore[arg-type]  # one of these
        given = {
            name.removeprefix(CUSTOM_PREFIX): value
            for name, value in draft.values.items()
            if name.startswith(CUSTOM_PREFIX) and value is not None
        }
        record.custom = {**defaults, **given}
    return record


def _blank[M: models.Model](model: type[M], work: Work) -> M:
    """A record as its class makes it; all but the first are copies of one, which costs a fifth."""
    first = work.once(f"blank {model._meta.label}", model)
    own = work.once(f"made anew for {model._meta.label}", lambda: _made_anew(first))
    record = model.__new__(model)
    record.__dict__.update(first.__dict__)
    record.__dict__.update((name, make()) for name, make in own.items())
    return record


def _made_anew(record: models.Model) -> dict[str, Callable[[], Any]]:
    """What no two records share: their state, and defaults that are made."""
    columns = record._meta.concrete_fields
    made = {
        column.attname: column.get_default for column in columns if column.has_default() and callable(column.default)
    }
    return {"_state": ModelState, **made}


def split_name(draft: Draft) -> None:
    """`Lee, Ann` and `Ann Maria Lee` become first and last names, where the file has no columns for these."""
    full = draft.values.pop(FULL_NAME.name, "")
    if not full or "last_name" in draft.values:
        return
    family, comma, given = full.partition(",")
    if not comma:
        given, _space, family = full.rpartition(" ")
    draft.values["last_name"] = family.strip()[:100]
    if given.strip():
        draft.values.setdefault("first_name", given.strip()[:100])
