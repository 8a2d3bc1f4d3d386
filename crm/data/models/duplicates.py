"""What counts as the same record: rules that administrators write, each of one or more criteria."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked
from crm.core.models.custom import IndexState


@tracked
class DuplicateRule(models.Model):
    """A record of `noun` is compared with those of `against`; it matches where all criteria hold.

    Nouns are labels of tables (`leads.lead`). What forbids is about one table, in which it makes a key unique.
    """

    class Mode(models.TextChoices):
        WARN = "warn", _("Warn")
        FORBID = "forbid", _("Forbid")

    name = models.CharField(_("name"), max_length=100, unique=True)
    noun = models.CharField(_("table"), max_length=60)
    against = models.CharField(_("compared with"), max_length=60)
    mode = models.CharField(_("then"), max_length=10, choices=Mode.choices, default=Mode.WARN)
    is_active = models.BooleanField(_("active"), default=True)
    is_exact = models.BooleanField(
        _("proposes"),
        default=False,
        help_text=_("Strong enough that a match is proposed at qualification; a person still confirms it."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("The strongest rule first; its matches stand on top.")
    )

    class Meta:
        verbose_name = _("duplicate rule")
        verbose_name_plural = _("duplicate rules")
        ordering = ("noun", "against", "position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(mode="forbid") | Q(noun=F("against")),
                name="duplicate_rule_forbids_in_one_table",
                violation_error_message=_(
                    "A rule forbids only within one table. Choose the same table twice, or warn."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CriterionKind(models.TextChoices):
    EMAIL = "email", _("Same e-mail address")
    PHONE = "phone", _("Same phone number")
    WEBSITE = "website", _("Same website")
    DOMAIN = "domain", _("Website or e-mail of the same domain")
    NAME = "name", _("Same name")
    SIMILAR = "similar", _("Nearly the same name")
    EXACT = "exact", _("Same content of a field")
    BEGINS = "begins", _("Same beginning of a field")


OF_A_FIELD = (CriterionKind.EXACT, CriterionKind.BEGINS)


@tracked
class DuplicateCriterion(models.Model):
    """One comparison. Those of a field get an index of their own in the background; until then the rule rests."""

    rule: Any = models.ForeignKey(DuplicateRule, models.CASCADE, related_name="criteria")
    kind = models.CharField(_("compared is"), max_length=10, choices=CriterionKind.choices)
    field = models.CharField(_("field"), max_length=60, blank=True, default="")
    length = models.PositiveSmallIntegerField(
        _("characters"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    index_state = models.CharField(
        _("index"), max_length=10, choices=IndexState.choices, default=IndexState.NONE, editable=False
    )
    index_error = models.TextField(_("why the index failed"), blank=True, editable=False)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OF_A_FIELD) & ~Q(field="") | ~Q(kind__in=OF_A_FIELD) & Q(field=""),
                name="duplicate_criterion_names_its_field",
                violation_error_message=_("Choose a field where the content of a field is compared, and only there."),
            ),
            models.CheckConstraint(
                condition=Q(kind="begins", length__isnull=False) | ~Q(kind="begins") & Q(length__isnull=True),
                name="duplicate_criterion_says_how_much",
                violation_error_message=_("Enter how many characters where a beginning is compared, and only there."),
            ),
        ]

    def __str__(self) -> str:
        return str(CriterionKind(self.kind).label)

    def clean(self) -> None:
        super().clean()
        if self.kind == CriterionKind.BEGINS and self.length is None:
            raise ValidationError({"length": _("Enter how many characters are compared.")})

    @property
    def needs_index(self) -> bool:
        return self.kind in OF_A_FIELD
