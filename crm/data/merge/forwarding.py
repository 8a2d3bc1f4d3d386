"""The addresses of records that were merged lead to the record that stays."""

from django.db import models

from crm.data.merge.registry import known
from crm.data.merge.standing import standing_merge

_MOST_STEPS = 20


def master_of(model: type[models.Model], pk: int) -> int | None:
    """The record that has taken this one in, however many merges lie between."""
    found = pk
    for _step in range(_MOST_STEPS if model in known.nouns else 0):
        merge = standing_merge(model._meta.label_lower, found)
        if merge is None:
            break
        found = merge.master_id
    return None if found == pk else found
