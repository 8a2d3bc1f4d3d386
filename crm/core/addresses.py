"""Names of addresses: `app:model_screen`, with the words of the model's name apart (`catalog:price_list_detail`)."""

import re
from typing import Any

from django.db import models
from django.urls import NoReverseMatch, reverse

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def screen_name(model: type[models.Model], screen: str) -> str:
    """`leads:lead_detail`; screens are list, create, detail, edit, delete and the names of the moves."""
    noun = _WORD_START.sub("_", model.__name__).lower()
    return f"{model._meta.app_label}:{noun}_{screen}"


def screen_url(model: type[models.Model], screen: str, *args: Any) -> str:
    """The address, or "" where the app has no such screen."""
    try:
        return reverse(screen_name(model, screen), args=args)
    except NoReverseMatch:
        return ""
