"""Every post of a website as it came, with its verdict; and the same person again."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked
from leads.models.capture import CaptureForm
from leads.models.lead import Lead
from leads.querysets import PostManager

#: The reading and the verdict, which follow the last time a post was read. All else stays as it came.
_READ_ANEW = (
    "form",
    "lead",
    "fields",
    "unknown_fields",
    "flags",
    "verdict",
    "error",
    "sender",
    "spam_score",
    "reasons",
    "decided_at",
    "decided_by",
)
_ACCEPTED = ("lead", "touch")


def _refusing(name: str, operation: Any, condition: Any) -> pgtrigger.Trigger:
    refusal = "RAISE EXCEPTION 'Post % is kept as it came', OLD.id USING ERRCODE = '23514';"
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=operation, condition=condition, func=refusal)


@pgtrigger.register(
    _refusing("post_as_it_came", pgtrigger.Update, pgtrigger.AnyChange(exclude=list(_READ_ANEW))),
    # Of posts to unknown forms the oldest give way.
    _refusing("post_stays", pgtrigger.Delete, pgtrigger.Condition("OLD.form_id IS NOT NULL")),
)
class CapturedPost(models.Model):
    """One post, whole: raw body, the headers that matter, how it was read, what became of it.

    Body, headers and times stay as they came, and no post to a form that exists goes: the database refuses both.
    """

    untracked_because = "kept as it came; who decided what about it stands in its own columns"

    class Verdict(models.TextChoices):
        LEAD = "lead", _("Became a lead")
        TOUCH = "touch", _("A touch on an open lead")
        SPAM = "spam", _("Looks like spam")
        NAMELESS = "nameless", _("Nothing to call a lead by")
        UNKNOWN_FORM = "unknown_form", _("Unknown form")
        INACTIVE_FORM = "inactive_form", _("Inactive form")
        FAILED = "failed", _("Could not be made a lead")
        BINNED = "binned", _("Thrown away")

    #: What waits for a person.
    WAITING = (Verdict.SPAM, Verdict.NAMELESS, Verdict.UNKNOWN_FORM, Verdict.INACTIVE_FORM, Verdict.FAILED)

    form = models.ForeignKey(CaptureForm, models.PROTECT, null=True, related_name="posts", verbose_name=_("form"))
    form_key = models.CharField(_("form key"), max_length=100, blank=True)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, related_name="posts", verbose_name=_("lead"))
    received_at = models.DateTimeField(_("received"), db_default=Now())
    path = models.TextField()
    query_string = models.TextField(blank=True)
    content_type = models.TextField(blank=True)
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    remote_address = models.GenericIPAddressField(null=True)
    fields = models.JSONField(_("fields"), default=list, help_text="[[key, [value, …]], …]")
    unknown_fields = models.JSONField(_("unknown fields"), default=list)
    flags = ArrayField(models.CharField(max_length=200), default=list)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict.choices)
    error = models.TextField(blank=True)
    sender = models.CharField(_("sender"), max_length=254, blank=True, default="", db_default="")
    spam_score = models.SmallIntegerField(_("spam score"), default=0, db_default=0)
    reasons = ArrayField(models.CharField(max_length=100), verbose_name=_("reasons"), default=list, db_default=[])
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    objects = PostManager()

    class Meta:
        verbose_name = _("captured post")
        verbose_name_plural = _("captured posts")
        constraints = [
            models.CheckConstraint(
                condition=Q(lead__isnull=True) | Q(verdict__in=_ACCEPTED), name="captured_post_lead_when_accepted"
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=_ACCEPTED) | Q(form__isnull=False), name="captured_post_accepted_by_form"
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at"], name="captured_post_received_idx"),
            models.Index(
                fields=["-id"],
                name="captured_post_waiting_idx",
                condition=Q(verdict__in=["spam", "nameless", "unknown_form", "inactive_form", "failed"]),
            ),
            models.Index(fields=["-id"], name="captured_post_binned_idx", condition=Q(verdict="binned")),
            models.Index(fields=["form", "-id"], name="captured_post_of_form_idx"),
            models.Index(fields=["-id"], name="captured_post_unknown_idx", condition=Q(form__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_verdict_display()}"

    @property
    def is_waiting(self) -> bool:
        return self.verdict in self.WAITING


@tracked
class Touch(models.Model):
    """The same person again. A touch changes no field of the lead."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="touches")
    post = models.OneToOneField(CapturedPost, models.PROTECT, null=True, related_name="touch")
    at = models.DateTimeField()
    source = models.CharField(max_length=100, blank=True)
    campaign_code = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("touch")
        verbose_name_plural = _("touches")

    def __str__(self) -> str:
        return f"{self.lead} {self.at:%Y-%m-%d %H:%M}"
