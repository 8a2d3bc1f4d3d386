"""What a person has said that a text of a file means: a record, a choice, nothing, or a record to be made.

They are kept as short texts: `=12` is the record or choice 12, `-` is nothing, `+Name` a new record of that name.
"""

from dataclasses import dataclass
from typing import Any

from crm.core.fields import Kind
from crm.data.importing.targets import Target

TO_BE_MADE = 0
"""The key of a record that a run would make, in a rehearsal."""
NOTHING, USE, MAKE = "-", "=", "+"


@dataclass(frozen=True, slots=True)
class ToMake:
    """A record that does not exist yet; the noun's importer makes it when the first row is written."""

    name: str


@dataclass(frozen=True, slots=True)
class Meaning:
    use: str = ""
    make: str = ""

    @property
    def is_nothing(self) -> bool:
        return not self.use and not self.make

    def value_for(self, target: Target) -> Any:
        if self.make:
            return ToMake(self.make)
        if target.is_lookup:
            return int(self.use)
        return self.use == "True" if target.kind is Kind.YES_NO else self.use


def meaning_of(kept: str) -> Meaning:
    if kept.startswith(MAKE):
        return Meaning(make=kept[1:])
    return Meaning(use=kept[1:]) if kept.startswith(USE) else Meaning()
