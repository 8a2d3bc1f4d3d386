"""The moments of the story, written where the database puts the present.

Every event kept the moment of its step (`Story.play`), so records and history can be dated from there.
The triggers that stamp and guard rows sleep meanwhile, else each row would be "changed just now" and frozen
documents would refuse.
"""

import pgtrigger
from django.db import connection, models

from crm.core.history import event_model
from crm.core.models import TRACKED

_EVENTS = """
UPDATE {events} SET pgh_created_at = (pgh_context->>'moment')::timestamptz
WHERE pgh_context ? 'moment'
"""
_RECORDS = """
UPDATE {table} record SET created_at = told.first, updated_at = told.last
FROM (SELECT pgh_obj_id, min(pgh_created_at) AS first, max(pgh_created_at) AS last FROM {events} GROUP BY 1) told
WHERE told.pgh_obj_id = record.{key}
"""


def date_everything() -> None:
    """Date the events and, by them, the records of every table with a history."""
    with pgtrigger.ignore(), connection.cursor() as cursor:
        for model in sorted(TRACKED, key=lambda model: model._meta.db_table):
            names = _names(model)
            cursor.execute(_EVENTS.format(**names))
            if {"created_at", "updated_at"} <= {field.name for field in model._meta.local_fields}:
                cursor.execute(_RECORDS.format(**names))


def _names(model: type[models.Model]) -> dict[str, str]:
    key = model._meta.pk
    return {
        "table": f'"{model._meta.db_table}"',
        "events": f'"{event_model(model)._meta.db_table}"',
        "key": f'"{key.column if key else "id"}"',
    }
