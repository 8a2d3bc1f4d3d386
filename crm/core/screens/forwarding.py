"""Where an address leads that was a record's: to the one that has taken it in. Engines above say where."""

from collections.abc import Callable

from django.db import models

type Forward = Callable[[type[models.Model], int], int | None]

_forwards: list[Forward] = []


def register_forward(forward: Forward) -> None:
    """`forward(model, pk)` gives the key of the record that now stands for this one, or None."""
    _forwards.append(forward)


def forwarded(model: type[models.Model], pk: int) -> int | None:
    return next((found for forward in _forwards if (found := forward(model, pk)) is not None), None)
