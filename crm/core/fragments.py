"""Pieces of a page that many pages share, rendered once for each thing on which they depend.

A fragment is a template and a key. The key names everything that the template reads but the language and the
formats, and nothing that belongs to one request: no CSRF token, no nonce, no message. Kept in the memory of each
process, the least used dropped first.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from crm.core.writing import style

MOST_KEPT = 1024


def fragment(template: str, key: Hashable, context: Callable[[], Mapping[str, Any]]) -> SafeString:
    """The template rendered with `context()`, which is asked only where this key was not rendered before."""
    if settings.DEBUG:
        return render_to_string(template, dict(context()))
    return _kept(template, style(), key, _Context(context))


class _Context:
    """Reads the context; for `lru_cache` all of them are the same, so that the key alone decides."""

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:
        self.read = read

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Context)


@lru_cache(MOST_KEPT)
def _kept(template: str, _style: str, _key: Hashable, context: _Context) -> SafeString:
    return render_to_string(template, dict(context.read()))
