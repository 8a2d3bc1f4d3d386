"""What the product tells one person: a message, where it leads, and which kinds they do not want."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.users.models.user import User


class NotificationKind(models.TextChoices):
    ASSIGNED = "assigned", _("A record is assigned to me")
    SHARED = "shared", _("A record is shared with me")
    JOB = "job", _("Work in the background has ended")
    MENTION = "mention", _("Somebody mentions me")
    TOUCH = "touch", _("Somebody of my leads writes again")


class Notification(models.Model):
    """`text` is translated when it is read, and filled with `words`: see `crm.users.notices`.

    The record is kept by its key alone, so that its name is read with the rights of the moment. A table without a
    key stands for several records of it.
    """

    untracked_because = "a message to one person, thrown away after some weeks"

    person = models.ForeignKey(User, models.CASCADE, related_name="notifications", db_index=False)
    kind = models.CharField(_("kind"), max_length=20, choices=NotificationKind.choices)
    text = models.CharField(_("text"), max_length=500)
    words = models.JSONField(_("words"), default=dict, blank=True)
    content_type = models.ForeignKey(ContentType, models.CASCADE, null=True, related_name="+", db_index=False)
    object_id = models.BigIntegerField(null=True)
    url = models.CharField(_("address"), max_length=1000, blank=True)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["person", "-id"], name="notification_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["person", "-id"], name="notification_read", condition=Q(read_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(object_id__isnull=True) | Q(content_type__isnull=False),
                name="notification_record_has_table",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class MutedKind(models.Model):
    """A kind of notification that this person does not want."""

    untracked_because = "a personal setting"

    person = models.ForeignKey(User, models.CASCADE, related_name="muted_kinds", db_index=False)
    kind = models.CharField(_("kind"), max_length=20, choices=NotificationKind.choices)

    class Meta:
        verbose_name = _("unwanted kind of notification")
        verbose_name_plural = _("unwanted kinds of notifications")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="kind_muted_once_per_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"
