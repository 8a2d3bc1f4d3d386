"""Search by the beginnings of words, answered by one index however many rows there are.

The database has no trigrams, and `LIKE '%word%'` reads every row. So the words of some columns make a `tsvector`
(the function `core_words`), without dictionaries or stop words: names are no prose. What is stored folded is searched
folded. A word is a run without spaces and separators; an e-mail address gives the parts of its name and its domain;
numbers and phones have a sign before them, so that "le" does not find every LEAD-2026-00001:

    '#12' '#2026-12' '#quo-2026-12' '#quo-2026-00012'    the end of QUO-2026-00012 without its zeros, and the whole
    '<2410555'                                           a phone number backwards: found by any run from its end
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, CharField, Func, Q, QuerySet, Value

from crm.core.folding import fold
from crm.core.phones import e164

# More than a person types, and few enough for the index.
_MOST_WORDS = 8
#: What parts words beside the space; the function `core_words` knows the same.
SEPARATORS = "-./,;:@_+&()'\""
_GAPS = re.compile(f"[{re.escape(SEPARATORS)}]+")
_PHONE = re.compile(r"\+?[\d\s()./-]{4,40}")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
_TRUNK_ZERO = re.compile(r"\(0\)|\D")
_FEWEST_DIGITS = 4
_NUMBER = re.compile(r"[^\W_][\w./-]*")
_END_OF_NUMBER = re.compile(r"(?P<head>(?:[^-]+-)*)0*(?P<tail>\d+)")


class Words(Func):
    """The words of columns that are never NULL, without more. The index of words was this before `SearchWords`."""

    template = "array_to_tsvector(array_remove(string_to_array(%(expressions)s, ' '), ''))"
    arg_joiner = " || ' ' || "
    output_field = CharField()

    def begin_with(self, text: str) -> Q:
        """Rows in which each word of the text is the beginning of a word; none where the text has no word."""
        return self.match(asked(text).begins)

    def match(self, tsquery: str) -> Q:
        return Q(_Matches(self, _Query(Value(tsquery)))) if tsquery else Q(pk__in=())


class SearchWords(Words):
    """What a record is found by, as names of columns. It stands in the model's GIN index and in `search_fields`.

    `names` and `emails` are stored folded (or are expressions that fold), `phones` as E.164.
    """

    template = "core_words(%(expressions)s)"
    arg_joiner = ", "

    def __init__(
        self,
        *,
        names: Sequence[Any] = (),
        emails: Sequence[str] = (),
        numbers: Sequence[str] = (),
        phones: Sequence[str] = (),
    ) -> None:
        self.names, self.emails, self.numbers, self.phones = tuple(names), emails, numbers, phones
        super().__init__(*(_Joined(*columns) for columns in (names, emails, numbers, phones)))


class _Joined(Func):
    """Columns with a space between them, or the empty text."""

    template = "%(expressions)s"
    arg_joiner = " || ' ' || "
    output_field = CharField()

    def as_sql(
        self, compiler: Any, connection: Any, *arguments: Any, **extra: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        sql: tuple[str, tuple[str | int, ...]] = ("''", ())
        return super().as_sql(compiler, connection, *arguments, **extra) if self.source_expressions else sql


class Folded(Func):
    """A column without case and accents, for one that has no folded twin. Latin letters only."""

    function = "core_folded"
    output_field = CharField()


class Parts(Func):
    """A column with its hyphens as spaces. Stands in migrations alone."""

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
    return any(isinstance(getattr(leaf, "lhs", leaf), _Matches) for leaf in leaves(rows.query.where))


def leaves(node: Any) -> Iterator[Any]:
    """The comparisons of a condition, without what joins them."""
    for child in node.children:
        yield from leaves(child) if hasattr(child, "children") else (child,)


@dataclass(frozen=True, slots=True)
class AskedWord:
    """One word of a text as `tsquery`: what begins with it, what it is, and the `number` that begins with it.

    `parts` are its plain pieces.
    """

    begins: str
    equals: str
    number: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A text as it is looked for; without words and phone it finds nothing."""

    text: str = ""
    words: tuple[AskedWord, ...] = ()
    phone: str = ""

    @property
    def begins(self) -> str:
        """Each word begins a word: `'ann':* & 'zimmer':*`. What may be a phone number is also looked for as one."""
        either = (_any_of([word.begins, word.number]) for word in self.words)
        return self._either(" & ".join(either), f"'<{self.phone}':*")

    @property
    def begins_but_numbers(self) -> str:
        """Without the beginnings of numbers, of which an index may have a million: a search asks for these apart."""
        return self._either(" & ".join(word.begins for word in self.words), f"'<{self.phone}':*")

    @property
    def number(self) -> str:
        """The text where it may be the beginning of a number."""
        is_one = len(self.words) == 1 and bool(self.words[0].number)
        return self.text.removeprefix("#") if is_one else ""

    @property
    def has_digits(self) -> bool:
        return any(sign.isdigit() for sign in self.text)

    @property
    def equals(self) -> str:
        """Each word is a word, and the phone number whole."""
        return self._either(" & ".join(word.equals for word in self.words), f"'<{self.phone}'")

    def _either(self, words: str, phone: str) -> str:
        return " | ".join((*([f"({words})"] if words else []), *([phone] if self.phone else [])))

    def __bool__(self) -> bool:
        return bool(self.words or self.phone)


