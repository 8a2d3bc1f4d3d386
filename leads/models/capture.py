"""Web forms that bring leads, and every post as it came."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked
from crm.users.models import OrganisationModel, Team, User
from leads.models.lead import Lead


def new_form_key() -> str:
    return get_random_string(24)


@tracked
class CaptureForm(OrganisationModel):
    """A website's form. The key is public: it stands in the page that posts."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    key = models.CharField(_("key"), max_length=40, unique=True, default=new_form_key, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    owner_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    source = models.CharField(_("source"), max_length=100, default="web", blank=True)
    campaign_code = models.CharField(_("source campaign"), max_length=100, blank=True)
    allowed_hosts = ArrayField(
        models.CharField(max_length=255),
        default=list,
        blank=True,
        verbose_name=_("hosts to return to"),
        help_text=_("After posting, a visitor is sent back only to one of these hosts."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("lead form")
        verbose_name_plural = _("lead forms")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(owner_team__isnull=True), name="capture_form_at_most_one_owner"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CapturedPost(models.Model):
    """One post, whole: raw body, the headers that matter, how it was read, what became of it. Never changed."""

    untracked_because = "written once and kept as it came"

    class Verdict(models.TextChoices):
        LEAD = "lead", _("Became a lead")
        NAMELESS = "nameless", _("Nothing to call a lead by")
        UNKNOWN_FORM = "unknown_form", _("Unknown form")
        INACTIVE_FORM = "inactive_form", _("Inactive form")
        FAILED = "failed", _("Could not be made a lead")

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

    class Meta:
        verbose_name = _("captured post")
        verbose_name_plural = _("captured posts")
        indexes = [
            models.Index(fields=["-received_at"], name="captured_post_received_idx"),
            models.Index(fields=["-received_at"], name="captured_post_quarantine_idx", condition=Q(lead__isnull=True)),
            models.Index(fields=["-id"], name="captured_post_unknown_idx", condition=Q(form__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_verdict_display()}"


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
