"""Syntax tree → one condition on the rows of a table."""

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Q

from crm.core.fields import Model, RecordField, fields_of, own_fields
from crm.core.query import columns
from crm.core.query.names import Fields, field_of_term
from crm.core.query.nodes import And, Node, Not, Or, Query, Term, Word
from crm.core.query.terms import NOTHING, Asked, asks_for_nothing, condition_of, reader_now
from crm.core.query.text import added_condition, lookups_of, phrase_condition, words_condition
from crm.core.words import Lookup


def condition(query: Query, model: Model, actor: Any, now: dt.datetime, *, words: Sequence[Lookup] | None = None) -> Q:
    """The rows that the query asks for; the rights of the rows themselves come beside it.

    `words` are the lookups for words without a field, by default the table's index of words or its names.
    Raises `QueryError` for a field or a value that is not there for this reader.
    """
    if query.root is None:
        return Q()
    return _Compiler(Asked(model, actor, reader_now(now)), words or lookups_of(model)).node(query.root)


class _Compiler:
    def __init__(self, asked: Asked, words: Sequence[Lookup]) -> None:
        self._asked, self._words = asked, words

    @cached_property
    def _fields(self) -> Fields:
        return fields_of(self._asked.model, self._asked.actor)

    def node(self, node: Node) -> Q:
        match node:
            case Word(text, quoted):
                return phrase_condition(self._asked.model, self._words, text) if quoted else self._any_words([text])
            case Term():
                return self._term(node)
            case Not(part):
                inside = self.node(part)
                return ~(columns.certain(inside) if self._may_be_unknown(part) else inside)
            case And(parts):
                return self._all(parts)
            case Or(parts):
                found = NOTHING
                for part in parts:
                    found |= self.node(part)
                return found

    def _all(self, parts: Sequence[Node]) -> Q:
        found = Q()
        for is_run, run in groupby(parts, key=lambda part: isinstance(part, Word) and not part.quoted):
            if is_run:
                found &= self._any_words([part.text for part in run if isinstance(part, Word)])
                continue
            for part in run:
                found &= self.node(part)
        return found

    def _any_words(self, texts: Sequence[str]) -> Q:
        return words_condition(self._words, texts) | added_condition(self._asked.model, self._asked.actor, texts)

    def _term(self, term: Term) -> Q:
        field = field_of_term(self._fields, term)
        if field.through:
            return self._far_term(term, field)
        found = NOTHING
        for value in term.values:
            found |= condition_of(self._asked, field, value)
        return found

    def _far_term(self, term: Term, field: RecordField) -> Q:
        """The record at the other end has it, and the reader may see that record. What is hidden reads as empty."""
        model, name = field.owner_model, field.name.partition(".")[2]
        assert model is not None, field.name  # noqa: S101 - by its path
        near = own_fields(model, self._asked.actor)[name]
        asked = Asked(model, self._asked.actor, self._asked.now)
        found, is_sought = NOTHING, False
        result = NOTHING
        for value in term.values:
            if asks_for_nothing(near, value):
                result |= ~self._leading_to(field, ~columns.empty(model, near))
            else:
                found, is_sought = found | condition_of(asked, near, value), True
        return result | self._leading_to(field, found) if is_sought else result

    def _leading_to(self, field: RecordField, condition: Q) -> Q:
        model: Any = field.owner_model
        root = self._fields[field.name.partition(".")[0]]
        rows = columns.visible(model, self._asked.actor).filter(condition)
        return columns.leads_to(self._asked.model, root, rows)

    def _may_be_unknown(self, node: Node) -> bool:
        """Is there a value kept as JSON, which is neither equal nor unequal where it is missing?"""
        fields = (field_of_term(self._fields, term) for term in Query(node).terms())
        return any(not field.through and columns.is_json(self._asked.model, field) for field in fields)
