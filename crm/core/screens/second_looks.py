"""What a person should look at before a form is saved: shown once above the form, and again only where it is another.

Engines above say what (`register_second_look`); the kernel shows it and takes *save anyway*.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse

from crm.core.addresses import screen_url

SEEN = "seen"
"""The name under which a form sends the key of what its person has seen."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """`key` stands for what is shown; the template sees it as `look`. `is_refused`: the service refuses it anyway."""

    key: str
    template: str
    context: Any
    is_refused: bool = False


type Look = Callable[[Any, Any], SecondLook | None]

_looks: dict[type[models.Model], tuple[Look, str]] = {}


def register_second_look(model: type[models.Model], look: Look, url_name: str) -> None:
    """`look(form, actor)` gives what is to be looked at before this bound form is saved.

    At `url_name`, which takes the noun, the same is asked for while somebody types.
    """
    _looks[model] = (look, url_name)


def second_look(model: type[models.Model], form: Any, actor: Any) -> SecondLook | None:
    known = _looks.get(model)
    return known[0](form, actor) if known else None


def look_url(model: type[models.Model], record: Any) -> str:
    """Where the same is asked while somebody types; "" where nothing is ever to be looked at."""
    known = _looks.get(model)
    if known is None:
        return ""
    url = reverse(known[1], args=[screen_url(model, "list").strip("/")])
    return url if record is None else f"{url}?record={record.pk}"
