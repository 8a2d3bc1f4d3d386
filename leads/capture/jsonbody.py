"""JSON posts as a list of fields: flat objects, wrapped ones, and lists of name and value."""

import json
from collections.abc import Iterator

from leads.capture.keys import WRAPPERS, plain_key

type Pair = tuple[str, str]


class _Number(str):
    """A number as the sender wrote it: neither digits nor precision are lost."""

    __slots__ = ()


class _Object(list[tuple[str, object]]):
    """A JSON object with all its members in order, repeated names included."""


def json_pairs(text: str) -> list[Pair]:
    """Fields in order; lists of plain values repeat their key, other nested values become JSON text.

    ``context`` keeps its name before a dot. ``ValueError`` when the text is no JSON object or list.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number, parse_constant=_Number
        )
        return list(_top(value))
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply.") from error


def _top(value: object) -> Iterator[Pair]:
    if isinstance(value, _Object):
        yield from _members(value)
    elif isinstance(value, list):
        yield from _named("", value)
    else:
        raise ValueError("The JSON is neither an object nor a list.")  # noqa: TRY004 a bad post, not a bad call


def _members(members: _Object) -> Iterator[Pair]:
    for key, value in members:
        if isinstance(value, _Object) and key == "context":
            yield from ((f"context.{name}", text) for name, inner in value for text in _texts(inner))
        elif isinstance(value, _Object) and plain_key(key) in WRAPPERS:
            yield from _members(value)
        elif isinstance(value, list) and not isinstance(value, _Object):
            yield from _named(key, value)
        else:
            yield from ((key, text) for text in _texts(value))


def _named(key: str, values: list[object]) -> Iterator[Pair]:
    """Read ``[{"name": …, "value": …}, …]`` as fields of those names, anything else as values of the key."""
    for value in values:
        members = dict(value) if isinstance(value, _Object) else {}
        name = members.get("name")
        if isinstance(name, str) and "value" in members:
            yield from ((name, text) for text in _texts(members["value"]))
        elif isinstance(value, _Object) and not key and len(values) == 1:
            yield from _members(value)
        else:
            yield key, _text(value)
    if not values:
        yield key, ""


def _texts(value: object) -> list[str]:
    if isinstance(value, list) and not isinstance(value, _Object):
        return [_text(item) for item in value] or [""]
    return [_text(value)]


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else _json_text(value)


def _json_text(value: object) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, _Object):
        members = (f"{json.dumps(key, ensure_ascii=False)}: {_json_text(inner)}" for key, inner in value)
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
