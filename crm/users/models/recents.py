"""What a person opened last, for the palette."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.users.models.user import User


class Recent(models.Model):
    """A record that somebody opened. The table is unlogged: it is written with each page, and a crash may empty it."""

    untracked_because = "where somebody has been; the last of it is kept and nothing else"

    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", db_index=False)
    object_id = models.BigIntegerField()
    opened_at = models.DateTimeField(_("opened"), db_default=Now())

    class Meta:
        verbose_name = _("opened record")
        verbose_name_plural = _("opened records")
        constraints = [models.UniqueConstraint(fields=["person", "content_type", "object_id"], name="recent_once")]
        indexes = [models.Index(fields=["person", "-opened_at"], name="recent_newest")]

    def __str__(self) -> str:
        return f"#{self.pk}"
