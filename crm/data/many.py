"""Services that change one field of many records at once, for fields from which other columns follow."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models

from crm.core.errors import Refusal


class ChangeMany(Protocol):
    """A service that gives records, which its caller has locked and which the actor may change, values by their keys.

    It answers with the refusals by key; of a refused record nothing is written.
    """

    def __call__(
        self, *, records: Sequence[Any], values: Mapping[int, Mapping[str, Any]], actor: Any, at: dt.datetime
    ) -> Mapping[int, Refusal]: ...


@dataclass(frozen=True, slots=True)
class Many:
    fields: frozenset[str]
    change: ChangeMany


_registry: dict[type[models.Model], Many] = {}


def register_many(model: type[models.Model], *, fields: frozenset[str], change: ChangeMany) -> None:
    """`fields` of the form of this table may be changed on many records by `change`."""
    _registry[model] = Many(fields, change)


def change_many(model: type[models.Model], field: str) -> ChangeMany | None:
    found = _registry.get(model)
    return found.change if found is not None and field in found.fields else None
