"""Tags: short words of the organisation that stand on records of any table."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models.base import tracked


@tracked
class Tag(models.Model):
    """`key` is the folded name, by which a tag is typed in any case and accent."""

    class Tone(models.TextChoices):
        PLAIN = "plain", _("Plain")
        ACCENT = "accent", _("Blue")
        GREEN = "green", _("Green")
        AMBER = "amber", _("Amber")
        RED = "red", _("Red")

    name = models.CharField(_("name"), max_length=40)
    key = models.CharField(max_length=80, unique=True, editable=False)
    tone = models.CharField(_("colour"), max_length=10, choices=Tone.choices, default=Tone.PLAIN)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name


class TaggedModel(models.Model):
    """A record with tags: their keys in rising order, each once. `crm.core.tags` alone writes them."""

    tags: "ArrayField[Any, Any]" = ArrayField(
        models.BigIntegerField(), verbose_name=_("tags"), default=list, db_default=[], editable=False
    )

    class Meta:
        abstract = True


#: What an index of tags leaves out, and what a question about tags must say too for it to be used.
UNTAGGED = Q(tags=[])


def tag_index(prefix: str) -> GinIndex:
    """`prefix` is that of the table's other indexes ("lead")."""
    return GinIndex(fields=["tags"], name=f"{prefix}_tags", condition=~UNTAGGED)
