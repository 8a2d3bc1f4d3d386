"""Merges: which record became which, and every row that was changed for it, so that it can be taken back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Merge(models.Model):
    """`master_id` of the table `noun` (a label) has taken in the `losers`, which lie in the bin since `at`."""

    untracked_because = "says itself who did what when; the records keep their own history"

    noun = models.CharField(_("table"), max_length=60)
    master_id = models.BigIntegerField(_("record that stays"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    summary = models.CharField(_("what was done"), max_length=300)
    at = models.DateTimeField(_("merged"))
    undone_at = models.DateTimeField(_("taken back"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        indexes = [
            models.Index(fields=["noun", "master_id"], name="merge_of_master"),
            models.Index(fields=["at"], name="merge_standing", condition=Q(undone_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.summary


class MergedRecord(models.Model):
    """One record that was taken in. As long as the merge stands, its address leads to the master."""

    untracked_because = "part of a merge"

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="losers")
    noun = models.CharField(_("table"), max_length=60)
    record_id = models.BigIntegerField(_("record"))

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        constraints = [models.UniqueConstraint(fields=["merge", "record_id"], name="merged_record_once_per_merge")]
        indexes = [models.Index(fields=["noun", "record_id"], name="merged_record_of")]

    def __str__(self) -> str:
        return f"{self.noun} {self.record_id}"


class MergeRow(models.Model):
    """One row that a merge has changed. `before` and `after` hold its columns by name; of a dropped row, all of them.

    Steps are taken back in falling order. `outcome` says what taking back has come to.
    """

    class Kind(models.TextChoices):
        CHANGED = "changed", _("Changed")
        CUSTOM = "custom", _("Added field")
        DROPPED = "dropped", _("Left out")
        FIELD = "field", _("Field of the record that stays")

    class Outcome(models.TextChoices):
        STANDS = "", _("Stands")
        DONE = "done", _("Taken back")
        MOVED_ON = "moved_on", _("Changed since")
        FAILED = "failed", _("Failed")

    untracked_because = "part of a merge"

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="rows", db_index=False)
    step = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    label = models.CharField(_("table"), max_length=60)
    row_key = models.BigIntegerField(_("row"))
    before = models.JSONField()
    after = models.JSONField(null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default="", db_default="")

    class Meta:
        verbose_name = _("row of a merge")
        verbose_name_plural = _("rows of merges")
        indexes = [models.Index(fields=["merge", "step"], name="merge_row_of_step")]

    def __str__(self) -> str:
        return f"{self.label} {self.row_key}"
