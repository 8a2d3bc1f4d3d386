"""The clock, the agenda and the dice of the story.

The company is not painted as it stands today: its year is played through. Every step that is due before now
happens at its moment, and what would come later is left out, so that today's open work is what remains.
"""

import datetime as dt
import heapq
import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

import pghistory

type Step = Callable[[dt.datetime], None]

TIME_ZONE = "Europe/Berlin"
_SEED = 20_402
_SATURDAY, _MONDAY = 5, 7


class Story:
    """The agenda with the dice. The same `now` tells the same story."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self._dice = random.Random(_SEED)  # noqa: S311 - tells a story, guards nothing
        self._steps: list[tuple[dt.datetime, int, Step]] = []
        self._order = count()
        self._decks: dict[tuple[str, ...], list[str]] = {}

    def plan(self, moment: dt.datetime, step: Step) -> None:
        """Have `step` happen at `moment`; steps of one moment happen in the order in which they were planned."""
        heapq.heappush(self._steps, (moment, next(self._order), step))

    def agenda(self) -> list[tuple[dt.datetime, Step]]:
        """What is planned, in the order of time."""
        return [(moment, step) for moment, _number, step in sorted(self._steps, key=lambda planned: planned[:2])]

    def play(self) -> None:
        """Do everything that is due until now, in the order of time."""
        while self._steps:
            moment, _number, step = heapq.heappop(self._steps)
            if moment >= self.now:
                return
            pghistory.context(moment=moment.isoformat())  # every event remembers when it happened in the story
            step(moment)

    def days_ago(self, days: float) -> dt.datetime:
        return self.working_time(self.now - dt.timedelta(days=days))

    def later(self, moment: dt.datetime, low: float, high: float) -> dt.datetime:
        """A working moment between `low` and `high` days after `moment`, and after it in any case."""
        wanted = moment + dt.timedelta(days=self._dice.uniform(low, high))
        return max(self.working_time(wanted), moment + dt.timedelta(minutes=1))

    def working_time(self, moment: dt.datetime) -> dt.datetime:
        """The same day between 8 and 17 o'clock; weekends give way to Monday."""
        local = moment.astimezone(ZoneInfo(TIME_ZONE))
        if local.weekday() >= _SATURDAY:
            local += dt.timedelta(days=_MONDAY - local.weekday())
        if not 8 <= local.hour < 17:
            local = local.replace(hour=8 + local.hour % 9)
        return local.replace(second=0, microsecond=0)

    def pick[T](self, items: Sequence[T]) -> T:
        return self._dice.choice(items)

    def draw(self, cards: tuple[str, ...]) -> str:
        """The next card of this shuffled deck, so that in the long run each fate has exactly its share."""
        deck = self._decks.setdefault(cards, [])
        if not deck:
            deck += self._dice.sample(cards, len(cards))
        return deck.pop()

    def number(self, low: int, high: int) -> int:
        return self._dice.randint(low, high)

    def share(self, low: str, high: str, step: str) -> Decimal:
        """A multiple of `step` from `low` to `high`."""
        steps = int((Decimal(high) - Decimal(low)) / Decimal(step))
        return Decimal(low) + Decimal(step) * self._dice.randint(0, steps)

    def happens(self, percent: int) -> bool:
        return self._dice.randrange(100) < percent
