"""The key of a new field, derived from its label: a plain word that nothing else of its table is called by."""

import re
from collections.abc import Collection, Iterable

from django.db import models
from django.db.models import JSONField

from crm.core.actors import SYSTEM
from crm.core.fields import fields_of
from crm.core.folding import fold
from crm.core.models.custom import KEY_AT_MOST

_GAPS = re.compile(r"[^a-z0-9]+")
# Words of the query language, and what a value path would take for something else.
_RESERVED = frozenset(
    {"and", "or", "not", "is", "has", "me", "my", "team", "tag", "tags", "true", "false", "null", "none", "yes", "no"}
    | {"view", "sort", "q", "page", "after", "before", "columns", "id", "pk", "custom"}
    | {"today", "yesterday", "tomorrow", "now", "this", "last", "next"}
)


def derived_key(label: str, taken: Collection[str], fallback: str = "field") -> str:
    """`Größe (cm)` becomes `grosse_cm`, with a number where that is taken; without a Latin letter it is `fallback`."""
    word = _GAPS.sub("_", fold(label).replace("ß", "ss")).strip("_")
    word = word.lstrip("0123456789_")[:KEY_AT_MOST].strip("_") or fallback
    key, number = word, 1
    while key in taken:
        number += 1
        key = f"{word[: KEY_AT_MOST - len(str(number)) - 1].rstrip('_')}_{number}"
    return key


def taken_keys(model: type[models.Model], others: Iterable[str]) -> frozenset[str]:
    """What a new field of this table must not be called; `others` are the keys of its added fields, also retired."""
    columns = {name for field in model._meta.get_fields() for name in (field.name, getattr(field, "attname", ""))}
    known = {name for field in fields_of(model, SYSTEM).values() for name in (field.name, field.short_name)}
    lookups = set(JSONField().get_lookups())
    return frozenset({*columns, *known, *lookups, *_RESERVED, *others})
