"""Names of records: printing those that a reader may see, and choosing one of many by typing its name.

No page lists a million options; `visible_names` is how a page prints the names of linked records.
"""

from typing import Any

from django import forms
from django.db import models

from crm.core.access import Link, Pair, visible_names
from crm.core.forms import RecordForm
from crm.core.name_fields import Narrow, RecordNameField, RecordNameInput

__all__ = ["Link", "NamingForm", "Narrow", "Pair", "RecordNameField", "RecordNameInput", "visible_names"]


class NamingForm[M: models.Model](RecordForm[M]):
    """A form of a record whose service and constraints speak for themselves, at the field."""

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        for field in self.fields.values():
            if isinstance(field, RecordNameField):
                field.offer_to(actor)

    def _get_validation_exclusions(self) -> set[str]:
        """Who was chosen among the offered rows is there: the model need not ask for each."""
        chosen = {name for name, field in self.fields.items() if isinstance(field, forms.ModelChoiceField)}
        inherited: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # Django's own, which the stubs leave out
        return inherited | chosen

    def validate_unique(self) -> None:
        """Left to the database, whose answer the service puts at the field."""

    def validate_constraints(self) -> None:
        """As `validate_unique`; asked here, each would cost a query and stand above the form."""
