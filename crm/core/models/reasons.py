"""Status reasons that administrators added to the states which allow it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.models.base import tracked


@tracked
class StatusReason(models.Model):
    noun = models.SlugField(_("noun"), max_length=40)
    state = models.CharField(_("state"), max_length=20)
    key = models.SlugField(_("key"), max_length=40)
    label = models.CharField(_("label"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("status reason")
        verbose_name_plural = _("status reasons")
        ordering = ("noun", "state", "position", "label")
        constraints = [models.UniqueConstraint(fields=["noun", "key"], name="status_reason_once_per_noun")]

    def __str__(self) -> str:
        return self.label
