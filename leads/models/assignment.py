"""Who gets which lead: ordered rules, hours and absences of people, and why each lead went where it did."""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import tracked
from crm.users.models import Team, User

LONGEST_TARGET = 60 * 24 * 90


def _weekdays() -> list[int]:
    return [0, 1, 2, 3, 4]


@tracked
class AssignmentRule(models.Model):
    """The first active rule whose query finds a lead, and that has somebody for it, takes it."""

    class Way(models.TextChoices):
        PERSON = "person", _("To one person")
        QUEUE = "queue", _("To a team, whose members pick")
        TURN = "turn", _("To the members of a team in turn")
        LOAD = "load", _("To the member of a team who has the least")

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100, help_text=_("The lowest is asked first."))
    query = models.TextField(
        _("which leads"),
        max_length=2000,
        blank=True,
        help_text=_("A query as in the box above the list: country:Germany source:web. Empty: every lead."),
    )
    way = models.CharField(_("how"), max_length=10, choices=Way.choices, default=Way.TURN)
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person"))
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    capacity = models.PositiveIntegerField(
        _("most open leads of a person"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Whoever has as many gets no further one. Empty: any number."),
    )
    respects_hours = models.BooleanField(
        _("only to people at work"),
        default=True,
        help_text=_("Where none of them is at work now, to any who is not absent."),
    )
    target_minutes = models.PositiveIntegerField(
        _("minutes to the first touch"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_TARGET)],
        help_text=_("Counted in working hours; the clock of the lead turns red afterwards."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(way="person", person__isnull=False, team__isnull=True)
                | (~Q(way="person") & Q(person__isnull=True, team__isnull=False)),
                name="assignment_rule_has_its_receiver",
                violation_error_message=_("Choose a person for “to one person”, else a team; not both."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class AssignmentTurn(models.Model):
    """Whose turn it was last under a rule. Locked while leads are dealt out, so that two at once never deal alike."""

    untracked_because = "a counter; every decision is kept"

    rule = models.OneToOneField(AssignmentRule, models.CASCADE, related_name="turn")
    last_person = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return str(self.rule)


@tracked
class WorkingHours(models.Model):
    """When somebody works, in their own time zone. The row without a person is for everybody who has none."""

    person: Any = models.OneToOneField(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="working_hours",
        verbose_name=_("person"),
        help_text=_("Empty: everybody who has no hours of their own."),
    )
    days: Any = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)]),
        default=_weekdays,
        verbose_name=_("days"),
        help_text=_("0 is Monday, 6 is Sunday; set apart by commas."),
    )
    starts_at = models.TimeField(_("from"), default=dt.time(9))
    ends_at = models.TimeField(_("until"), default=dt.time(17))
    capacity = models.PositiveIntegerField(
        _("most open leads"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Before that of a rule."),
    )

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ("person",)
        constraints = [
            models.UniqueConstraint(fields=["person"], name="working_hours_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="working_hours_end_after_start",
                violation_error_message=_("The hours end before they begin."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or _("Everybody else"))


@tracked
class Absence(models.Model):
    """Days on which somebody gets no leads, the last one included."""

    person: Any = models.ForeignKey(User, models.CASCADE, related_name="absences", verbose_name=_("person"))
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("-first_on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_on__lte=F("last_on")),
                name="absence_ends_after_start",
                violation_error_message=_("The absence ends before it begins."),
            )
        ]
        indexes = [models.Index(fields=["person", "last_on"], name="absence_of_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.first_on} – {self.last_on}"


class AssignmentDecision(models.Model):
    """Where the rules sent a lead. `steps` says why, as pairs of a sentence and its words, rule by rule."""

    untracked_because = "written once, as a log"

    lead: Any = models.ForeignKey("leads.Lead", models.CASCADE, related_name="assignment_decisions")
    rule = models.ForeignKey(
        AssignmentRule, models.SET_NULL, null=True, related_name="+", verbose_name=_("assignment rule")
    )
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("owner"))
    owner_team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+", verbose_name=_("team"))
    steps = models.JSONField(default=list)
    at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("assignment decision")
        verbose_name_plural = _("assignment decisions")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.lead} → {self.owner or self.owner_team or '–'}"
