"""What happened or is to happen with somebody: one table for all kinds."""

import datetime as dt
import secrets

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from activities.states import ACTIVITY_MACHINE, ActivityState
from crm.core.models import CustomModel, Line, TaggedModel, tag_index, tracked
from crm.core.states import StateModel, reason_field, state_field
from crm.core.words import Folded, SearchWords
from crm.users.models import OwnedModel, User, branch_indexes

ACTIVITY_WORDS = SearchWords(names=(Folded("subject"),))
"""What an activity is found by."""


@tracked
class Activity(OwnedModel, StateModel, CustomModel, TaggedModel):
    class Kind(models.TextChoices):
        TASK = "task", _("Task")
        PHONE_CALL = "phone_call", _("Phone call")
        APPOINTMENT = "appointment", _("Appointment")
        EMAIL = "email", _("E-mail")
        NOTE = "note", _("Note")
        CLOSE = "close", _("Close record")

    class Priority(models.IntegerChoices):
        LOW = 0, _("Low")
        NORMAL = 1, _("Normal")
        HIGH = 2, _("High")

    class Direction(models.TextChoices):
        OUTGOING = "outgoing", _("Outgoing")
        INCOMING = "incoming", _("Incoming")

    machine = ACTIVITY_MACHINE

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    state = state_field(ACTIVITY_MACHINE)
    status_reason = reason_field(ACTIVITY_MACHINE)
    subject = models.CharField(_("subject"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    regarding_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    regarding_id = models.BigIntegerField(null=True, blank=True)
    regarding = GenericForeignKey("regarding_type", "regarding_id")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction.choices, default=Direction.OUTGOING, blank=True
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    location = models.CharField(_("place"), max_length=300, blank=True)
    phone_number = models.CharField(_("phone number"), max_length=50, blank=True)
    happened_at = models.DateTimeField(
        _("happened"), null=True, blank=True, help_text=_("Calls and e-mails as recorded.")
    )
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    completed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    canceled_at = models.DateTimeField(_("canceled"), null=True, editable=False)
    pinned_at = models.DateTimeField(_("pinned"), null=True, editable=False)
    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("follows")
    )
    figures = models.JSONField(
        default=dict, editable=False, help_text=_("Close records: actual revenue, competitor, …")
    )

    class Meta(OwnedModel.Meta):
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            *OwnedModel.Meta.constraints,
            ACTIVITY_MACHINE.constraint("activity_state_reason"),
            models.CheckConstraint(
                condition=Q(state="completed", completed_at__isnull=False)
                | (~Q(state="completed") & Q(completed_at__isnull=True)),
                name="activity_completed_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="canceled", canceled_at__isnull=False)
                | (~Q(state="canceled") & Q(canceled_at__isnull=True)),
                name="activity_canceled_has_moment",
            ),
            models.CheckConstraint(condition=~Q(subject=""), name="activity_has_a_subject"),
            models.CheckConstraint(
                condition=Q(regarding_type__isnull=True, regarding_id__isnull=True)
                | Q(regarding_type__isnull=False, regarding_id__isnull=False),
                name="activity_regarding_whole",
            ),
            models.CheckConstraint(
                condition=~Q(kind="appointment") | Q(starts_at__isnull=False, ends_at__gte=F("starts_at")),
                name="appointment_starts_before_it_ends",
            ),
        ]
        indexes = [
            *branch_indexes("act", "-created_at", "due_at"),
            GinIndex(ACTIVITY_WORDS, name="activity_search"),
            tag_index("activity"),
            models.Index(fields=["regarding_type", "regarding_id", "state"], name="activity_regarding_idx"),
        ]

    def __str__(self) -> str:
        return self.subject

    @transition(field="state", source=[ActivityState.OPEN, ActivityState.SCHEDULED], target=ActivityState.OPEN)
    def progress(self, *, reason: str) -> None:
        self.status_reason = ACTIVITY_MACHINE.reason_after("progress", reason)

    @transition(field="state", source=[ActivityState.OPEN, ActivityState.SCHEDULED], target=ActivityState.SCHEDULED)
    def schedule(self, *, reason: str = "") -> None:
        self.status_reason = ACTIVITY_MACHINE.reason_after("schedule", reason)

    @transition(field="state", source=[ActivityState.OPEN, ActivityState.SCHEDULED], target=ActivityState.COMPLETED)
    def complete(self, *, at: dt.datetime, by_id: int | None, reason: str = "") -> None:
        self.status_reason = ACTIVITY_MACHINE.reason_after("complete", reason)
        self.completed_at, self.completed_by_id = at, by_id

    @transition(field="state", source=[ActivityState.OPEN, ActivityState.SCHEDULED], target=ActivityState.CANCELED)
    def cancel(self, *, at: dt.datetime) -> None:
        self.status_reason = ACTIVITY_MACHINE.reason_after("cancel")
        self.canceled_at = at

    @transition(
        field="state",
        source=[ActivityState.COMPLETED, ActivityState.CANCELED],
        target=ActivityState.OPEN,
        conditions=[ACTIVITY_MACHINE.allows("reopen")],
    )
    def reopen(self, *, reason: str = "") -> None:
        self.status_reason = ACTIVITY_MACHINE.reason_after("reopen", reason)
        self.completed_at = self.completed_by_id = self.canceled_at = None

    @transition(
        field="state",
        source=ActivityState.COMPLETED,
        target=ActivityState.CANCELED,
        conditions=[ACTIVITY_MACHINE.allows("retract")],
    )
    def retract(self, *, at: dt.datetime) -> None:
        self.status_reason = ACTIVITY_MACHINE.reason_after("retract")
        self.completed_at = self.completed_by_id = None
        self.canceled_at = at


class ParticipantRole(models.TextChoices):
    FROM = "from", _("From")
    TO = "to", _("To")
    CC = "cc", _("Copy")
    ORGANIZER = "organizer", _("Organizer")
    REQUIRED = "required", _("Required")
    OPTIONAL = "optional", _("Optional")


@tracked
class Participant(Line):
    """Somebody who took part: a user, a record (contact, account, lead), or only an address."""

    Role = ParticipantRole

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="participants")
    role = models.CharField(_("role"), max_length=10, choices=ParticipantRole.choices)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("user"))
    party_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    party_id = models.BigIntegerField(null=True, blank=True)
    party = GenericForeignKey("party_type", "party_id")
    address = models.CharField(_("e-mail or phone"), max_length=254, blank=True)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        indexes = [models.Index(fields=["party_type", "party_id"], name="participant_party_idx")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(party_id__isnull=False) | ~Q(address=""),
                name="participant_is_somebody",
            )
        ]

    def __str__(self) -> str:
        return str(self.user or self.party or self.address)


def hidden_place(_attachment: models.Model, _name: str) -> str:
    """Random and without a suffix: nothing of what the sender wrote reaches the file system."""
    token = secrets.token_hex(16)
    return f"attachments/{token[:2]}/{token}"


@tracked
class Attachment(Line):
    """A file of an activity (usually a note). It lies outside the web root under a random name."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="attachments")
    name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(_("file"), upload_to=hidden_place, max_length=200)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name
