"""Merging as it is offered: in the bar of a list, for who may merge records of the table."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.data.merge.registry import merge_noun
from crm.data.merge.services import MERGE


def offer_merge(model: type[models.Model], actor: Any) -> Iterator[tuple[str, str]]:
    if merge_noun(model) is not None and actor.has_perm(f"{model._meta.app_label}.{MERGE}_{model._meta.model_name}"):
        yield MERGE, _("Merge")
