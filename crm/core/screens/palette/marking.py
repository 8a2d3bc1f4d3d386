"""What is typed stands out in what was found: the beginnings of words that answer it."""

import re
from collections.abc import Sequence

from django.utils.safestring import SafeString

from crm.core.folding import fold
from crm.core.markup import Pattern, escaped

_BOLD = Pattern("<b>{}</b>{}")
_WORD = re.compile(r"\w+")


def marked(text: str, asked: str) -> SafeString:
    """The text as markup, without case and accents compared as the search does."""
    beginnings = sorted(set(_WORD.findall(fold(asked))), key=len, reverse=True)
    if not beginnings:
        return SafeString(escaped(text))
    done, parts = 0, []
    for word in _WORD.finditer(text):
        parts += [escaped(text[done : word.start()]), _word(word[0], beginnings)]
        done = word.end()
    return SafeString("".join([*parts, escaped(text[done:])]))


def _word(word: str, beginnings: Sequence[str]) -> str:
    folded = fold(word)
    found = next((beginning for beginning in beginnings if folded.startswith(beginning)), "")
    if not found:
        return escaped(word)
    # One letter can be two when it is folded, so the end is looked for.
    end = next((place for place in range(1, len(word) + 1) if len(fold(word[:place])) >= len(found)), len(word))
    return _BOLD(word[:end], word[end:])
