"""Lead forms: what a website's visitors are asked, and what becomes of their answers."""

from typing import ClassVar

from django.conf.global_settings import LANGUAGES
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from crm.core.models import Line, tracked
from crm.core.words import SearchWords
from crm.users.models import OrganisationModel, Team, User
from leads.models.campaigns import campaign_index, source_campaign

FORM_WORDS = SearchWords(names=("sort_key",))
"""What a lead form is found by."""

_LONGEST_TEXT = 5_000


def new_form_key() -> str:
    return get_random_string(24)


@tracked
class CaptureForm(OrganisationModel):
    """A website's form. The key is public: it stands in the page that posts."""

    class Again(models.TextChoices):
        LEAD = "lead", _("Another lead each time")
        TOUCH = "touch", _("A touch on the open lead")

    class Sensitivity(models.TextChoices):
        OFF = "off", _("Off: everything becomes a lead")
        LOW = "low", _("Low: only what is surely spam waits")
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High: whatever is odd waits")

    name = models.CharField(_("name"), max_length=200, unique=True)
    sort_key = models.CharField(max_length=500, default="", db_default="", editable=False)
    key = models.CharField(_("key"), max_length=40, unique=True, default=new_form_key, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    owner_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    by_rules = models.BooleanField(
        _("assign by the rules"),
        default=False,
        db_default=False,
        help_text=_("The owner above keeps what no rule takes."),
    )
    source = models.CharField(_("source"), max_length=100, default="web", blank=True)
    campaign = source_campaign()
    campaign_code = models.CharField(
        _("campaign code"),
        max_length=100,
        blank=True,
        help_text=_("For a campaign that is not kept here. What a sender says about campaigns is not heard then."),
    )
    allowed_hosts = ArrayField(
        models.CharField(max_length=255),
        default=list,
        blank=True,
        verbose_name=_("allowed hosts"),
        help_text=_("After posting, a visitor is sent back only to one of these hosts; only they may frame the page."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Posts to a form that is not active wait in the quarantine.")
    )

    heading = models.CharField(
        _("heading"), max_length=200, blank=True, default="", db_default="", help_text=_("Empty: the name.")
    )
    introduction = models.TextField(_("introduction"), max_length=_LONGEST_TEXT, blank=True, default="", db_default="")
    button = models.CharField(
        _("words on the button"), max_length=60, blank=True, default="", db_default="", help_text=_("Empty: Send.")
    )
    language = models.CharField(
        _("language"),
        max_length=12,
        choices=[(code, _(name)) for code, name in LANGUAGES],
        default="en",
        db_default="en",
    )
    thanks = models.TextField(
        _("thank-you text"),
        max_length=_LONGEST_TEXT,
        blank=True,
        default="",
        db_default="",
        help_text=_("Shown after the hosted form was sent."),
    )
    redirect_url = models.CharField(
        _("page to go to instead"),
        max_length=2000,
        blank=True,
        default="",
        db_default="",
        help_text=_("A page on one of the allowed hosts."),
    )
    consent_text = models.TextField(
        _("consent"),
        max_length=_LONGEST_TEXT,
        blank=True,
        default="",
        db_default="",
        help_text=_("With a text, the visitor has to tick it; text and time are kept with the lead."),
    )
    again = models.CharField(
        _("the same person again"), max_length=10, choices=Again.choices, default=Again.LEAD, db_default=Again.LEAD
    )
    sensitivity = models.CharField(
        _("spam"), max_length=10, choices=Sensitivity.choices, default=Sensitivity.NORMAL, db_default="normal"
    )
    needs_captcha = models.BooleanField(
        _("ask for a captcha"),
        default=False,
        db_default=False,
        help_text=_("Takes effect once the captcha service is set up (CAPTCHA_SECRET and the others)."),
    )

    class Meta:
        verbose_name = _("lead form")
        verbose_name_plural = _("lead forms")
        ordering = ("sort_key", "id")
        indexes = [
            models.Index(F("sort_key").asc(nulls_last=True), F("id").asc(), name="captureform_by_name"),
            models.Index(F("created_at").desc(nulls_last=True), F("id").desc(), name="captureform_by_created"),
            GinIndex(FORM_WORDS, name="captureform_search"),
            campaign_index("captureform"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(owner_team__isnull=True), name="capture_form_at_most_one_owner"
            )
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class FormField(Line):
    """One question of a form: a column of leads, or a field that an administrator added (`custom_…`)."""

    form = models.ForeignKey(CaptureForm, models.CASCADE, related_name="fields", db_index=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    column = models.CharField(_("field"), max_length=60)
    label = models.CharField(_("label"), max_length=200)
    help = models.CharField(_("help"), max_length=300, blank=True, default="")
    is_required = models.BooleanField(_("required"), default=False)

    class Meta:
        verbose_name = _("field of a lead form")
        verbose_name_plural = _("fields of lead forms")
        ordering: ClassVar = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["form", "column"],
                name="form_field_once",
                violation_error_message=_("The form asks for this field already."),
            )
        ]

    def __str__(self) -> str:
        return self.label


@tracked
class FieldMapping(Line):
    """What a sender calls a field (`00N20000003bk9v`, `LEADCF5`, `cf_1021`), and the field that it means here."""

    form = models.ForeignKey(CaptureForm, models.CASCADE, related_name="mappings", db_index=False)
    sent_as = models.CharField(_("name in the post"), max_length=200)
    column = models.CharField(_("field"), max_length=60)

    class Meta:
        verbose_name = _("mapping of a lead form")
        verbose_name_plural = _("mappings of lead forms")
        ordering: ClassVar = ("sent_as", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["form", "sent_as"],
                name="form_mapping_once",
                violation_error_message=_("This name is mapped already. Change that one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sent_as} → {self.column}"
