"""Saying of two records that they are not the same, and taking it back."""

import datetime as dt
from collections.abc import Sequence

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.core.access import WRITE, lock_rows_for
from crm.core.actors import Actor
from crm.core.errors import Invalid, NotFound
from crm.core.transactions import service
from crm.data.duplicates.nouns import noun_of
from crm.data.models import DuplicatePair
from crm.users.models import User


def dismissed_with(model: type[models.Model], pk: int) -> frozenset[int]:
    """The records of which somebody has said that they are not the same as this one."""
    pairs = DuplicatePair.objects.filter(noun=model._meta.label_lower, dismissed_at__isnull=False)
    found = pairs.filter(Q(first_id=pk) | Q(second_id=pk)).values_list("first_id", "second_id")
    return frozenset(key for pair in found for key in pair if key != pk)


@service("duplicate.dismissed")
def dismiss_pair(
    *, model: type[models.Model], keys: Sequence[int], is_dismissed: bool, actor: Actor, at: dt.datetime
) -> DuplicatePair:
    """Both records must be the actor's to change. Saying it twice changes nothing."""
    noun = noun_of(model)
    if noun is None:
        raise NotFound(_("Records of this table are not compared."))
    if len(set(keys)) != 2:
        raise Invalid(_("Choose two different records."))
    records = lock_rows_for(model._default_manager.filter(pk__in=keys), actor, WRITE)
    if len(records) < 2:
        raise NotFound(_("There is no such %(noun)s, or you may not see it.") % {"noun": model._meta.verbose_name})
    first, second = sorted(keys)
    pair = DuplicatePair.objects.get_or_create(
        noun=noun.label, first_id=first, second_id=second, defaults={"seen_at": at}
    )[0]
    if is_dismissed != (pair.dismissed_at is not None):
        pair.dismissed_at = at if is_dismissed else None
        pair.dismissed_by = actor if is_dismissed and isinstance(actor, User) else None
        pair.save(update_fields=["dismissed_at", "dismissed_by"])
    return pair
