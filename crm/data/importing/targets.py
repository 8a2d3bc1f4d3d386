"""What a column of a file can become: the fields of a noun, and how they are read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.custom.definitions import Definition, definitions_of
from crm.core.fields import Choice, Kind, Text, derived
from crm.core.models import CustomModel
from crm.core.reasons import reasons_for
from crm.core.states import StateMachine

EXTERNAL_ID, OWNER = "external_id", "owner"
CUSTOM_PREFIX = "custom."


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`name` is a column of the table, `custom.<key>`, or a word of the noun's own importer.

    `most` is the longest text, `lowest` and `highest` bound a number of `digits` with `places` behind the point.
    `attribute` is what a value is set as on a record: `currency_id`.
    """

    name: str
    label: Text
    kind: Kind
    attribute: str = ""
    related: type[models.Model] | None = None
    choices: Sequence[Choice] = ()
    is_email: bool = False
    most: int | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    digits: int = 19
    places: int = 4
    definition: Definition | None = None
    #: What other programs say for a choice, as `converting.plain` writes it.
    synonyms: Mapping[str, str] = field(default_factory=dict)
    #: A text that names no record may stand for a new one, which the noun's importer makes.
    may_make: bool = False

    @property
    def is_lookup(self) -> bool:
        return self.kind in {Kind.RECORD, Kind.PERSON}


class ReadChoices(Sequence[Choice]):
    """Choices that are read whenever they are looked at: in the language of the reader, as administrators have them."""

    def __init__(self, read: Callable[[], Sequence[Choice]]) -> None:
        self._read = read

    def __len__(self) -> int:
        return len(self._read())

    def __getitem__(self, place: Any) -> Any:
        return self._read()[place]


def status_target(machine: StateMachine, synonyms: Mapping[str, str]) -> Target:
    """State and reason in one word: `open:new`."""

    def read() -> list[Choice]:
        return [
            (f"{state}:{reason}", label) for state in machine.reasons for reason, label in reasons_for(machine, state)
        ]

    return Target(name="status", label=_("status"), kind=Kind.CHOICE, choices=ReadChoices(read), synonyms=synonyms)


def column_target(model: type[models.Model], name: str, **changes: Any) -> Target:
    """The target that sets a column of the table."""
    column: Any = model._meta.get_field(name)
    field = derived(model, name)
    bounds = {type(one): Decimal(one.limit_value) for one in column.validators if isinstance(one, _BOUNDS)}
    found = {
        "name": name,
        "label": field.label,
        "kind": field.kind,
        "attribute": column.attname,
        "related": field.related,
        "choices": () if field.kind is Kind.TEXT else field.choices,
        "is_email": isinstance(column, models.EmailField),
        "most": column.max_length,
        "lowest": bounds.get(MinValueValidator, Decimal(0) if "Positive" in type(column).__name__ else None),
        "highest": bounds.get(MaxValueValidator),
        "digits": getattr(column, "max_digits", None) or 10,
        "places": getattr(column, "decimal_places", None) or 0,
    }
    return Target(**(found | changes))


_BOUNDS = (MinValueValidator, MaxValueValidator)


def external_id_target() -> Target:
    return Target(name=EXTERNAL_ID, label=_("ID in the other system"), kind=Kind.TEXT, most=100)


def owner_target() -> Target:
    return Target(name=OWNER, label=_("owner"), kind=Kind.PERSON, related=get_user_model(), attribute="owner_id")


def custom_targets(model: type[models.Model], actor: Any) -> Iterable[Target]:
    """The added fields that the actor may write."""
    if not issubclass(model, CustomModel):
        return
    for one in definitions_of(model, actor):
        if one.may_write(actor):
            yield Target(
                name=f"{CUSTOM_PREFIX}{one.key}",
                label=one.label,
                kind=one.kind,
                related=get_user_model() if one.kind is Kind.PERSON else one.related,
                choices=one.choices,
                definition=one,
            )
