"""Tables of the kernel with a person in them."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.core.models import AbstractIdempotencyKey


class IdempotencyKey(AbstractIdempotencyKey):
    class Meta(AbstractIdempotencyKey.Meta):
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")

    def __str__(self) -> str:
        return self.key


class SetupToken(models.Model):
    """The one-time link that makes the first administrator. Only the hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("set-up link")
        verbose_name_plural = _("set-up links")

    def __str__(self) -> str:
        return f"#{self.pk}"