def asked(text: str) -> Asked:
    folded = fold(text)
    words = [word for word in dict.fromkeys(folded.split()) if any(sign.isalnum() for sign in word)]
    found = tuple(_asked_word(word.lstrip("#")) for word in words[:_MOST_WORDS])
    return Asked(folded, found, _phone(text))


def _asked_word(word: str) -> AskedWord:
    parts = tuple(part for part in _GAPS.split(word) if part)[:_MOST_WORDS]
    local, at, domain = word.rpartition("@")
    named = [part for part in _GAPS.split(local) if part][:_MOST_WORDS]
    is_mail = bool(domain) and (bool(at) or bool(_DOMAIN.fullmatch(domain)))
    lists = [parts, (*named, domain)] if is_mail else [parts]
    ends, tail = _number_ends(word), _digits_from_the_end(word)
    others = [f"'#{_quoted(end)}'" for end in ends]
    begins = [*(_all_of(pieces, ":*") for pieces in lists), *others, *([f"'<{tail}':*"] if tail else [])]
    equals = [*(_all_of(pieces, "") for pieces in lists), *others]
    is_number = bool(_NUMBER.fullmatch(word)) and any(sign.isdigit() for sign in word) and not word.isdigit()
    return AskedWord(_any_of(begins), _any_of(equals), f"'#{_quoted(word)}':*" if is_number else "", parts)


def _number_ends(word: str) -> list[str]:
    """What `QUO-2026-0012`, `2026-0012` and `0012` are in the index: without the zeros before their last part."""
    found = _END_OF_NUMBER.fullmatch(word) if _NUMBER.fullmatch(word) else None
    return [found["head"] + found["tail"].lstrip("0")] if found else []


def _digits_from_the_end(word: str) -> str:
    return word[::-1] if word.isascii() and word.isdigit() and len(word) >= _FEWEST_DIGITS else ""


def _phone(text: str) -> str:
    """The digits of what may be a phone number, backwards and without the zero that is dialled inside a country."""
    text = text.strip()
    if not _PHONE.fullmatch(text):
        return ""
    whole = e164(text, settings.PHONE_REGION)
    digits = whole.removeprefix("+") if whole else _TRUNK_ZERO.sub("", text).lstrip("0")
    return digits[::-1] if digits.isascii() and len(digits) >= _FEWEST_DIGITS else ""


def _all_of(pieces: Sequence[str], ending: str) -> str:
    asked_for = " & ".join(f"'{_quoted(piece)}'{ending}" for piece in dict.fromkeys(pieces))
    return f"({asked_for})" if len(pieces) > 1 else asked_for


def _any_of(choices: Sequence[str]) -> str:
    found = [choice for choice in dict.fromkeys(choices) if choice]
    return f"({' | '.join(found)})" if len(found) > 1 else "".join(found)


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace("'", "''")


type Lookup = str | Words
"""What a search may look into: a lookup of Django, or words with an index."""
