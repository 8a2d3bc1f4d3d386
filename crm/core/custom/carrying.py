"""Values of added fields from one record to the next: along the chain of documents, and from a lead to what it becomes.

A field carries over to the field of the same key and kind. What the source has and the target does not know stays
behind.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models

from crm.core.custom.definitions import Definition, known_of
from crm.core.custom.values import from_json, to_json
from crm.core.custom.writing import default_of
from crm.core.fields import Kind
from crm.core.models import CustomModel

_LONGER = {(Kind.TEXT, Kind.LONG_TEXT), (Kind.WHOLE, Kind.DECIMAL), (Kind.WHOLE, Kind.MONEY)}


def pairs(
    source: type[models.Model], target: type[models.Model], actor: Any = None
) -> Iterator[tuple[Definition, Definition]]:
    """The fields in use that carry over, each as (of the source, of the target)."""
    known = {one.key: one for one in known_of(source, actor) if not one.is_retired}
    for to in known_of(target, actor):
        since = known.get(to.key)
        if since is not None and not to.is_retired and fits(since, to):
            yield since, to


def fits(since: Definition, to: Definition) -> bool:
    """Can every value of the one be a value of the other?"""
    if since.kind is not to.kind:
        return (since.kind, to.kind) in _LONGER
    return since.related is to.related


def carried(source: CustomModel, target: type[CustomModel], actor: Any = None) -> dict[str, Any]:
    """What a new `target` made of `source` begins with: its values, and for the rest the defaults."""
    if type(source) is target:
        return dict(source.custom)
    found = {
        one.key: to_json(one, default)
        for one in known_of(target, actor)
        if not one.is_retired and (default := default_of(one)) is not None
    }
    for since, to in pairs(type(source), target, actor):
        kept = translated(since, to, source.custom.get(since.key))
        if kept is not None:
            found[to.key] = kept
    return found


def translated(since: Definition, to: Definition, kept: Any) -> Any:
    """A stored value as the other field stores it: choices by key, and by label where the keys differ."""
    if to.kind not in {Kind.CHOICE, Kind.CHOICES}:
        return to_json(to, from_json(to.kind, kept))
    labels = dict(since.choices)
    own = {option.key for option in to.options}
    by_label = {option.label.casefold(): option.key for option in to.options}
    chosen = [
        key if key in own else by_label.get(labels.get(key, "").casefold())
        for key in (kept if isinstance(kept, list) else [kept])
        if key is not None
    ]
    found = [key for key in chosen if key]
    if to.kind is Kind.CHOICE:
        return found[0] if found else None
    return found or None
