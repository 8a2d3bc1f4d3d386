"""Search by the beginnings of words, answered by one index however many rows there are.

The database has no trigrams, and `LIKE '%word%'` reads every row. So the words of some columns make a `tsvector`,
without dictionaries or stop words: names are no prose. What is stored folded is searched folded.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, CharField, Func, Q, QuerySet, Value

from crm.core.folding import fold
from crm.core.phones import e164

# More than a person types, and few enough for the index.
_MOST_WORDS = 8
_PHONE = re.compile(r"\+?[\d\s()./-]{5,30}")


class Words(Func):
    """The words of folded columns that are never NULL. It stands in the model's GIN index and in `search_fields`."""

    template = "array_to_tsvector(array_remove(string_to_array(%(expressions)s, ' '), ''))"
    arg_joiner = " || ' ' || "
    output_field = CharField()

    def begin_with(self, text: str) -> Q:
        """Rows in which each word of the text is the beginning of a word; none where the text has no word."""
        asked = asked_words(text)
        return Q(_Matches(self, _Query(Value(asked)))) if asked else Q(pk__in=())


class Parts(Func):
    """A column with its hyphens as spaces, so that Anna-Maria is found as Maria."""

    template = "translate(%(expressions)s, '-', ' ')"
    output_field = CharField()


class _Query(Func):
    template = "%(expressions)s::tsquery"
    output_field = CharField()


class _Matches(Func):
    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


def searches_words(rows: "QuerySet[Any, Any]") -> bool:
    return any(isinstance(getattr(leaf, "lhs", leaf), _Matches) for leaf in _leaves(rows.query.where))


def _leaves(node: Any) -> Iterator[Any]:
    for child in node.children:
        yield from _leaves(child) if hasattr(child, "children") else (child,)


def asked_words(text: str) -> str:
    """The text as a `tsquery`: `'ann':* & 'zimmer':*`; empty where no letter or digit is in it.

    What may be a phone number is also looked for in the form in which it is stored.
    """
    words = [word for word in fold(text).split() if any(sign.isalnum() for sign in word)]
    asked = " & ".join(f"'{_quoted(word)}':*" for word in dict.fromkeys(words[:_MOST_WORDS]))
    phone = e164(text, settings.PHONE_REGION) if _PHONE.fullmatch(text.strip()) else ""
    return f"({asked}) | '{phone}'" if phone else asked


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace("'", "''")


type Lookup = str | Words
"""What a search may look into: a lookup of Django, or words with an index."""
