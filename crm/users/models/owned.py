"""The abstract models of every business table: with an owner, or belonging to the organisation."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import Record
from crm.users.access import OrganisationQuerySet, OwnedQuerySet
from crm.users.models.organisation_units import BusinessUnit, Team
from crm.users.models.user import User


class LiveManager[M: models.Model](models.Manager[M]):
    """The default manager: without what lies in the bin."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(deleted_at__isnull=True)


LiveOwnedManager = LiveManager.from_queryset(OwnedQuerySet)
LiveOrganisationManager = LiveManager.from_queryset(OrganisationQuerySet)
OwnedManager = models.Manager.from_queryset(OwnedQuerySet)
OrganisationManager = models.Manager.from_queryset(OrganisationQuerySet)


class OwnedModel(Record):
    """Owned by a user or by a team; the owning business unit is the owner's, kept beside for the indexes.

    `default_owner` and `assign` in `crm.users.services.ownership` set the three together.
    """

    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"), db_index=False
    )
    owner_team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owning team"),
        db_index=False,
    )
    owning_unit = models.ForeignKey(
        BusinessUnit,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("owning unit"),
        db_index=False,
    )

    objects = LiveOwnedManager()
    with_bin = OwnedManager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True, owner_team__isnull=False)
                | Q(owner__isnull=False, owner_team__isnull=True),
                name="%(app_label)s_%(class)s_one_owner",
            )
        ]

    @property
    def owner_name(self) -> str:
        return str(self.owner or self.owner_team)


class OrganisationModel(Record):
    """Catalogue records: everybody with the privilege sees all of them."""

    objects = LiveOrganisationManager()
    with_bin = OrganisationManager()

    class Meta:
        abstract = True


def branch_indexes(prefix: str, *fields: str) -> list[models.Index]:
    """For each sort field the three indexes that answer the branches own, team and unit, plus the one for all.

    `prefix` keeps index names short and unique ("lead"); `fields` are sort fields with their direction
    ("-created_at", "sort_key"). NULLs sort last, as `keyset_page` reads them.
    """
    indexes = []
    for number, name in enumerate(fields):
        column = name.lstrip("-")
        order = (
            models.F(column).desc(nulls_last=True) if name.startswith("-") else models.F(column).asc(nulls_last=True)
        )
        key = models.F("id").desc() if name.startswith("-") else models.F("id").asc()
        for suffix, first in (("o", "owner"), ("t", "owner_team"), ("u", "owning_unit"), ("a", "")):
            condition = Q(deleted_at__isnull=True)
            if suffix == "t":
                condition &= Q(owner_team__isnull=False)
            expressions = ([models.F(first)] if first else []) + [order, key]
            indexes.append(models.Index(*expressions, name=f"{prefix}_{suffix}{number}", condition=condition))
    return indexes
