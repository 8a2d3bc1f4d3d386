"""Who did what, written by the database into an event of every row that it touches.

`action()` is a stack: an inner action names the rows written inside it, and on leaving the outer one
speaks again. pghistory puts the top of the stack into each statement, and each event keeps its own copy.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from crm.core.actors import Actor


@contextmanager
def action(name: str, *, actor: Actor | None = None, request_id: str = "", about: str = "") -> Iterator[None]:
    """Everything written inside is recorded under `name` ("quote.activated").

    `about` names the one record for whose sake others are written too. Without an actor, request id or `about`
    those of the outer action stay.
    """
    changes: dict[str, object] = {"action": name}
    if actor is not None:
        changes |= {"user": actor.pk, "actor_kind": actor.actor_kind, "actor": str(actor)}
    if request_id:
        changes["request"] = request_id
    if about:
        changes["about"] = about
    with pghistory.context() as context:
        outer = dict(context.metadata)
        context.metadata.update(changes)
        try:
            yield
        finally:
            context.metadata.clear()
            context.metadata.update(outer)


def current() -> dict[str, object]:
    """The top of the stack; empty outside of every action."""
    with pghistory.context() as context:
        return dict(context.metadata)


def announce_to_database() -> None:
    """Tell the current transaction its action for statements that pghistory does not see (COPY)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(uuid.uuid4()), json.dumps(current(), cls=DjangoJSONEncoder)],
        )


def events_of(record: models.Model) -> "models.QuerySet[models.Model]":
    """The record's history events, newest first."""
    events: models.QuerySet[models.Model] = event_model(type(record))._default_manager.filter(pgh_obj_id=record.pk)
    return events.order_by("-pgh_id")


def event_model(model: type[models.Model]) -> type[models.Model]:
    """The event table that `crm.core.models.tracked` made for this model."""
    event: type[models.Model] = getattr(model, "history_model")  # noqa: B009 - set by `tracked`
    return event
