"""Merges that stand: which record has taken in which."""

from typing import Any

from django.utils.translation import gettext as _

from crm.data.models import Merge


def standing_merge(noun: str, record_id: int) -> Merge | None:
    """The merge that has taken this record in, if it stands. `noun` is the label of the table."""
    return Merge.objects.filter(losers__record_id=record_id, noun=noun, undone_at__isnull=True).order_by("-pk").first()


def why_in_bin(record: Any, _actor: Any) -> str:
    """Nothing comes out of the bin by halves."""
    merge = standing_merge(record._meta.label_lower, record.pk)
    return _("It was merged: “%(what)s”. Take the merge back instead.") % {"what": merge.summary} if merge else ""
