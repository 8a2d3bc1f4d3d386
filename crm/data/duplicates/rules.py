"""The rules in use, as they are compared: read from their rows, and each made a condition that an index answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import models
from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.core.custom.definitions import known_of
from crm.core.custom.expressions import Folded
from crm.core.fields import Kind
from crm.core.folding import fold
from crm.core.models import CustomModel
from crm.core.models.custom import IndexState
from crm.core.prepared import Slot, prepared
from crm.core.transactions import read_once
from crm.data.duplicates.nouns import DuplicateNoun, Identity, Values, known_noun
from crm.data.duplicates.similar import is_nearly, nearly
from crm.data.models import CriterionKind, DuplicateCriterion, DuplicateRule

CUSTOM = "custom."


@dataclass(frozen=True, slots=True)
class Criterion:
    kind: CriterionKind
    field: str = ""
    length: int | None = None
    is_ready: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """`noun` is compared with `against`; both are labels of tables."""

    pk: int
    name: str
    noun: str
    against: str
    is_forbidding: bool
    is_exact: bool
    criteria: tuple[Criterion, ...]

    @property
    def is_ready(self) -> bool:
        return all(criterion.is_ready for criterion in self.criteria)

    @property
    def kinds(self) -> frozenset[CriterionKind]:
        return frozenset(criterion.kind for criterion in self.criteria)


def rules_of(noun: str) -> list[Rule]:
    """Those in use for records of this table, the strongest first; one query in one act."""
    return read_once(f"duplicates.{noun}.rules", lambda: _read_rules(noun))


def _read_rules(noun: str) -> list[Rule]:
    grouped: dict[int, list[DuplicateCriterion]] = {}
    for row in prepared(_read_rules, _criteria_in_use).records(noun=noun):
        grouped.setdefault(row.rule_id, []).append(row)
    rules = [rule_from(criteria[0].rule, criteria) for criteria in grouped.values()]
    return [rule for rule in rules if rule.is_ready and known_noun(rule.against)]


def _criteria_in_use() -> "models.QuerySet[DuplicateCriterion]":
    noun = Slot("noun", models.CharField())
    rows = DuplicateCriterion.objects.filter(rule__is_active=True, rule__noun=noun).select_related("rule")
    return rows.order_by("rule__against", "rule__position", "rule_id", "pk")


def rule_from(row: DuplicateRule, criteria: Iterable[DuplicateCriterion]) -> Rule:
    return Rule(
        pk=row.pk,
        name=row.name,
        noun=row.noun,
        against=row.against,
        is_forbidding=row.mode == DuplicateRule.Mode.FORBID,
        is_exact=row.is_exact,
        criteria=tuple(
            Criterion(
                CriterionKind(one.kind),
                one.field,
                one.length,
                not one.needs_index or one.index_state == IndexState.READY,
            )
            for one in criteria
        ),
    )


def condition(rule: Rule, target: DuplicateNoun, identity: Identity, values: Values) -> Q | None:
    """What a row of `target` fulfils that this rule finds; None where there is nothing to compare."""
    parts = [_part(criterion, target, identity, values) for criterion in rule.criteria]
    return None if not parts or any(part is None for part in parts) else reduce(and_, (part for part in parts if part))


def _part(criterion: Criterion, target: DuplicateNoun, identity: Identity, values: Values) -> Q | None:
    if criterion.kind in {CriterionKind.EXACT, CriterionKind.BEGINS}:
        return _same_content(criterion, values)
    found = [
        _one_of(target, probe.column, keys, is_similar=criterion.kind == CriterionKind.SIMILAR)
        for probe in target.probes.get(criterion.kind, ())
        if (keys := keys_of(criterion.kind, getattr(identity, probe.keys)))
    ]
    return reduce(or_, found) if found else None


def keys_of(kind: CriterionKind, keys: frozenset[str]) -> frozenset[str]:
    return nearly(keys) if kind == CriterionKind.SIMILAR else keys - {""}


def _one_of(target: DuplicateNoun, column: str, keys: frozenset[str], *, is_similar: bool) -> Q:
    if is_similar:
        return Q(_Spelled(target.model, column, sorted(keys)))
    return Q(**{f"{column}__in": sorted(keys)}) if len(keys) > 1 else Q(**{column: next(iter(keys))})


class _Spelled(Func):
    """Is the column one of a thousand spellings? Asked first is which of them occur at all, each by the index.

    So the planner never takes many spellings for many rows, and reads no table through.
    """

    output_field = BooleanField()

    def __init__(self, model: type[models.Model], column: str, spellings: list[str]) -> None:
        # One text is quoted a hundred times faster than a thousand; a folded name holds no line break.
        super().__init__(F(column), Value("\n".join(spellings), output_field=TextField()))
        self.table, self.known = model._meta.db_table, column

    def as_sql(self, compiler: Any, connection: Any, *_names: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        quote = connection.ops.quote_name
        column, spellings = self.get_source_expressions()
        stored, before = compiler.compile(column)
        listed, after = compiler.compile(spellings)
        known = f"known.{quote(self.known)}"
        # The bound in the inner query keeps the planner from turning it into a join with the whole table.
        statement = (
            f"({stored} <> '' AND {stored} = ANY (ARRAY("  # noqa: S608 - names of our own code
            f"SELECT spelling FROM string_to_table({listed}, E'\\n') AS spelling "
            f"CROSS JOIN LATERAL (SELECT 1 FROM {quote(self.table)} AS known "
            f"WHERE {known} = spelling AND {known} <> '' AND known.deleted_at IS NULL LIMIT 1) AS one)))"
        )
        return statement, (*before, *before, *after)


def _same_content(criterion: Criterion, values: Values) -> Q | None:
    text = content(criterion.field, values)
    if not text.strip():
        return None
    found: Any = Folded(Value(text, output_field=TextField()))
    if criterion.length:
        found = Left(found, criterion.length)
    return Q(Exact(stored(criterion), found))


def content(field: str, values: Values) -> str:
    """What these values hold in a field that a criterion names."""
    if field.startswith(CUSTOM):
        return str((values.get("custom") or {}).get(field.removeprefix(CUSTOM)) or "")
    return str(values.get(field) or "")


def stored(criterion: Criterion) -> Any:
    """The expression over the stored content, which the index of the criterion holds."""
    column: Any = F(criterion.field)
    if criterion.field.startswith(CUSTOM):
        column = KeyTextTransform(criterion.field.removeprefix(CUSTOM), "custom")
    folded = Folded(column)
    return Left(folded, criterion.length) if criterion.length else folded


def is_same(rule: Rule, noun: DuplicateNoun, one: Values, other: Values) -> bool:
    """Would the rule find the one record for the other, both of this table? Asked of what is not written yet."""
    first, second = noun.identity(one), noun.identity(other)
    return all(_agrees(criterion, noun, (first, one), (second, other)) for criterion in rule.criteria)


def _agrees(
    criterion: Criterion, noun: DuplicateNoun, one: tuple[Identity, Values], other: tuple[Identity, Values]
) -> bool:
    if criterion.field:
        texts = [fold(content(criterion.field, values))[: criterion.length] for _identity, values in (one, other)]
        return bool(texts[0]) and texts[0] == texts[1]
    for probe in noun.probes.get(criterion.kind, ()):
        keys, others = getattr(one[0], probe.keys), getattr(other[0], probe.keys)
        if criterion.kind == CriterionKind.SIMILAR:
            if any(is_nearly(key, another) for key in keys for another in others):
                return True
        elif keys & others:
            return True
    return False


def comparable_fields(model: type[models.Model]) -> Mapping[str, str]:
    """The text fields that a rule may compare as they are, with their words; added fields as `custom.<key>`."""
    found = {
        column.name: str(capfirst(column.verbose_name))
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField) and column.editable and not column.choices
    }
    if issubclass(model, CustomModel):
        found |= {
            f"{CUSTOM}{one.key}": one.label
            for one in known_of(model, None)
            if one.kind == Kind.TEXT and not one.is_retired
        }
    return found


def reason(rule: Rule, target: DuplicateNoun) -> str:
    """Why two are held for the same, in words: `Same e-mail address`."""
    return _(" and ").join(_words(criterion, target) for criterion in rule.criteria)


def _words(criterion: Criterion, target: DuplicateNoun) -> str:
    if criterion.field:
        label = comparable_fields(target.model).get(criterion.field, criterion.field)
        if criterion.length:
            return _("Same beginning of “%(field)s”") % {"field": label}
        return _("Same “%(field)s”") % {"field": label}
    return str(target.sentences.get(criterion.kind, criterion.kind.label))
