"""Words without a field: what a table is searched for."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import BooleanField, CharField, Func, Q, Value
from django.db.models.fields.json import KeyTextTransform

from crm.core.custom.expressions import Folded
from crm.core.custom.finding import FEWEST_SIGNS, searched_fields
from crm.core.fields import Model
from crm.core.folding import fold
from crm.core.query import columns
from crm.core.words import Lookup, SearchWords, Words

NOTHING = Q(pk__in=())


def lookups_of(model: Model) -> tuple[Lookup, ...]:
    """The words that an index of the table answers; without such an index, what a record is called by."""
    words = columns.words_of(model)
    if words is not None:
        return (words,)
    return tuple(
        f"{field.folded}__contains" if field.folded else f"{field.path}__icontains"
        for field in columns.naming_fields(model)
    )


def search_condition(lookups: Iterable[Lookup], text: str) -> Q:
    """Any of the lookups; nothing at all where no letter is left of the text."""
    condition = Q()
    for lookup in lookups:
        if isinstance(lookup, Words):
            condition |= lookup.begin_with(text)
            continue
        path, _separator, how = lookup.rpartition("__")
        if path.endswith("sort_key") or lookup == "sort_key":
            folded = fold(text)
            condition |= Q(**{lookup if path else "sort_key__startswith": folded}) if folded else Q()
        elif how in {"contains", "icontains", "startswith", "istartswith", "exact", "iexact"}:
            condition |= Q(**{lookup: text.strip()})
        else:
            condition |= Q(**{f"{lookup}__istartswith": text.strip()})
    return condition or NOTHING


def words_condition(lookups: Sequence[Lookup], texts: Sequence[str]) -> Q:
    """Rows in which each of the words begins a word. They go to an index of words together, as phone numbers need."""
    texts = [text.rstrip("*") for text in texts]
    lettered = [text for text in texts if any(sign.isalnum() for sign in text)]
    if not lettered:
        return NOTHING
    found = NOTHING
    for words in (lookup for lookup in lookups if isinstance(lookup, Words)):
        found |= words.begin_with(" ".join(texts))
    plain = [lookup for lookup in lookups if not isinstance(lookup, Words)]
    if plain:
        each = Q()
        for text in lettered:
            each &= search_condition(plain, text)
        found |= each
    return found


def added_condition(model: Model, actor: Any, texts: Sequence[str]) -> Q:
    """Rows in which a searchable field of an administrator begins with the words, as the search finds them."""
    folded = fold(" ".join(texts).rstrip("*"))
    found = NOTHING
    for field in searched_fields(model, actor) if len(folded) >= FEWEST_SIGNS else ():
        kept = Folded(KeyTextTransform(field.key, "custom"))
        begins: Any = kept.get_lookup("startswith")
        # What is missing neither begins nor does not: `not` of it shall hold.
        found |= Q(custom__has_key=field.key) & Q(begins(kept, folded))
    return found


def phrase_condition(model: Model, lookups: Sequence[Lookup], text: str) -> Q:
    """Rows in which the words stand together in this order."""
    folded = fold(text)
    if not any(sign.isalnum() for sign in folded):
        return NOTHING
    found = NOTHING
    for words in (lookup for lookup in lookups if isinstance(lookup, Words)):
        # The index of words finds the rows; which of them hold the phrase is seen in these alone.
        held = Q(_Contains(_Lines(*_columns(words)), Value(folded)))
        for field in columns.naming_fields(model):
            held |= Q() if field.folded else columns.contains(model, field, text)
        found |= words.begin_with(folded) & held
    plain = [lookup for lookup in lookups if not isinstance(lookup, Words)]
    return found | search_condition(plain, text) if plain else found


def _columns(words: Words) -> Sequence[Any]:
    """The columns whose words they are, phones aside."""
    if isinstance(words, SearchWords):
        return (*words.names, *words.emails, *words.numbers)
    return words.get_source_expressions()


class _Lines(Func):
    """A line for each column, so that no phrase runs from one into the next."""

    template = "%(expressions)s"
    arg_joiner = " || chr(10) || "
    output_field = CharField()


class _Contains(Func):
    template = "(strpos(%(expressions)s) > 0)"
    output_field = BooleanField()
