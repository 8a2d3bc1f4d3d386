"""Who may be the same: rows of the compared tables that a rule finds, each with its reasons; read by index alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import BooleanField, Case, F, Func, IntegerField, Q, QuerySet, Value, When

from crm.core.actors import SYSTEM, Actor
from crm.core.addresses import screen_url
from crm.data.duplicates.nouns import DuplicateNoun, Values, known_noun, noun_of
from crm.data.duplicates.rules import Rule, condition, reason, rules_of
from crm.data.models import CriterionKind
from crm.users.access import predicate

AT_MOST = 20
"""Matches in one table; the strongest reasons come first."""

# The same website is of the same domain, and the same name nearly the same: this need not be said.
_IMPLIED = {CriterionKind.DOMAIN: CriterionKind.WEBSITE, CriterionKind.SIMILAR: CriterionKind.NAME}


@dataclass(frozen=True, slots=True)
class Match:
    """A record that may be the same. `rules` are those that found it, the strongest first."""

    record: Any
    model: type[models.Model]
    rules: tuple[Rule, ...]
    reasons: tuple[str, ...]

    @property
    def pk(self) -> int:
        return int(self.record.pk)

    @property
    def rule(self) -> Rule:
        return self.rules[0]

    @property
    def reason(self) -> str:
        return self.reasons[0]

    @property
    def is_exact(self) -> bool:
        """Strong enough to be proposed; a person still confirms it."""
        return any(rule.is_exact for rule in self.rules)

    @property
    def is_forbidden(self) -> bool:
        return any(rule.is_forbidding for rule in self.rules)

    @property
    def noun(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def avatar(self) -> str:
        found = noun_of(self.model)
        return found.avatar if found else "person"

    @property
    def url(self) -> str:
        return screen_url(self.model, "detail", self.pk)


def find(
    model: type[models.Model],
    values: Values,
    *,
    actor: Actor,
    exclude: int | None = None,
    against: Collection[type[models.Model]] | None = None,
) -> list[Match]:
    """What may be the same as a record of `model` with these values (by the names of its fields; those that are missing
    are empty), among the rows that the actor may see; the system sees all.

    `exclude` is the record itself. `against` names the tables to look into, else all that rules name. One query for the
    rules, one for all tables, and one for each table where something is found, with at most `AT_MOST` rows of it.
    """
    return find_many(model, [values], actor=actor, exclude=[exclude], against=against)[0]


def find_many(
    model: type[models.Model],
    many: Sequence[Values],
    *,
    actor: Actor,
    exclude: Sequence[int | None] = (),
    against: Collection[type[models.Model]] | None = None,
) -> list[list[Match]]:
    """As `find` for many records at once; the rules are read once."""
    noun = noun_of(model)
    if noun is None:
        return [[] for _values in many]
    wanted = None if against is None else {other._meta.label_lower for other in against}
    rules: dict[str, list[Rule]] = {}
    for rule in rules_of(noun.label):
        if wanted is None or rule.against in wanted:
            rules.setdefault(rule.against, []).append(rule)
    own = exclude or [None] * len(many)
    return [_found(noun, rules, values, actor, pk) for values, pk in zip(many, own, strict=True)]


def found_by(rules: Sequence[Rule], noun: DuplicateNoun, values: Values, *, exclude: int | None) -> list[Match]:
    """What these rules of one table find in it, whoever may see it."""
    return _found(noun, {noun.label: list(rules)}, values, SYSTEM, exclude)


def _found(
    noun: DuplicateNoun, rules: Mapping[str, list[Rule]], values: Values, actor: Actor, exclude: int | None
) -> list[Match]:
    identity = noun.identity(values)
    asked: dict[DuplicateNoun, dict[Rule, Q]] = {}
    for label, those in rules.items():
        if target := known_noun(label):
            conditions = {rule: one for rule in those if (one := condition(rule, target, identity, values)) is not None}
            if conditions:
                asked[target] = conditions
    candidates = _candidates(asked, actor, {noun: exclude})
    return [
        match
        for target, conditions in asked.items()
        if any(candidates[target].values())
        for match in _matches(target, conditions, candidates[target])
    ]


def _candidates(
    asked: Mapping[DuplicateNoun, Mapping[Rule, Q]], actor: Actor, exclude: Mapping[DuplicateNoun, int | None]
) -> dict[DuplicateNoun, dict[Rule, list[int]]]:
    """The keys of what each rule finds, in one query: mostly there are none, and nothing else is asked.

    Each rule gives a bounded number by its own index, however many rows share a common key.
    """
    found: dict[DuplicateNoun, dict[Rule, list[int]]] = {
        target: {rule: [] for rule in asked[target]} for target in asked
    }
    places, pieces = [(target, rule) for target in asked for rule in asked[target]], list[Any]()
    for target, conditions in asked.items():
        visible = _open(_visible(target.model, actor), target, exclude.get(target)).order_by()
        for one in conditions.values():
            piece = visible.filter(one).annotate(asked_by=Value(len(pieces)))
            pieces.append(piece.values_list("asked_by", "pk")[: AT_MOST + 1])
    if not pieces:
        return found
    for number, pk in pieces[0].union(*pieces[1:], all=True) if len(pieces) > 1 else pieces[0]:
        target, rule = places[number]
        found[target][rule].append(pk)
    return found


def _visible(model: type[models.Model], actor: Actor) -> Any:
    """As `visible_to`. What is shared is one array, of which the planner knows that it is short. Of whoever sees few
    rows it then asks which of these have the key, instead of which of the thousands with the key they see.
    """
    rows: Any = model._default_manager.all()
    branches = [replace(branch, condition=_as_array(branch.condition)) for branch in rows.branches(actor)]
    return rows.filter(predicate(branches))


def _as_array(condition: Q) -> Q:
    """`pk IN (subquery)` as `pk = ANY (ARRAY (subquery))`; any other condition as it is."""
    child = condition.children[0] if condition else None
    if isinstance(child, tuple) and child[0] == "pk__in" and isinstance(child[1], QuerySet):
        return Q(_OneOf(F("pk"), ArraySubquery(child[1])))
    return condition


class _OneOf(Func):
    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


def _matches(target: DuplicateNoun, asked: Mapping[Rule, Q], candidates: Mapping[Rule, Sequence[int]]) -> list[Match]:
    flags = [f"found_by_{rule.pk}" for rule in asked]
    rows: Any = target.model._base_manager.filter(pk__in={pk for keys in candidates.values() for pk in keys})
    # Where a rule gave all that it finds, it need not be asked again.
    holds = [Q(pk__in=candidates[rule]) if len(candidates[rule]) <= AT_MOST else one for rule, one in asked.items()]
    chosen: QuerySet[Any] = (
        (rows.select_related(*target.related) if target.related else rows)
        .annotate(
            **{
                flag: Case(When(one, then=Value(1)), default=Value(0), output_field=IntegerField())
                for flag, one in zip(flags, holds, strict=True)
            }
        )
        .order_by(*(f"-{flag}" for flag in flags), "-updated_at", "pk")[:AT_MOST]
    )
    return [
        _match(row, target, [rule for rule, flag in zip(asked, flags, strict=True) if getattr(row, flag)])
        for row in chosen
    ]


def _open(rows: Any, target: DuplicateNoun, exclude: int | None) -> Any:
    found = rows.filter(target.counts)
    return found if exclude is None else found.exclude(pk=exclude)


def _match(row: Any, target: DuplicateNoun, rules: list[Rule]) -> Match:
    kinds = {kind for rule in rules for kind in rule.kinds}
    said = [rule for rule in rules if not (len(rule.criteria) == 1 and _IMPLIED.get(rule.criteria[0].kind) in kinds)]
    reasons = dict.fromkeys(reason(rule, target) for rule in said)
    return Match(row, target.model, tuple(rules), tuple(reasons))


def values_of(record: models.Model) -> dict[str, Any]:
    """What a record is compared by: its texts, and its added fields."""
    found = {
        column.name: getattr(record, column.attname)
        for column in record._meta.concrete_fields
        if isinstance(column, models.CharField)
    }
    try:
        record._meta.get_field("custom")
    except FieldDoesNotExist:
        return found
    return {**found, "custom": getattr(record, "custom", {})}
