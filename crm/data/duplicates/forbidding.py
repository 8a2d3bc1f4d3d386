"""Rules that forbid: no second record with the same key, not even where two are made at the same moment.

Whoever writes a record holds an advisory lock on each of its keys until the transaction ends, and only then looks for
others: the one who comes second sees what the first has made. Records that the person may not see count too.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _

from crm.core.access import Link, visible_names
from crm.core.actors import Actor
from crm.core.custom.definitions import FORM_PREFIX
from crm.core.errors import Conflict, Invalid
from crm.core.transactions import read_once
from crm.data.duplicates.finding import found_by, values_of
from crm.data.duplicates.nouns import DuplicateNoun, Values, noun_of
from crm.data.duplicates.rules import Rule, is_same, reason, rules_of
from crm.data.models import CriterionKind

_HALF = 2**63


def refuse_duplicates(record: models.Model, *, changed: Iterable[str], actor: Actor) -> None:
    """Called by services within their transaction, before they save: refused is what a rule forbids, at its field.

    `changed` are the names of the values that are written: where none of them is compared, nothing is asked. One query
    where no rule forbids anything in this table.
    """
    noun = noun_of(type(record))
    if noun is None:
        return
    names = set(changed)
    rules = [rule for rule in rules_of(noun.label) if rule.is_forbidding and _concerns(rule, noun, names)]
    if rules:
        _refuse(record, noun, rules, actor)


def return_obstacle(record: Any, actor: Actor) -> str:
    """Why a record may not count again, out of the bin, active or open once more; empty where it may.

    Called within the transaction in which it comes back; the record is as it will be.
    """
    noun = noun_of(type(record))
    if noun is None or not noun.is_counted(record):
        return ""
    rules = [rule for rule in rules_of(noun.label) if rule.is_forbidding]
    try:
        if rules:
            _refuse(record, noun, rules, actor)
    except Invalid as refusal:
        return refusal.sentence
    return ""


def refuse_return(record: Any, *, actor: Actor) -> None:
    """`Conflict` where a rule forbids that the record counts again."""
    if obstacle := return_obstacle(record, actor):
        raise Conflict(obstacle)


def refuse_typed(record: Any, *, form: Any, actor: Actor) -> None:
    """As `refuse_duplicates` of what a form of the administration changes, where closed records are written, too."""
    noun = noun_of(type(record))
    if noun is not None and noun.is_counted(record):
        changed = {"custom" if name.startswith(FORM_PREFIX) else name for name in form.changed_data}
        refuse_duplicates(record, changed=changed, actor=actor)


def _refuse(record: Any, noun: DuplicateNoun, rules: Sequence[Rule], actor: Actor) -> None:
    values = values_of(record)
    lock_keys(rules, noun, [values])
    # Only by these rules: what merely warns takes no place among the matches.
    for match in found_by(rules, noun, values, exclude=record.pk):
        pair = (type(match.record), match.pk)
        link = visible_names(actor, [pair])[pair]
        raise Invalid(sentence(match.rule, noun, link), field=field_of(match.rule, noun))
    _claim(record, noun, rules, values)


def _concerns(rule: Rule, noun: DuplicateNoun, changed: set[str]) -> bool:
    """Added fields are written together, under one name."""
    own = {criterion.field.partition(".")[0] for criterion in rule.criteria if criterion.field}
    return bool((noun.compared | own) & changed)


def _claim(record: Any, noun: DuplicateNoun, rules: Iterable[Rule], values: Values) -> None:
    """Many records that one act changes are written together at its end: until then the act knows what each will be."""
    if record.pk is None:
        return
    claims: dict[int, Values] = read_once(f"duplicates.{noun.label}.claims", dict)
    for key, other in claims.items():
        rule = next((rule for rule in rules if key != record.pk and is_same(rule, noun, values, other)), None)
        if rule is not None:
            words = {"why": reason(rule, noun)}
            raise Invalid(
                _("Another of these records is the same: %(why)s. Two of them are not allowed.") % words,
                field=field_of(rule, noun),
            )
    claims[record.pk] = values


def lock_keys(rules: Sequence[Rule], noun: DuplicateNoun, records: Iterable[Values]) -> None:
    """Hold the keys of these records until the transaction ends."""
    _lock([key for values in records for rule in rules for key in _keys(rule, noun, values)])


def sentence(rule: Rule, noun: DuplicateNoun, link: Link) -> str:
    """Why a record may not be made beside another one, which `link` names for this reader."""
    words = {"why": reason(rule, noun), "name": link.label}
    if link.hidden:
        return _("%(name)s is there already: %(why)s. Two of them are not allowed.") % words
    return _("“%(name)s” is there already: %(why)s. Two of them are not allowed.") % words


def field_of(rule: Rule, noun: DuplicateNoun) -> str:
    """The form field at which a refusal stands."""
    criterion = rule.criteria[0]
    return criterion.field if criterion.field and "." not in criterion.field else noun.fields.get(criterion.kind, "")


def _keys(rule: Rule, noun: DuplicateNoun, values: Values) -> Iterable[int]:
    """Where two records would be the same by this rule, they share one of these.

    What is nearly the same, and what only the database folds, shares none: there one change goes through at a time.
    """
    identity = noun.identity(values)
    first = rule.criteria[0]
    texts = {""}
    if not first.field and first.kind != CriterionKind.SIMILAR:
        texts = {key for probe in noun.probes.get(first.kind, ()) for key in getattr(identity, probe.keys)}
    return (_number(f"{rule.pk}:{text}") for text in texts)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) - _HALF


def _lock(keys: Sequence[int]) -> None:
    """In rising order, so that two never wait for each other."""
    if not keys:
        return
    with connection.cursor() as cursor:
        parameters: Any = [sorted(set(keys))]
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", parameters)
