"""One act on many records at once: what was asked, and what became of each record."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import Job


class BulkRun(models.Model):
    """`act` and `sent` say what was asked, as the form sent it; `summary` says it in words of the person.

    `at` is the moment of the whole run, by which what it put into the bin is found again. A run that takes back
    another one names it in `undoes`, each at most once; where its worker gave up, the same one is begun again.
    """

    untracked_because = "work in progress; the records that it changes keep their own history"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    noun = models.SlugField(_("noun"), max_length=40)
    act = models.CharField(_("act"), max_length=60)
    sent = models.TextField(_("sent values"), blank=True)
    summary = models.CharField(_("what was done"), max_length=300)
    address = models.TextField(_("list"), blank=True)
    total = models.PositiveIntegerField(_("records"), default=0)
    at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("job"))
    undoes = models.OneToOneField(
        "self", models.CASCADE, null=True, related_name="undone_by", verbose_name=_("takes back")
    )

    class Meta:
        verbose_name = _("bulk run")
        verbose_name_plural = _("bulk runs")
        indexes = [models.Index(fields=["person", "-id"], name="bulk_run_of_person")]

    def __str__(self) -> str:
        return self.summary

    @property
    def has_stopped(self) -> bool:
        """Its worker gave up before the end."""
        return self.finished_at is None and self.job is not None and self.job.state == Job.State.FAILED


class BulkRow(models.Model):
    """What became of one record. `before` and `after` hold the columns that were changed, as JSON."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        SAME = "same", _("Was like that already")
        FORBIDDEN = "forbidden", _("You may not change it")
        STATE = "state", _("Not in a state for it")
        FAILED = "failed", _("Failed")
        GONE = "gone", _("No longer there")
        MOVED_ON = "moved_on", _("Changed since")
        HELD = "held", _("Held back for a person")

    untracked_because = "part of a bulk run"

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="rows", db_index=False)
    record_id = models.BigIntegerField(_("record"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    reason = models.TextField(_("reason"), blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("row of a bulk run")
        verbose_name_plural = _("rows of bulk runs")
        constraints = [models.UniqueConstraint(fields=["run", "record_id"], name="bulk_row_once_per_run")]
        indexes = [
            models.Index(fields=["run", "record_id"], name="bulk_row_waiting", condition=Q(outcome="waiting")),
            models.Index(fields=["run", "outcome"], name="bulk_row_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.outcome}"
