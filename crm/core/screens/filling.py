"""What the screens with a form share: refusals at the field, sections."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.core.errors import Invalid
from crm.core.screens.second_looks import SecondLook

_UNIQUE_VIOLATION = "23505"


class FormRefused(Exception):
    """The form carries the sentences; the transaction is undone by raising this."""

    def __init__(self, form: Any, look: SecondLook | None = None) -> None:
        super().__init__("the form was refused")
        self.form, self.look = form, look


@dataclass(frozen=True, slots=True)
class ShownSection:
    title: str | Promise
    fields: list[Any]


@contextmanager
def refusals_at(form: Any) -> Iterator[None]:
    """What the service inside refuses is raised again as a refused form."""
    try:
        yield
    except Invalid as refusal:
        raise take_refusal(form, refusal) from refusal
    except IntegrityError as error:
        refused = taken_already(form, error)
        if refused is None:
            raise
        raise refused from error


def taken_already(form: Any, error: IntegrityError) -> FormRefused | None:
    """What two people wrote at the same moment, after both forms had been found right. None for any other fault."""
    if getattr(error.__cause__, "sqlstate", "") != _UNIQUE_VIOLATION:
        return None
    form.add_error(None, _("Somebody has just saved a record with the same values. Look for it before saving again."))
    return FormRefused(form)


def take_refusal(form: Any, refusal: Invalid) -> FormRefused:
    """Put a service's sentence at its field, or above the form where the form has no such field."""
    field = refusal.field if refusal.field in form.fields else None
    for sentence in (refusal.sentence, *refusal.details):
        form.add_error(field, sentence)
    return FormRefused(form)


def sections_of(form: Any) -> list[ShownSection]:
    """The declared sections with their bound fields; fields that no section names follow at the end."""
    declared = getattr(form, "sections", ())
    if not declared:
        return []
    named = {name for _title, names in declared for name in names}
    shown = [ShownSection(title, [form[name] for name in names if name in form.fields]) for title, names in declared]
    rest = [field for field in form.visible_fields() if field.name not in named]
    return [section for section in shown if section.fields] + ([ShownSection("", rest)] if rest else [])
