"""Dealing leads out to people in turn, or to whoever has the least. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Candidate:
    """Somebody who may be given a lead; `capacity` is the most open leads of theirs, None for any number."""

    pk: int
    open_leads: int = 0
    capacity: int | None = None

    @property
    def has_room(self) -> bool:
        return self.capacity is None or self.open_leads < self.capacity

    @property
    def load(self) -> float:
        """The used share of a capacity; without one just the number, so that all are compared alike."""
        return self.open_leads / self.capacity if self.capacity else float(self.open_leads)


def next_in_turn(people: Sequence[Candidate], last: int | None) -> Candidate | None:
    """Whoever comes after the last one in the order of their keys, and has room; None where nobody has."""
    free = sorted((one for one in people if one.has_room), key=lambda one: one.pk)
    return next((one for one in free if last is not None and one.pk > last), free[0] if free else None)


def least_loaded(people: Sequence[Candidate], last: int | None) -> Candidate | None:
    """Whoever has the least; among equals the next in turn. None where nobody has room."""
    free = [one for one in people if one.has_room]
    if not free:
        return None
    least = min(one.load for one in free)
    return next_in_turn([one for one in free if one.load == least], last)
