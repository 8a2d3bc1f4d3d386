"""Fields that administrators add: their definitions, and the column that holds the values."""

import pgtrigger
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.core.models.base import Singleton, tracked

KEY_AT_MOST = 40


class CustomModel(models.Model):
    """Values by key, as JSON: amounts and numbers as text, dates in ISO form, people and records as keys.

    A field without a value has no key. `crm.core.custom` alone reads and writes it.
    """

    custom = models.JSONField(_("custom fields"), default=dict, db_default={}, editable=False)

    class Meta:
        abstract = True


def custom_nouns() -> dict[str, type[CustomModel]]:
    """The tables that may have fields of their own, by label: `leads.lead`."""
    return {model._meta.label_lower: model for model in apps.get_models() if issubclass(model, CustomModel)}


def noun_choices() -> list[tuple[str, str | Promise]]:
    found = [(name, str(model._meta.verbose_name).capitalize()) for name, model in custom_nouns().items()]
    return sorted(found, key=lambda choice: choice[1])


class CustomCatalogue(Singleton):
    """One row whose edition is another one after each change of a definition, whoever makes it.

    The map of the qualification counts as one: whatever a process keeps of it is kept under the edition, too.
    """

    untracked_because = "a mark that something changed; what changed is in the history of the fields"
    edition = models.UUIDField()
    changed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.edition)


def edition_trigger(name: str) -> pgtrigger.Trigger:
    """Statements count, not rows: adding ten choices at once is one change."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            INSERT INTO core_customcatalogue (id, edition) VALUES (1, gen_random_uuid())
            ON CONFLICT (id) DO UPDATE SET edition = EXCLUDED.edition, changed_at = statement_timestamp();
            RETURN NULL;
        """,
    )


class CustomKind(models.TextChoices):
    """What a field may hold; the same words as `crm.core.fields.Kind`."""

    TEXT = "text", _("Text")
    LONG_TEXT = "long_text", _("Long text")
    WHOLE = "whole", _("Whole number")
    DECIMAL = "decimal", _("Decimal number")
    MONEY = "money", _("Amount of money")
    DATE = "date", _("Date")
    TIME = "time", _("Time of day")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("Choice")
    CHOICES = "choices", _("Several choices")
    PERSON = "person", _("Person")
    RECORD = "record", _("Record")


class IndexState(models.TextChoices):
    NONE = "none", _("no index")
    WAITING = "waiting", _("waiting for the index")
    BUILDING = "building", _("index is being built")
    READY = "ready", _("index ready")
    FAILED = "failed", _("index failed")


@pgtrigger.register(edition_trigger("custom_field_version"))
@tracked
class CustomField(models.Model):
    """One added field of one table. The key stands in the stored values and never changes."""

    noun = models.CharField(_("table"), max_length=60)
    key = models.CharField(
        _("key"), max_length=KEY_AT_MOST, editable=False, validators=[RegexValidator(r"^[a-z](_?[a-z0-9])*$")]
    )
    label = models.CharField(_("label"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=CustomKind.choices)
    related = models.CharField(_("records of"), max_length=60, blank=True)
    section = models.CharField(
        _("section"), max_length=100, blank=True, help_text=_("Heading under which it stands in form and details.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    help_text = models.CharField(_("help"), max_length=300, blank=True)
    default = models.CharField(
        _("default"), max_length=500, blank=True, help_text=_("What a new record begins with, as it would be typed.")
    )
    is_required = models.BooleanField(_("required"), default=False, help_text=_("Forms ask for it."))
    is_key_fact = models.BooleanField(_("key fact"), default=False, help_text=_("Also in the card of key facts."))
    is_searchable = models.BooleanField(
        _("searchable"), default=False, help_text=_("An index makes queries for it fast in large tables.")
    )
    readers = ArrayField(models.BigIntegerField(), verbose_name=_("read by"), default=list, blank=True)
    writers = ArrayField(models.BigIntegerField(), verbose_name=_("changed by"), default=list, blank=True)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)
    index_state = models.CharField(
        _("index"), max_length=10, choices=IndexState.choices, default=IndexState.NONE, editable=False
    )
    index_error = models.TextField(_("why the index failed"), blank=True, editable=False)

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        ordering = ("noun", "position", "label")
        constraints = [
            models.UniqueConstraint(fields=["noun", "key"], name="custom_field_key_once"),
            models.CheckConstraint(condition=Q(kind__in=CustomKind.values), name="custom_field_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="record") & ~Q(related="") | ~Q(kind="record") & Q(related=""),
                name="custom_field_record_names_table",
            ),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z](_?[a-z0-9])*$"), name="custom_field_key_is_a_plain_word"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def model(self) -> type[CustomModel]:
        return custom_nouns()[self.noun]


@pgtrigger.register(edition_trigger("custom_choice_version"))
@tracked
class CustomChoice(models.Model):
    """One of the values of a choice. A retired one is kept where it is chosen and offered no more."""

    field = models.ForeignKey(CustomField, models.CASCADE, related_name="choices")
    key = models.CharField(_("key"), max_length=KEY_AT_MOST, editable=False)
    label = models.CharField(_("label"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["field", "key"], name="custom_choice_key_once")]

    def __str__(self) -> str:
        return self.label
