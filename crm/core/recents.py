"""What a person opened last. The table lies with the people; here is what pages and the palette ask of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

type Pair = tuple[type[models.Model], int]


@dataclass(frozen=True, slots=True)
class Recents:
    """`note(actor, model, pk)` keeps what was opened; `last(actor)` gives it, newest first, whether visible or not."""

    note: Callable[[Any, type[models.Model], int], None]
    last: Callable[[Any], Sequence[Pair]]


_kept: list[Recents] = []


def register_recents(recents: Recents) -> None:
    _kept[:] = [recents]


def note_opened(actor: Any, record: models.Model) -> None:
    for recents in _kept:
        recents.note(actor, type(record), record.pk)


def last_opened(actor: Any) -> Sequence[Pair]:
    return [pair for recents in _kept for pair in recents.last(actor)]
