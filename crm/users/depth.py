"""The depths of a privilege."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Depth(models.IntegerChoices):
    """How far a privilege reaches. The numbers are ordered, so the widest of several roles is their maximum."""

    NONE = 0, _("None")
    OWN = 10, _("Own")
    UNIT = 20, _("Business unit")
    UNIT_AND_BELOW = 30, _("Unit and below")
    ALL = 40, _("All")
