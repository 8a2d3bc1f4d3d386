"""Typed values as numbers, choices, times and yes or no. Pure; a sentence for what cannot be read."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from crm.core.fields import Choice, Kind, RecordField
from crm.core.folding import fold
from crm.core.query.errors import QueryError
from crm.core.query.nodes import Value

_NUMBER = re.compile(r"([+-]?(?:\d{1,15}(?:\.\d{0,10})?|\.\d{1,10}))([km]?)%?", re.ASCII | re.IGNORECASE)
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_YES = frozenset({"yes", "true", "on", "1"})
_NO = frozenset({"no", "false", "off", "0"})
_MOST_NAMED = 8
_SHOWN = 60


def refuse(value: Value, sentence: str) -> QueryError:
    return QueryError(sentence, value.span.start, value.span.end)


def number(field: RecordField, text: str, value: Value) -> Decimal:
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise refuse(value, _("“%(text)s” is not a number such as 1200, 99.50 or 10k.") % {"text": text[:_SHOWN]})
    read = Decimal(found[1]) * _TIMES[found[2].lower()]
    if field.kind is Kind.WHOLE and read != read.to_integral_value():
        raise refuse(value, _("“%(text)s” is not a whole number.") % {"text": text[:_SHOWN]})
    return read


def yes_no(text: str, value: Value) -> bool:
    word = fold(text)
    if word in _YES or word == fold(_("yes")):
        return True
    if word in _NO or word == fold(_("no")):
        return False
    raise refuse(value, _("This is either yes or no."))


def clock(text: str, value: Value) -> dt.time:
    found = _CLOCK.fullmatch(text.strip())
    try:
        if found:
            return dt.time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass
    raise refuse(value, _("“%(text)s” is not a time such as 14:30.") % {"text": text[:_SHOWN]})


def chosen(choices: Sequence[Choice], value: Value) -> list[str]:
    """The keys that are meant, by key or by word; those that the text begins where a star stands behind it."""
    wanted = fold(value.text)
    if value.begins:
        return [key for key, word in choices if fold(key).startswith(wanted) or fold(str(word)).startswith(wanted)]
    return [key for key, word in choices if wanted in {fold(key), fold(str(word))}]


def no_choice(field: RecordField, choices: Sequence[Choice], value: Value) -> QueryError:
    words = [str(word) for _key, word in choices]
    named = ", ".join(words[:_MOST_NAMED]) + (", …" if len(words) > _MOST_NAMED else "")
    return refuse(
        value,
        _("“%(text)s” is none of the values of “%(field)s”: %(choices)s.")
        % {"text": value.text[:_SHOWN], "field": field.label, "choices": named},
    )
