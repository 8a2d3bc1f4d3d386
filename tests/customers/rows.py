"""What the tests of customers compare and write."""

import datetime as dt
from typing import Any

from django.db import models

AT = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)


def row(record: models.Model) -> dict[str, Any]:
    """All columns as they are stored now, version and stamps included."""
    stored: dict[str, Any] = type(record)._base_manager.filter(pk=record.pk).values().get()
    return stored
