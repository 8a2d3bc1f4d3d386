"""What the system knows of a record's life, for its timeline: when it arrived, when its state changed.

Moments are no activities: they cost a query only where a function asks one. Apps register theirs in
`AppConfig.ready()`; every record with a timeline has the moment of its creation.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.screens.details import Fact


@dataclass(frozen=True, slots=True)
class Moment:
    """One line: `what` is text or safe markup; `facts` stand in a box below it, `note` behind the words in grey."""

    at: dt.datetime
    icon: str
    what: str
    note: str = ""
    facts: Sequence[Fact] = ()


type Moments = Callable[[Any, Any], Iterable[Moment]]

_registry: dict[type[models.Model], Moments] = {}


def register_moments(model: type[models.Model], moments: Moments) -> None:
    """`moments(record, user)` replaces the moment of creation that every record has by itself."""
    _registry[model] = moments


def moments_of(record: Any, user: Any) -> list[Moment]:
    """Newest first."""
    found = _registry.get(type(record), _created)(record, user)
    return sorted(found, key=lambda moment: moment.at, reverse=True)


def _created(record: Any, _user: Any) -> Iterable[Moment]:
    noun = str(record._meta.verbose_name).capitalize()
    return [Moment(record.created_at, "plus", _("%(noun)s created") % {"noun": noun})]
