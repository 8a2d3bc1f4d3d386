"""An answer takes as long whatever became of the post, so that its time tells nobody whether a form exists."""

import random
from collections import deque

_KEPT = 64
_FIRST = 0.01
_MOST = 0.1
"""Seconds: what is waited for before any post became a lead in this process, and at most."""


class Evenness:
    """How long the last posts took that became leads or touches. What did not is answered after as long a time."""

    def __init__(self) -> None:
        self._taken: deque[float] = deque(maxlen=_KEPT)

    def note(self, seconds: float) -> None:
        self._taken.append(seconds)

    def missing(self, seconds: float) -> float:
        """The seconds that a post which took so long still waits: up to what one of the last leads took."""
        taken = list(self._taken)
        wanted = random.choice(taken) if taken else _FIRST  # noqa: S311 - no secret, only a time as any other
        return min(max(wanted - seconds, 0.0), _MOST)
