"""The tree of business units, teams across it, and sales territories."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked
from crm.users.models.trees import refuse_loop


@tracked
class BusinessUnit(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    parent: Any = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent unit")
    )

    class Meta:
        verbose_name = _("business unit")
        verbose_name_plural = _("business units")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_is_not_its_own_parent"),
        ]

    def clean(self) -> None:
        refuse_loop(self, "parent")

    def __str__(self) -> str:
        return self.name


@tracked
class Team(models.Model):
    """An owner team may own records; a sharing team only receives shares."""

    class Kind(models.TextChoices):
        OWNER = "owner", _("Owner team")
        SHARING = "sharing", _("Sharing team")

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OWNER)
    business_unit = models.ForeignKey(
        BusinessUnit, models.PROTECT, related_name="teams", verbose_name=_("business unit")
    )
    members: Any = models.ManyToManyField(
        "users.User", through="users.TeamMembership", related_name="teams", verbose_name=_("members")
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


@tracked
class TeamMembership(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user: Any = models.ForeignKey("users.User", models.CASCADE, related_name="team_memberships")

    class Meta:
        verbose_name = _("team membership")
        verbose_name_plural = _("team memberships")
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_team_and_user")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


@tracked
class Territory(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    parent: Any = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent territory"),
    )
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ("name",)
        constraints = [models.CheckConstraint(condition=~Q(parent=F("id")), name="territory_is_not_its_own_parent")]

    def clean(self) -> None:
        refuse_loop(self, "parent")

    def __str__(self) -> str:
        return self.name
