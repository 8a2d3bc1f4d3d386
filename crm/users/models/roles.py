"""Roles: privileges with a depth. They add up; nothing denies."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked
from crm.users.depth import Depth


@tracked
class Role(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


@tracked
class RolePrivilege(models.Model):
    """`permission` is `app.verb_model` ("leads.qualify_lead") or a named one ("sales.override_price")."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="privileges")
    permission = models.CharField(_("permission"), max_length=100)
    depth = models.PositiveSmallIntegerField(_("depth"), choices=Depth.choices)

    class Meta:
        verbose_name = _("privilege")
        verbose_name_plural = _("privileges")
        ordering = ("permission",)
        constraints = [
            models.UniqueConstraint(fields=["role", "permission"], name="one_depth_per_role_and_permission"),
            models.CheckConstraint(condition=Q(depth__in=Depth.values), name="privilege_depth_known"),
        ]

    def __str__(self) -> str:
        return f"{self.permission}: {Depth(self.depth).label}"
