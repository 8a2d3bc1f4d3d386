"""Units of measure: a group has one base unit, the others are multiples of any unit of the group."""

from decimal import Decimal
from typing import Any

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked
from crm.users.models import OrganisationModel

# The group is locked first, so that two transactions cannot close a loop between them unseen.
_CHAIN = pgtrigger.Trigger(
    name="unit_chain",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("base_unit_id", "group_id"),
    declare=[("strangers", "BIGINT"), ("loops", "BIGINT")],
    func="""
        PERFORM 1 FROM catalog_unitgroup WHERE id = NEW.group_id FOR UPDATE;
        SELECT count(*) INTO strangers FROM catalog_unit other
            WHERE (other.id = NEW.base_unit_id OR other.base_unit_id = NEW.id) AND other.group_id <> NEW.group_id;
        IF strangers > 0 THEN
            RAISE EXCEPTION 'A unit is a multiple of a unit of its own group' USING ERRCODE = '23514';
        END IF;
        WITH RECURSIVE above(id) AS (
            SELECT NEW.base_unit_id WHERE NEW.base_unit_id IS NOT NULL
            UNION SELECT unit.base_unit_id FROM catalog_unit unit JOIN above ON unit.id = above.id
                WHERE unit.base_unit_id IS NOT NULL
        ) SELECT count(*) INTO loops FROM above WHERE id = NEW.id;
        IF loops > 0 THEN
            RAISE EXCEPTION 'A unit cannot be a multiple of itself' USING ERRCODE = '23514';
        END IF;
        RETURN NULL;
    """,
)


@tracked
class UnitGroup(OrganisationModel):
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="")

    class Meta(OrganisationModel.Meta):
        verbose_name = _("unit group")
        verbose_name_plural = _("unit groups")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at__isnull=True),
                name="unit_group_name_once",
                violation_error_message=_("There is a unit group of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Unit(OrganisationModel):
    """`factor` units of `base_unit` make one of this; the base unit of the group has no base and factor 1."""

    group = models.ForeignKey(UnitGroup, models.PROTECT, related_name="units", verbose_name=_("unit group"))
    name = models.CharField(_("name"), max_length=100)
    base_unit: Any = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="multiples",
        verbose_name=_("multiple of"),
        help_text=_("Empty for the base unit of the group."),
    )
    factor = models.DecimalField(
        _("factor"),
        max_digits=20,
        decimal_places=10,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.0000000001"))],
        help_text=_("How many of that unit make one of this."),
    )

    class Meta(OrganisationModel.Meta):
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("group", "name")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "name"],
                condition=Q(deleted_at__isnull=True),
                name="unit_name_once_per_group",
                violation_error_message=_("The group has a unit of this name already."),
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(base_unit__isnull=True, deleted_at__isnull=True),
                name="one_base_unit_per_group",
                violation_error_message=_("This group has a base unit already. Say of which unit this is a multiple."),
            ),
            models.CheckConstraint(
                condition=Q(factor__gt=0),
                name="unit_factor_positive",
                violation_error_message=_("Enter a factor above 0."),
            ),
            models.CheckConstraint(
                condition=Q(base_unit__isnull=False) | Q(factor=1),
                name="base_unit_is_one_of_itself",
                violation_error_message=_("The factor of a base unit is 1."),
            ),
            models.CheckConstraint(
                condition=~Q(base_unit=F("id")),
                name="unit_is_not_its_own_base",
                violation_error_message=_("This unit would be a multiple of itself. Choose another one."),
            ),
        ]
        triggers = [_CHAIN]

    def __str__(self) -> str:
        return self.name
