"""Learning from closed leads, by naive Bayes: what each group of a feature adds to the usual chance. Pure.

A group's weight is the logarithm of how much more often it occurs among the qualified than among the disqualified. A
point is a hundredth of the chance near its middle, where a weight of one changes it by a quarter.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LEAST_CLOSED, LEAST_OF_A_KIND, LEAST_OF_A_GROUP = 50, 10, 5
"""With fewer closed leads, or fewer qualified or disqualified ones, nothing is learnt; a rarer group says nothing."""
_POINTS_PER_WEIGHT, _MOST_POINTS = 25, 25

type Groups = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Learnt:
    """`points`: feature → group → (points, leads of that group). Empty where there is too little history."""

    qualified: int = 0
    disqualified: int = 0
    points: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)

    @property
    def closed(self) -> int:
        return self.qualified + self.disqualified

    @property
    def is_enough(self) -> bool:
        return self.closed >= LEAST_CLOSED and min(self.qualified, self.disqualified) >= LEAST_OF_A_KIND

    @property
    def usual(self) -> int:
        """How many of a hundred closed leads were qualified."""
        return round(100 * self.qualified / self.closed) if self.closed else 0


def learn(leads: Iterable[tuple[bool, Groups]]) -> Learnt:
    """From pairs of *was it qualified* and the group of each feature. The order does not matter."""
    ends = Counter[bool]()
    counts: dict[str, Counter[tuple[str, bool]]] = {}
    for is_qualified, groups in leads:
        ends[is_qualified] += 1
        for name, group in groups.items():
            if group:
                counts.setdefault(name, Counter())[group, is_qualified] += 1
    learnt = Learnt(ends[True], ends[False])
    if not learnt.is_enough:
        return learnt
    points = {name: _of_feature(counter) for name, counter in sorted(counts.items())}
    return Learnt(ends[True], ends[False], {name: groups for name, groups in points.items() if groups})


def _of_feature(counter: Counter[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    """Only among leads of which the feature is known: what is not filled in says nothing."""
    names = sorted({group for group, _is_qualified in counter})
    totals = {end: sum(counter[group, end] for group in names) for end in (True, False)}
    found = {}
    for group in names:
        number = counter[group, True] + counter[group, False]
        # One imagined lead in each group, so that a group without any qualified one is bad but not hopeless.
        shares = [(counter[group, end] + 1) / (totals[end] + len(names)) for end in (True, False)]
        worth = round(_POINTS_PER_WEIGHT * math.log(shares[0] / shares[1]))
        if number >= LEAST_OF_A_GROUP and worth:
            found[group] = (max(-_MOST_POINTS, min(_MOST_POINTS, worth)), number)
    return found


def total(points: Iterable[int]) -> int:
    """A score is between 0 and 100, whatever its reasons add up to."""
    return max(0, min(100, sum(points)))
