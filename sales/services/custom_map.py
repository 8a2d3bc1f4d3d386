"""Added fields of a lead among the values that its account, contact and opportunity take over.

They stand among the columns under the name of their form field (`custom_size`), each with its definition.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.core.access import visible_names
from crm.core.custom.carrying import pairs, translated
from crm.core.custom.definitions import FORM_PREFIX, Definition
from crm.core.custom.words import pair_of
from crm.core.custom.words import words as custom_words
from crm.core.custom.writing import VALUES, choosable
from crm.core.fields import Kind
from crm.core.models import CustomModel
from leads.models import Lead

_LEADING = frozenset({Kind.PERSON, Kind.RECORD})


@dataclass(frozen=True, slots=True)
class Added:
    """A value as the field of the new record stores it; `name` is what it says to the person who looks."""

    definition: Definition
    kept: Any
    name: str = ""

    @property
    def words(self) -> str:
        return self.name or custom_words(self.definition, self.kept)


def added_values(lead: Lead, model: type[CustomModel], actor: Any) -> dict[str, Added]:
    """What carries over to fields of the same key, as far as the actor may read the one and write the other."""
    if not lead.custom:
        return {}
    found = {}
    for since, to in pairs(Lead, model, actor):
        kept = translated(since, to, lead.custom.get(since.key))
        if kept is not None and since.may_read(actor) and to.may_write(actor) and may_be_chosen(to, kept, actor):
            found[to.form_name] = Added(to, kept, shown_name(to, kept, actor))
    return found


def may_be_chosen(to: Definition, kept: Any, actor: Any) -> bool:
    """What a new record could not be given by hand is not given to it by the lead."""
    if to.kind in _LEADING:
        return choosable(to, actor).filter(pk=kept).exists()
    retired = {option.key for option in to.options if option.is_retired}
    return retired.isdisjoint(kept if isinstance(kept, list) else [kept]) if retired else True


def shown_name(to: Definition, kept: Any, actor: Any) -> str:
    """Of a person or record, as the actor may know it; "" for every other kind."""
    pair = pair_of(to, kept)
    return visible_names(actor, [pair])[pair].label if pair else ""


def as_service_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns by name, and what is of added fields by key under `custom`."""
    columns = {name: value for name, value in values.items() if not name.startswith(FORM_PREFIX)}
    added = {
        key_of(name): value.kept if isinstance(value, Added) else value
        for name, value in values.items()
        if name.startswith(FORM_PREFIX)
    }
    return columns | ({VALUES: added} if added else {})


def key_of(name: str) -> str:
    return name.removeprefix(FORM_PREFIX)


def is_added(name: str) -> bool:
    return name.startswith(FORM_PREFIX)
