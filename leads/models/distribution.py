"""What a campaign does with the members of a list: each gets an activity of somebody of ours, or is left out."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import Job, Line, tracked
from crm.users.models import Team, User
from leads.models.campaigns import Campaign
from leads.models.lists import MarketingList, one_of_members


@tracked
class CampaignActivity(Line):
    """One step of a campaign with one list: a call, a mail, a letter to everybody on it."""

    class Channel(models.TextChoices):
        PHONE = "phone", _("Phone call")
        EMAIL = "email", _("E-mail")
        APPOINTMENT = "appointment", _("Appointment")
        LETTER = "letter", _("Letter")
        FAX = "fax", _("Fax")
        OTHER = "other", _("Other")

    class OwnerRule(models.TextChoices):
        RECORD = "record", _("The owner of each record")
        ME = "me", _("Whoever distributes it")
        PERSON = "person", _("A person")
        TEAM = "team", _("A team")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="steps", verbose_name=_("campaign"))
    list = models.ForeignKey(MarketingList, models.PROTECT, related_name="+", verbose_name=_("marketing list"))
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices, default=Channel.PHONE)
    subject = models.CharField(_("subject"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    due_on = models.DateField(_("due"))
    owner_rule = models.CharField(_("who does it"), max_length=10, choices=OwnerRule.choices, default=OwnerRule.RECORD)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person"))
    owner_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    quiet_days = models.PositiveSmallIntegerField(
        _("not if contacted within days"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(3650)],
        help_text=_("Whoever was called, written to or met in so many days is left out."),
    )

    class Meta:
        verbose_name = _("campaign activity")
        verbose_name_plural = _("campaign activities")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner_rule="person", owner__isnull=False, owner_team__isnull=True)
                | Q(owner_rule="team", owner__isnull=True, owner_team__isnull=False)
                | Q(owner_rule__in=("record", "me"), owner__isnull=True, owner_team__isnull=True),
                name="campaign_activity_owner_fits_rule",
                violation_error_message=_("Choose the person or the team where the rule says so, and only there."),
            )
        ]

    def __str__(self) -> str:
        return self.subject


class Distribution(models.Model):
    """One going through the list. `at` is the moment of all its activities; one that was taken back stays as a note."""

    untracked_because = "work in progress; the activities that it makes keep their own history"

    step = models.ForeignKey(CampaignActivity, models.CASCADE, related_name="distributions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    at = models.DateTimeField(_("started"))
    total = models.PositiveIntegerField(_("members"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True)
    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("job"))
    undone_at = models.DateTimeField(_("taken back"), null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("distribution")
        verbose_name_plural = _("distributions")
        constraints = [
            models.UniqueConstraint(
                fields=["step"], name="one_distribution_at_a_time", condition=Q(undone_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.at:%Y-%m-%d}"

    @property
    def has_stopped(self) -> bool:
        """Its worker gave up before the end."""
        return self.finished_at is None and self.job is not None and self.job.state == Job.State.FAILED


class DistributionRow(models.Model):
    """What became of one member."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        MADE = "made", _("Activity made")
        OPTED_OUT = "opted_out", _("Opted out")
        NO_CONSENT = "no_consent", _("No consent recorded")
        INACTIVE = "inactive", _("Inactive or closed")
        NO_ADDRESS = "no_address", _("No address for this channel")
        CONTACTED = "contacted", _("Contacted lately")
        GONE = "gone", _("No longer there")
        TAKEN_BACK = "taken_back", _("Taken back")
        KEPT = "kept", _("Kept: somebody has worked on it")

    untracked_because = "part of a distribution"

    distribution = models.ForeignKey(Distribution, models.CASCADE, related_name="rows", db_index=False)
    lead: Any = models.ForeignKey("leads.Lead", models.CASCADE, null=True, related_name="+")
    contact: Any = models.ForeignKey("customers.Contact", models.CASCADE, null=True, related_name="+")
    account: Any = models.ForeignKey("customers.Account", models.CASCADE, null=True, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    activity: Any = models.ForeignKey("activities.Activity", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("row of a distribution")
        verbose_name_plural = _("rows of distributions")
        constraints = [one_of_members("distribution_row_is_one_record")]
        indexes = [models.Index(fields=["distribution", "outcome", "id"], name="distribution_row_outcome")]

    def __str__(self) -> str:
        return f"{self.lead or self.contact or self.account}: {self.outcome}"
