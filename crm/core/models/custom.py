"""The column that holds the values of fields which administrators added."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomModel(models.Model):
    """Values by key, as JSON: amounts and numbers as text, dates in ISO form, people and records as keys.

    A field without a value has no key. `crm.core.custom` alone reads and writes it.
    """

    custom = models.JSONField(_("custom fields"), default=dict, db_default={}, editable=False)

    class Meta:
        abstract = True
