"""What a seller decides for each record that may come of a lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Create:
    """Make a new record. `values` are columns by name and replace those that the lead gives."""

    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """Take an existing account or contact. `rules` say by field what is written onto it: `field_map.FillRule`."""

    record_id: int
    rules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Join:
    """Let the lead belong to an open opportunity that exists already."""

    opportunity_id: int


@dataclass(frozen=True, slots=True)
class Skip:
    """No such record."""


SKIP = Skip()

type CustomerChoice = Create | Use | Skip
type AccountChoice = CustomerChoice
type ContactChoice = CustomerChoice
type OpportunityChoice = Create | Join
