"""Who has to do with whom: two records of any kind, each with a role towards the other."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import Line, tracked
from crm.users.models import Share


@tracked
class ConnectionRole(models.Model):
    """`reciprocal` is the role of the other record; a role like spouse is its own. Without one the other has none."""

    class Category(models.TextChoices):
        STAKEHOLDER = "stakeholder", _("Stakeholder")
        SALES_TEAM = "sales_team", _("Sales team")
        BUSINESS = "business", _("Business")
        FAMILY = "family", _("Family")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=100, unique=True)
    category = models.CharField(_("category"), max_length=20, choices=Category.choices, default=Category.OTHER)
    reciprocal: Any = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("role of the other record")
    )
    nouns = ArrayField(
        models.CharField(max_length=30),
        verbose_name=_("for"),
        default=list,
        blank=True,
        help_text=_("Nouns such as account, contact, user, with commas between; empty for all."),
    )
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("connection role")
        verbose_name_plural = _("connection roles")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        other = self.reciprocal
        if other is not None and other.pk != self.pk and other.reciprocal_id not in {None, self.pk}:
            sentence = _("“%(other)s” has “%(its)s” for its other side already.")
            raise ValidationError({"reciprocal": sentence % {"other": other, "its": other.reciprocal}})

    def suits(self, model: type[models.Model]) -> bool:
        return not self.nouns or model._meta.model_name in self.nouns


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def of_record(self, record: models.Model) -> "ConnectionQuerySet":
        return self.of(type(record), record.pk)

    def of(self, model: type[models.Model], pk: int) -> "ConnectionQuerySet":
        kind = ContentType.objects.get_for_model(model).pk
        return self.filter(Q(a_type_id=kind, a_id=pk) | Q(b_type_id=kind, b_id=pk))


@tracked
class Connection(Line):
    """One row for both sides. The ends stand in the order of their tables and keys, so that a pair has one spelling.

    It follows the rights of its ends: seen by whoever sees both. `share` is what a role in the sales team gave.
    """

    class Gave(models.TextChoices):
        NOTHING = "", _("nothing")
        SHARE = "share", _("a share")
        CHANGE = "change", _("the right to change")

    a_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    a_id = models.BigIntegerField()
    a_role = models.ForeignKey(
        ConnectionRole, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("role")
    )
    b_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    b_id = models.BigIntegerField()
    b_role = models.ForeignKey(
        ConnectionRole, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("role")
    )
    starts_on = models.DateField(_("since"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True, default="", max_length=2000)
    share = models.ForeignKey(Share, models.SET_NULL, null=True, editable=False, related_name="+")
    gave = models.CharField(max_length=10, blank=True, default="", choices=Gave.choices, editable=False)
    gave_at = models.DateTimeField(null=True, editable=False)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ("id",)
        indexes = [
            models.Index(fields=["a_type", "a_id"], name="connection_from_a"),
            models.Index(fields=["b_type", "b_id"], name="connection_from_b"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(a_type__lt=F("b_type")) | Q(a_type=F("b_type"), a_id__lt=F("b_id")),
                name="connection_in_order_and_not_with_itself",
                violation_error_message=_("A record is not connected with itself. Choose another one."),
            ),
            models.CheckConstraint(
                condition=Q(a_role__isnull=False) | Q(b_role__isnull=False), name="connection_has_a_role"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="connection_ends_after_it_starts",
                violation_error_message=_("It cannot end before it starts."),
            ),
            models.UniqueConstraint(
                fields=["a_type", "a_id", "b_type", "b_id", "a_role", "b_role"],
                nulls_distinct=False,
                name="connection_once",
                violation_error_message=_("They are connected in these roles already."),
            ),
        ]

    def __str__(self) -> str:
        return " – ".join(str(role) for role in (self.a_role, self.b_role) if role)
