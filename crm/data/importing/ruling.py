"""The duplicate rules of the administrators on the rows of an import: a query for each rule and block, none for each
row.

What a rule forbids is refused. A rule of one table that proposes its matches makes a row a duplicate. All other rules
warn: the row comes in, and says of whom it reminds. Rules of nearly the same name do not warn here: they would name
somebody for every tenth row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from operator import and_, attrgetter, or_
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.core.access import visible_names
from crm.core.among import Among
from crm.core.folding import fold
from crm.data.duplicates.finding import found_by
from crm.data.duplicates.forbidding import field_of, lock_keys, sentence
from crm.data.duplicates.nouns import DuplicateNoun, Identity, Values, known_noun, noun_of
from crm.data.duplicates.rules import CUSTOM, Criterion, Rule, content, reason, rules_of, stored
from crm.data.duplicates.similar import nearly
from crm.data.importing.drafts import DUPLICATE, Draft
from crm.data.models import CriterionKind

type Shape = tuple[str, ...]
type Told = tuple[Draft, Values, Identity]

#: A rule that finds more than this for one block says nothing of the rest.
_MOST_FOUND = 50_000


class Ruling:
    """The rules for records of one table, for one import. `asks_all` is false where duplicates shall come in."""

    def __init__(self, model: type[models.Model], actor: Any, *, asks_all: bool, is_rehearsal: bool) -> None:
        self._actor, self._is_rehearsal = actor, is_rehearsal
        self._noun = noun_of(model)
        rules = rules_of(self._noun.label) if self._noun else []
        self._rules = [rule for rule in rules if rule.is_forbidding or (asks_all and not _is_similar(rule))]
        self._seen: dict[int, dict[Shape, int]] = {}
        #: Found before, by rule. Of a frequent name there may be as many records as all blocks have rows.
        self._there: dict[int, dict[Shape, int]] = {}
        self._filled: dict[str, bool] = {}
        self._told: list[Told] = []

    def refuse(self, drafts: Sequence[Draft]) -> None:
        """What is forbidden of new rows, whose records are built. Hidden records count too."""
        if self._noun is None or not self._rules:
            return
        self._filled = {label: True for label, is_filled in self._filled.items() if is_filled}
        if not self._is_rehearsal:
            self._seen.clear()  # what earlier blocks made is in the database
        counted = [draft for draft in drafts if self._noun.is_counted(draft.record)]
        self._told = [(draft, values, self._noun.identity(values)) for draft, values in self._valued(counted)]
        forbidding = [rule for rule in self._rules if rule.is_forbidding]
        if forbidding and not self._is_rehearsal:
            # As every writer of such a record does, so that of two who write the same key one sees the other.
            lock_keys(forbidding, self._noun, [values for _draft, values, _identity in self._told])
        for rule in forbidding:
            self._ask(rule)

    def warn(self) -> None:
        """What the other rules say of the same rows, where they are still new."""
        for rule in self._rules:
            if not rule.is_forbidding:
                self._ask(rule)
        self._told = []

    def _valued(self, drafts: Iterable[Draft]) -> Iterator[tuple[Draft, Values]]:
        fields = {criterion.field for rule in self._rules for criterion in rule.criteria if criterion.field}
        names = [*(self._noun.compared if self._noun else ()), *(one for one in fields if not one.startswith(CUSTOM))]
        for draft in drafts:
            values = {name: getattr(draft.record, name) for name in names}
            yield draft, {**values, "custom": getattr(draft.record, "custom", {})}

    def _ask(self, rule: Rule) -> None:
        target, is_own = known_noun(rule.against), rule.noun == rule.against
        if target is None or not (is_own or self._has_rows(target)):
            return
        told = [one for one in self._told if one[0].is_new]
        if not told:
            return
        asked = _shapes_of(rule, target, told, is_asked=True)
        own = _shapes_of(rule, target, told, is_asked=False) if is_own and _is_similar(rule) else asked
        there = self._found(rule, target, told, asked)
        names = visible_names(self._actor, [(target.model, pk) for pk in there.values()])
        why, kind = reason(rule, target).lower(), str(target.model._meta.verbose_name)
        for draft, _values, _identity in told:
            line = self._earlier(rule, draft.line, asked[draft.line], own[draft.line]) if is_own else 0
            pk = next((there[shape] for shape in asked[draft.line] if shape in there), None)
            if pk is not None:
                self._say(rule, target, draft, names[target.model, pk], pk=pk, why=why, kind=kind)
            elif line:
                self._say_line(rule, target, draft, line, why=why)

    def _earlier(self, rule: Rule, line: int, asked: Iterable[Shape], own: Iterable[Shape]) -> int:
        """The line that has said the same before; 0 where none has."""
        seen = self._seen.setdefault(rule.pk, {})
        found = next((seen[shape] for shape in asked if shape in seen), 0)
        for shape in own:
            seen.setdefault(shape, line)
        return found

    def _found(
        self, rule: Rule, target: DuplicateNoun, told: Sequence[Told], asked: Mapping[int, set[Shape]]
    ) -> dict[Shape, int]:
        if not self._has_rows(target):
            return {}
        if _is_similar(rule):
            return self._found_one_by_one(rule, target, told, asked)
        known = {} if _decides(rule) else self._there.setdefault(rule.pk, {})
        if len(known) > _MOST_FOUND:
            known.clear()
        wanted = {shape for shapes in asked.values() for shape in shapes if shape not in known}
        rows: Any = target.model._default_manager.filter(target.counts)
        rows = rows if rule.is_forbidding else rows.visible_to(self._actor)
        if wanted:
            known |= {shape: pk for pk, shape in _keyed(rows, rule, target, wanted) if shape in wanted}
        return {shape: known[shape] for shapes in asked.values() for shape in shapes if shape in known}

    def _found_one_by_one(
        self, rule: Rule, target: DuplicateNoun, told: Sequence[Told], asked: Mapping[int, set[Shape]]
    ) -> dict[Shape, int]:
        """What is nearly the same is looked up by a thousand spellings; only for what is forbidden."""
        found: dict[Shape, int] = {}
        for draft, values, _identity in told:
            for match in found_by([rule], target, values, exclude=None):
                found |= dict.fromkeys(asked[draft.line], match.pk)
        return found

    def _has_rows(self, target: DuplicateNoun) -> bool:
        if target.label not in self._filled:
            self._filled[target.label] = target.model._default_manager.exists()
        return self._filled[target.label]

    def _say(self, rule: Rule, target: DuplicateNoun, draft: Draft, link: Any, *, pk: int, why: str, kind: str) -> None:
        name = link.label if link.hidden else f"{link.label} ({kind})"
        words = {"name": name, "why": why}
        if rule.is_forbidding:
            draft.fail(sentence(rule, target, link), target=field_of(rule, target))
        elif _decides(rule):
            draft.outcome, draft.object_id = DUPLICATE, pk
            draft.notes.append(_("Duplicate of %(name)s: %(why)s.") % {**words, "name": link.label})
        else:
            draft.notes.append(_("Perhaps the same as %(name)s: %(why)s.") % words)

    def _say_line(self, rule: Rule, target: DuplicateNoun, draft: Draft, line: int, *, why: str) -> None:
        words = {"line": line, "why": why}
        if rule.is_forbidding:
            told = _("Line %(line)d is there already: %(why)s. Two of them are not allowed.") % words
            draft.fail(told, target=field_of(rule, target))
        elif rule.is_exact:
            draft.outcome = DUPLICATE
            draft.notes.append(_("Duplicate of line %(line)d: %(why)s.") % words)
        else:
            draft.notes.append(_("Perhaps the same as line %(line)d: %(why)s.") % words)


def _decides(rule: Rule) -> bool:
    """Whether a row comes in, which is asked of what stands there now; a warning may come from what stood there."""
    return rule.is_forbidding or (rule.is_exact and rule.noun == rule.against)


def _is_similar(rule: Rule) -> bool:
    return CriterionKind.SIMILAR in rule.kinds


def _shapes_of(rule: Rule, target: DuplicateNoun, told: Sequence[Told], *, is_asked: bool) -> dict[int, set[Shape]]:
    """By line what a record is found by: a key for each criterion, in every combination.

    What is asked for a name is every spelling of it.
    """
    readers = [_reader(criterion, target, is_asked=is_asked) for criterion in rule.criteria]
    if len(readers) == 1:
        return {one[0].line: {(key,) for key in readers[0](one)} for one in told}
    return {one[0].line: set(product(*(read(one) for read in readers))) for one in told}


def _reader(criterion: Criterion, target: DuplicateNoun, *, is_asked: bool) -> Callable[[Told], frozenset[str]]:
    """What gives the keys of one criterion, without empty ones."""
    if criterion.field:
        return lambda told: frozenset({fold(content(criterion.field, told[1]))[: criterion.length]}) - {""}
    first, *rest = dict.fromkeys(probe.keys for probe in target.probes.get(criterion.kind, ())) or [""]
    if not first:
        return lambda _told: frozenset()
    read = attrgetter(first)
    if criterion.kind == CriterionKind.SIMILAR and is_asked:
        return lambda told: nearly(read(told[2]))
    if not rest:
        return lambda told: frozenset(read(told[2]))
    return lambda told: frozenset().union(*(getattr(told[2], name) for name in (first, *rest)))


def _keyed(rows: Any, rule: Rule, target: DuplicateNoun, wanted: Iterable[Shape]) -> Iterator[tuple[int, Shape]]:
    """Records of the other table that share keys with some row of the file, each with its own."""
    columns: list[list[str]] = []
    condition = Q()
    for place, (criterion, keys) in enumerate(zip(rule.criteria, zip(*wanted, strict=True), strict=True)):
        if criterion.field:
            rows = rows.alias(**{f"stored_{place}": stored(criterion)})
        columns.append(_columns(criterion, target, place))
        condition = and_(condition, reduce(or_, (Q(Among(name, set(keys))) for name in columns[-1])))
    if len(columns) == 1:
        yield from _first_of_each(rows, columns[0], {shape[0] for shape in wanted})
        return
    names = [name for group in columns for name in group]
    rows = rows.filter(condition).annotate(**{f"key_{name}": models.F(name) for name in names}).order_by("pk")
    for pk, *found in rows.values_list("pk", *(f"key_{name}" for name in names))[:_MOST_FOUND]:
        by_name = dict(zip(names, found, strict=True))
        for shape in product(*([by_name[name] for name in group if by_name[name]] for group in columns)):
            yield pk, shape


def _columns(criterion: Criterion, target: DuplicateNoun, place: int) -> list[str]:
    if criterion.field:
        return [f"stored_{place}"]
    return [probe.column for probe in target.probes.get(criterion.kind, ())]


def _first_of_each(rows: Any, columns: Sequence[str], keys: Iterable[str]) -> Iterator[tuple[int, Shape]]:
    """One record for each key, however many share it."""
    wanted = set(keys)
    for name in columns:
        found = rows.filter(Among(name, wanted)).order_by().annotate(shape=models.F(name)).values_list("shape")
        for shape, pk in found.annotate(first=models.Min("pk")):
            yield pk, (shape,)
