"""History for one model whose trigger names need the noun."""

from typing import Any

import pghistory
import pgtrigger
from django.db import models

from crm.core.models import TRACKED, EventBase
from crm.core.models.base import STAMP


def tracked_by_noun[M: models.Model](model: type[M]) -> type[M]:
    """As `crm.core.models.tracked`, with triggers called after the model.

    pgtrigger keeps 20 bits of a hash of model and trigger name in the name of the function, and those of
    `Quote` and `QuoteLine` happen to be equal for the usual names.
    """
    noun = model.__name__.lower()
    pgtrigger.register(STAMP)(model)
    event: Any = pghistory.create_event_model(
        model,
        pghistory.InsertEvent(trigger_name=f"insert_{noun}"),
        pghistory.UpdateEvent(trigger_name=f"update_{noun}"),
        pghistory.DeleteEvent(trigger_name=f"delete_{noun}"),
        model_name=f"{model.__name__}Event",
        base_model=EventBase,
        obj_field=pghistory.ObjForeignKey(related_name="history", db_index=True),
        meta={"verbose_name": f"{model._meta.verbose_name} event"},
        abstract=False,
    )
    bare: Any = model
    bare.history_model = event
    TRACKED.add(model)
    return model
