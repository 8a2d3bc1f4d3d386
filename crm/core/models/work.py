"""Work that is not done at once: schedules, and jobs that survive the death of their worker."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Schedule(models.Model):
    """A task to start every so many minutes. `manage.py run_schedule` claims the due rows."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    task = models.CharField(_("task"), max_length=200, help_text=_("Dotted path of a task without arguments."))
    every_minutes = models.PositiveIntegerField(_("every … minutes"))
    next_at = models.DateTimeField(_("next start"), db_default=Now())
    last_at = models.DateTimeField(_("last start"), null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        constraints = [models.CheckConstraint(condition=Q(every_minutes__gt=0), name="schedule_interval_positive")]

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """A long task with a checkpoint. A job whose heartbeat has stopped is started again from there."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    task = models.CharField(_("task"), max_length=200, help_text=_("Dotted path of a task that takes the job's id."))
    payload = models.JSONField(_("payload"), default=dict)
    checkpoint = models.JSONField(_("checkpoint"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), null=True)
    tries = models.PositiveSmallIntegerField(_("starts"), default=0)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [models.Index(fields=["heartbeat_at"], name="job_running_idx", condition=Q(state="running"))]

    def __str__(self) -> str:
        return f"{self.task} #{self.pk}"
