"""Merges as their pages show them: for whoever may merge the record that stayed."""

from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from crm.core.errors import Forbidden, NotFound
from crm.data.merge.services import MERGE
from crm.data.models import Merge

_MOST_LISTED = 50


def merges_of(person: Any) -> "models.QuerySet[Merge]":
    """The newest ones of this person."""
    return Merge.objects.filter(person_id=person.pk).order_by("-pk")[:_MOST_LISTED]


def merge_of(actor: Any, pk: int) -> Merge:
    """A merge is there for whoever may merge the record that stayed."""
    merge = Merge.objects.filter(pk=pk).select_related("person").first()
    model: Any = apps.get_model(merge.noun) if merge is not None else None
    if merge is None or not model.with_bin.visible_to(actor).filter(pk=merge.master_id).exists():
        raise NotFound(_("There is no such merge, or you may not see it."))
    if not model.with_bin.for_action(actor, MERGE).filter(pk=merge.master_id).exists():
        raise Forbidden(_("You may not merge these records."))
    return merge


def losers_of(merge: Merge, actor: Any) -> list[tuple[int, str]]:
    """Key and name of the records that were merged; those that the reader may not see are not named."""
    model: Any = apps.get_model(merge.noun)
    keys = list(merge.losers.order_by("pk").values_list("record_id", flat=True))
    named = {row.pk: str(row) for row in model.with_bin.visible_to(actor).filter(pk__in=keys)}
    return [(key, named.get(key, _("One you may not see"))) for key in keys]
