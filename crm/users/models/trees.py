"""Records that name a parent of their own kind."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def refuse_loop(record: models.Model, field: str) -> None:
    """`ValidationError` at `field` when following it upwards leads back to the record."""
    above: Any = getattr(record, field)
    seen = {record.pk} if record.pk else set()
    while above is not None:
        if above.pk in seen:
            raise ValidationError({field: _("This would go round in a circle.")})
        seen.add(above.pk)
        above = getattr(above, field)
