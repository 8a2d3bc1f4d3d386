"""Added fields, made by the service."""

from typing import Any

from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.custom.services import create_field, set_choice
from crm.core.models import CustomField, CustomKind


def make_field(
    label: str, kind: str = "text", *, noun: str = "leads.lead", choices: str = "", **values: Any
) -> CustomField:
    """`choices` are labels between commas."""
    field = create_field(noun=noun, values={"label": label, "kind": kind, **values}, actor=SYSTEM, at=timezone.now())
    for place, name in enumerate(filter(None, choices.split(",")), 1):
        told = {"label": name, "position": place}
        set_choice(field_id=field.pk, choice_id=None, values=told, actor=SYSTEM, at=timezone.now())
    return field


def make_field_of_each_kind(noun: str = "leads.lead") -> dict[str, CustomField]:
    """By kind."""
    more: dict[str, dict[str, Any]] = {
        "choice": {"choices": "Red,Green"},
        "choices": {"choices": "Fax,Post,Visit"},
        "record": {"related": "customers.account"},
    }
    return {
        kind.value: make_field(f"My {kind.value.replace('_', ' ')}", kind.value, noun=noun, **more.get(kind, {}))
        for kind in CustomKind
    }
