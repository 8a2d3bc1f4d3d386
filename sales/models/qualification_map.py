"""Which field of a lead fills which field of what it becomes, as far as administrators chose otherwise."""

from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.models import Line, Singleton, edition_trigger, tracked


@pgtrigger.register(edition_trigger("qualificationmap_version"))
@tracked
class QualificationMap(Line, Singleton):
    """`choices` by kind and target: `{"account": {"industry": "custom_sector", "fax": ""}}`; "" fills it with nothing.

    What is not in it is as shipped, so that fields which come later carry over by themselves. Added fields stand under
    the names of their form fields.
    """

    choices: "models.JSONField[Any]" = models.JSONField(_("choices"), default=dict)

    class Meta:
        verbose_name = _("qualification map")
        verbose_name_plural = _("qualification map")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
