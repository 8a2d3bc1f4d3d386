"""The warning above a form: the record looks like these, which are there already."""

import hashlib
from typing import Any

from django.db import models

from crm.core.screens.second_looks import SecondLook, register_second_look
from crm.data.duplicates.finding import Match, find, values_of
from crm.data.duplicates.nouns import noun_of

MOST_SHOWN = 5
TEMPLATE = "data/duplicates_warning.html"


def warn_on(model: type[models.Model], *known_by: str) -> None:
    """`known_by` names fields with what the record is known to be; that is no duplicate of it."""

    def look(form: Any, actor: Any) -> SecondLook | None:
        noun = noun_of(model)
        # A record that is kept as it is compared with others needs no new look.
        if noun is None or not noun.compared & set(form.changed_data):
            return None
        return _warning(model, form, actor, known_by)

    register_second_look(model, look, "data:duplicates_live")


def _warning(model: type[models.Model], form: Any, actor: Any, known_by: tuple[str, ...]) -> SecondLook | None:
    own = form.instance.pk
    # What it looked like before is known already.
    before = set() if own is None else _found(model, values_of(model._base_manager.get(pk=own)), actor, own)
    values = {name: value for name, value in form.cleaned_data.items() if isinstance(value, str)}
    known = {(type(one), one.pk) for name in known_by if (one := form.cleaned_data.get(name)) is not None}
    typed = values if own is None else {**values_of(form.instance), **values}
    matches = find(model, typed, actor=actor, exclude=own)
    found = [match for match in matches if (match.model, match.pk) not in known | before]
    if not found:
        return None
    context = {"matches": found[:MOST_SHOWN], "more": max(len(found) - MOST_SHOWN, 0)}
    return SecondLook(_key(found), TEMPLATE, context, is_refused=any(match.is_forbidden for match in found))


def _found(model: type[models.Model], values: Any, actor: Any, own: int) -> set[tuple[type[models.Model], int]]:
    return {(match.model, match.pk) for match in find(model, values, actor=actor, exclude=own)}


def _key(found: list[Match]) -> str:
    """Of what was found, whatever its order: somebody else who comes in is looked at anew."""
    listed = sorted(f"{match.model._meta.label_lower}:{match.pk}" for match in found)
    return hashlib.blake2b(" ".join(listed).encode(), digest_size=8).hexdigest()
