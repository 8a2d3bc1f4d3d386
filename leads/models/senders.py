"""Whom the quarantine knows: what people decided about senders, and domains of addresses that last an hour."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.models import Line, tracked


@tracked
class KnownSender(Line):
    """One address, domain or network address, and what is known of it. The value is folded as posts are compared."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail address")
        DOMAIN = "domain", _("Domain of addresses")
        ADDRESS = "address", _("Network address")

    class Standing(models.TextChoices):
        GOOD = "good", _("Good: its posts are let in")
        BAD = "bad", _("Bad: its posts wait")
        DISPOSABLE = "disposable", _("Gives out addresses that nobody keeps")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    value = models.CharField(_("value"), max_length=254)
    standing = models.CharField(_("standing"), max_length=12, choices=Standing.choices)

    class Meta:
        verbose_name = _("known sender")
        verbose_name_plural = _("known senders")
        ordering = ("value", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["value", "kind"],
                name="known_sender_once",
                violation_error_message=_("This sender is known already. Change that entry."),
            )
        ]

    def __str__(self) -> str:
        return self.value
