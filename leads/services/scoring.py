"""The score of open leads: points of the administrators' rules, and what the closed leads have taught.

Without rules and with too little history there is none. A closed lead keeps the score that it had.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from crm.core.actors import SYSTEM, Actor
from crm.core.query import QueryError, condition, parse
from crm.core.transactions import service
from leads.models import Lead, ScoreModel, ScoreRule
from leads.scoring.features import COLUMNS, Feature, features
from leads.scoring.learning import Learnt, learn, total

CHUNK = 2_000
MOST_AT_ONCE = 20_000
_LEARNT_FROM = dt.timedelta(days=730)
_KEPT_MODELS = 30
#: A change may be committed a while after the moment that it bears.
_LATE = dt.timedelta(minutes=10)

_WRITE = """
UPDATE leads_lead AS lead SET score = new.score
FROM unnest(%s::bigint[], %s::smallint[]) AS new(id, score)
WHERE lead.id = new.id AND lead.score IS DISTINCT FROM new.score
"""


@dataclass(frozen=True, slots=True)
class Reason:
    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """`value` is None where there is nothing to tell by; `sample` the closed leads that were learnt from.

    `usual` is how many of a hundred of them were qualified: where every score begins.
    """

    value: int | None
    reasons: Sequence[Reason]
    sample: int
    usual: int
    is_learnt: bool


def all_features() -> tuple[Feature, ...]:
    enumerations = {
        "source": Lead.Source,
        "rating": Lead.Rating,
        "purchase_timeframe": Lead.Timeframe,
        "budget_status": Lead.BudgetStatus,
        "need": Lead.Need,
    }
    return features({name: dict(kind.choices) for name, kind in enumerations.items()})


@service("leads.score_learnt")
def learn_from_closed(*, actor: Actor, at: dt.datetime) -> ScoreModel:
    """Look at the leads that were closed within two years. All open ones have to be scored anew afterwards."""
    closed = Lead.objects.filter(state__in=("qualified", "disqualified"), closed_at__gte=at - _LEARNT_FROM)
    looked_at = all_features()
    rows = closed.order_by().values("state", *COLUMNS).iterator(CHUNK)
    learnt = learn((row["state"] == "qualified", {one.name: one.read(row) for one in looked_at}) for row in rows)
    model = ScoreModel.objects.create(
        learnt_at=at, qualified=learnt.qualified, disqualified=learnt.disqualified, points=learnt.points
    )
    old = ScoreModel.objects.order_by("-pk").values_list("pk", flat=True)[_KEPT_MODELS:]
    ScoreModel.objects.filter(pk__in=list(old)).delete()
    return model


@service("lead.scored")
def score_leads(*, lead_ids: Sequence[int], actor: Actor, at: dt.datetime) -> int:
    """Write the score of these open leads; gives the number of those whose score has changed."""
    scale = Scale.load(at)
    rows = list(Lead.objects.filter(pk__in=lead_ids, state="open").order_by("pk").values("pk", *COLUMNS))
    matched = scale.matched([row["pk"] for row in rows])
    scores = [scale.of(row, matched.get(row["pk"], ())).value for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [[row["pk"] for row in rows], scores])
        return int(cursor.rowcount)


def score_next(after: int, *, at: dt.datetime) -> int | None:
    """Score the next open leads behind that key; gives the last of their keys, None at the end."""
    keys = list(Lead.objects.filter(state="open", pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return None
    score_leads(lead_ids=keys, actor=SYSTEM, at=at)
    return int(keys[-1])


def score_changed(*, at: dt.datetime) -> int | None:
    """Score the open leads that were made or changed since the last time. Gives how many changed; None where
    more have changed than are scored at once, as after a large import: then all are to be scored.
    """
    model = ScoreModel.objects.first()
    if model is None and not ScoreRule.objects.filter(is_active=True).exists():
        return 0
    since = (model.scored_until if model else None) or at - dt.timedelta(days=1)
    changed = Lead.objects.filter(state="open", updated_at__gte=since - _LATE).order_by("-updated_at")
    keys = list(changed.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if model is not None and len(keys) > MOST_AT_ONCE:
        # Scoring all sees these: the next look begins behind them.
        _scored(model, at + _LATE)
        return None
    number = sum(
        score_leads(lead_ids=keys[place : place + CHUNK], actor=SYSTEM, at=at) for place in range(0, len(keys), CHUNK)
    )
    if model is not None:
        _scored(model, at)
    return number


def _scored(model: ScoreModel, until: dt.datetime) -> None:
    ScoreModel.objects.filter(pk=model.pk).update(scored_until=until)


def score_of(lead: Lead, at: dt.datetime) -> Score:
    """As it is now, with its reasons, the weightiest first."""
    scale = Scale.load(at)
    return scale.of({name: getattr(lead, name) for name in COLUMNS}, scale.matched([lead.pk]).get(lead.pk, ()))


@dataclass(frozen=True, slots=True)
class Scale:
    """What scores are made by, read once for many leads."""

    rules: Mapping[int, ScoreRule]
    learnt: Learnt
    at: dt.datetime

    @classmethod
    def load(cls, at: dt.datetime) -> "Scale":
        model = ScoreModel.objects.first()
        learnt = Learnt(model.qualified, model.disqualified, model.points) if model else Learnt()
        return cls({rule.pk: rule for rule in ScoreRule.objects.filter(is_active=True)}, learnt, at)

    def matched(self, keys: Sequence[int]) -> dict[int, list[int]]:
        """The rules that find each lead: one query for each rule. One that cannot be read gives no points."""
        found: dict[int, list[int]] = {}
        for rule in self.rules.values():
            try:
                asked = condition(parse(rule.query), Lead, SYSTEM, self.at)
            except QueryError:
                continue
            for key in Lead.objects.filter(asked, pk__in=keys).values_list("pk", flat=True):
                found.setdefault(key, []).append(rule.pk)
        return found

    def of(self, row: Mapping[str, Any], rules: Sequence[int]) -> Score:
        reasons = [Reason(self.rules[key].points, self.rules[key].label) for key in rules]
        reasons += self._learnt_reasons(row)
        has_scale = bool(self.rules) or self.learnt.is_enough
        usual = self.learnt.usual if self.learnt.is_enough else 0
        return Score(
            value=total([usual, *(reason.points for reason in reasons)]) if has_scale else None,
            reasons=sorted(reasons, key=lambda reason: (-abs(reason.points), reason.words)),
            sample=self.learnt.closed,
            usual=usual,
            is_learnt=self.learnt.is_enough,
        )

    def _learnt_reasons(self, row: Mapping[str, Any]) -> Iterator[Reason]:
        if not self.learnt.is_enough:
            return
        for feature in all_features():
            group = feature.read(row)
            points, number = self.learnt.points.get(feature.name, {}).get(group, (0, 0))
            if points:
                words = _("%(feature)s: %(group)s (%(number)d leads)")
                said = {"feature": feature.label, "group": feature.said(group), "number": number}
                yield Reason(points, words % said)
