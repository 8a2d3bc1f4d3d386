"""The sources that forms offer."""

from typing import Any

from django.db.models.fields import BLANK_CHOICE_DASH

from leads.models import Lead


def source_choices(current: str) -> list[tuple[str, Any]]:
    """The product's sources, and what a website called it in its own words."""
    choices: list[tuple[str, Any]] = [*BLANK_CHOICE_DASH, *Lead.Source.choices]
    return choices if current in dict(choices) else [*choices, (current, current)]
