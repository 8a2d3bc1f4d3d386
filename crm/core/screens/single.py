"""One field of a noun's form alone, so that a cell or a bulk edit keeps the rules of the whole form."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models

from crm.core.fields import RecordField, fields_of
from crm.core.screens.nouns import edit_view_of


def editable_fields(model: type[models.Model], actor: Any) -> Mapping[str, RecordField]:
    """By name those that the form of the table changes and this person may read. Empty without such a form."""
    if edit_view_of(model) is None:
        return {}
    return {name: field for name, field in fields_of(model, actor).items() if field.edit_name}


def one_field_form(model: type[models.Model], name: str, actor: Any, *, data: Any = None, instance: Any = None) -> Any:
    """The form of the table with this one of its fields, or None where it does not have it (for this record)."""
    view = edit_view_of(model)
    if view is None:
        return None
    given = {} if instance is None else {"instance": instance}
    form = view.form_class(data, actor=actor, **given)
    if name not in form.fields or isinstance(form.fields[name], forms.FileField):
        return None
    for other in [one for one in form.fields if one != name]:
        del form.fields[other]
    return form
