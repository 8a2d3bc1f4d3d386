"""Fields of a post that are called like an added field of leads: by its key or by its label."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.core.custom.definitions import Definition
from crm.core.custom.values import from_text
from crm.core.fields import Kind
from leads.capture.flags import Flag
from leads.capture.keys import inner_key, plain_key
from leads.capture.reading import Fields

# A stranger names neither colleagues nor records, which would tell which ones there are.
_CLOSED = frozenset({Kind.PERSON, Kind.RECORD})
_FLAGS = {
    Kind.WHOLE: Flag.INVALID_NUMBER,
    Kind.DECIMAL: Flag.INVALID_NUMBER,
    Kind.MONEY: Flag.INVALID_NUMBER,
    Kind.TEXT: Flag.TOO_LONG,
    Kind.LONG_TEXT: Flag.TOO_LONG,
}


@dataclass(frozen=True)
class CustomReading:
    """Values by key, what still belongs to nothing, and a flag for each value that did not fit."""

    values: Mapping[str, Any]
    unknown: Fields
    flags: tuple[str, ...]


def read_custom(
    unknown: Fields, definitions: Iterable[Definition], mapping: Mapping[str, str] | None = None
) -> CustomReading:
    """What fits its field is taken; everything else stays with the post, never cut.

    `mapping` says of names in lower case which field they mean in this form (`custom_…`).
    """
    fields = _by_name(definitions)
    own = {name: fields[plain_key(target)] for name, target in (mapping or {}).items() if plain_key(target) in fields}
    values: dict[str, Any] = {}
    rest: list[tuple[str, tuple[str, ...]]] = []
    flags: list[str] = []
    for name, sent in unknown:
        definition = own.get(name.strip().lower()) or fields.get(plain_key(name)) or fields.get(inner_key(name))
        texts = tuple(dict.fromkeys(text.strip() for text in sent if text.strip()))
        if definition is None or not texts or definition.key in values:
            rest.append((name, sent))
            continue
        try:
            values[definition.key] = _value(definition, texts)
        except ValueError:
            flags.append(f"{_FLAGS.get(definition.kind, Flag.INVALID_CHOICE)}:{definition.form_name}")
            rest.append((name, sent))
    return CustomReading(values, tuple(rest), tuple(flags))


def open_definitions(definitions: Iterable[Definition]) -> list[Definition]:
    """What only some roles may change is not a stranger's to say."""
    return [one for one in definitions if not one.writers and not one.readers and one.kind not in _CLOSED]


def _by_name(definitions: Iterable[Definition]) -> dict[str, Definition]:
    """Keys go before labels."""
    open_ = open_definitions(definitions)
    by_label = {plain_key(one.label): one for one in open_}
    by_key = {plain_key(name): one for one in open_ for name in (one.form_name, one.key)}
    return {name: one for name, one in (by_label | by_key).items() if name}


def _value(definition: Definition, texts: tuple[str, ...]) -> Any:
    if definition.kind is Kind.LONG_TEXT:
        return from_text(definition, "\n".join(texts))
    if definition.kind is Kind.CHOICES:
        value = from_text(definition, "\n".join(texts))
    elif len(texts) == 1:
        value = from_text(definition, texts[0])
    else:
        raise ValueError("one value fits here, several came")
    retired = {option.key for option in definition.options if option.is_retired}
    if retired and not retired.isdisjoint(value if isinstance(value, tuple) else (value,)):
        raise ValueError("not offered any more")
    return value
