"""Tables of the kernel with a person in them."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.core.models import AbstractIdempotencyKey
from crm.users.models.user import User


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


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in. `device` is what it called itself when they signed in; `seen_at` is
    true to some minutes."""

    untracked_because = "comes and goes with a browser"

    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions", verbose_name=_("person"))
    device = models.CharField(_("device"), max_length=300, blank=True)
    seen_at = models.DateTimeField(_("last seen"), db_default=Now())

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore
