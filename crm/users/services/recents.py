"""What a person opened last: kept by one statement of each page, read by the palette."""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from crm.core.recents import Pair, Recents, register_recents
from crm.users.models import Recent

SHOWN, KEPT = 12, 40
# What goes is what was the oldest before this record came; rows that another page is changing stay until next time.
_NOTE = """
WITH "old" AS (
    DELETE FROM users_recent WHERE id IN (
        SELECT id FROM users_recent WHERE person_id = %(person)s
        ORDER BY opened_at DESC OFFSET %(kept)s FOR UPDATE SKIP LOCKED
    ) AND NOT (content_type_id = %(type)s AND object_id = %(pk)s)
)
INSERT INTO users_recent (person_id, content_type_id, object_id) VALUES (%(person)s, %(type)s, %(pk)s)
ON CONFLICT (person_id, content_type_id, object_id) DO UPDATE SET opened_at = now()
"""


def note(actor: Any, model: type[models.Model], pk: int) -> None:
    """Not a record of the business: no history and no right, since the page that was opened has asked for both."""
    if getattr(actor, "actor_kind", "") != "user" or actor.pk is None:
        return
    kind = ContentType.objects.get_for_model(model).pk
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"person": actor.pk, "type": kind, "pk": pk, "kept": KEPT - 1})


def last(actor: Any) -> Sequence[Pair]:
    """At most `SHOWN`, newest first; whether they can still be seen is asked by whoever shows them."""
    rows = Recent.objects.filter(person_id=actor.pk).order_by("-opened_at").values_list("content_type", "object_id")
    found = [(ContentType.objects.get_for_id(kind).model_class(), pk) for kind, pk in rows[:SHOWN]]
    return [(model, pk) for model, pk in found if model is not None]


def register() -> None:
    register_recents(Recents(note, last))
