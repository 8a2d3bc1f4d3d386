"""Abstract models that every business table stands on, and `tracked`, which arms a concrete one."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pghistory.models import Event

from crm.core.states import StateModel


def stamp_trigger(noun: str, computed: Sequence[str] = ()) -> pgtrigger.Trigger:
    """Stamps set by the database, so that bulk updates, COPY and the admin are stamped too.

    The acting user is the one of the current history action. What the product computes by itself into `computed`
    columns is nobody's change: it makes no open form stale.
    """
    stamping = """
            acting := (NULLIF(current_setting('pghistory.context_metadata', TRUE), '')::jsonb->>'user')::bigint;
            IF TG_OP = 'INSERT' THEN
                NEW.version := 1;
                NEW.created_by_id := COALESCE(NEW.created_by_id, acting);
                NEW.updated_by_id := COALESCE(NEW.updated_by_id, NEW.created_by_id);
                NEW.created_at := COALESCE(NEW.created_at, statement_timestamp());
                NEW.updated_at := COALESCE(NEW.updated_at, NEW.created_at);
            ELSIF NEW IS DISTINCT FROM OLD THEN
                NEW.version := OLD.version + 1;
                NEW.updated_at := statement_timestamp();
                NEW.updated_by_id := COALESCE(acting, NEW.updated_by_id);
            END IF;
            RETURN NEW;
        """
    declared = [("acting", "BIGINT")]
    if computed:
        declared.append(("changed", "RECORD"))
        kept = "".join(f"\n                changed.{column} := OLD.{column};" for column in computed)
        ignoring = f"""
            IF TG_OP = 'UPDATE' THEN
                changed := NEW;{kept}
            END IF;"""
        stamping = ignoring + stamping.replace("ELSIF NEW IS DISTINCT", "ELSIF changed IS DISTINCT")
    return pgtrigger.Trigger(
        name=f"{noun}_stamp",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=declared,
        func=stamping,
    )


class BinQuerySet[M: models.Model](models.QuerySet[M]):
    """Records that are not in the bin are `live`; the default manager gives only those."""

    def live(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def binned(self) -> Self:
        return self.filter(deleted_at__isnull=False)


class Record(models.Model):
    """Stamps, version and bin date. The stamps are written by a trigger; see `stamp_trigger`."""

    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    updated_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )
    version = models.PositiveIntegerField(db_default=1, editable=False)
    deleted_at = models.DateTimeField(_("in the bin since"), null=True, editable=False)

    class Meta:
        abstract = True


class Line(models.Model):
    """A row that belongs to one record alone and is stamped but never owned (document lines, addresses)."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    version = models.PositiveIntegerField(db_default=1, editable=False)

    class Meta:
        abstract = True


class EventBase(Event):
    """History events have bigint keys and an index that answers "what happened to this record"."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


TRACKED: set[type[models.Model]] = set()
"""Every model that `tracked` armed; a start-up check compares it with the business tables."""


def tracked[M: models.Model](model: type[M]) -> type[M]:
    """Arm a concrete business model: stamp trigger, state trigger, and an event table of all its changes.

    A model names in `unrecorded` the columns that history must not keep, such as passwords, and in `computed` those
    that the product works out by itself.
    """
    # Triggers carry the noun in their names: of a table and a name, pgtrigger keeps only 20 bits of a hash.
    noun = model.__name__.lower()
    if "version" in {field.name for field in model._meta.local_fields}:
        pgtrigger.register(stamp_trigger(noun, getattr(model, "computed", ())))(model)
    if issubclass(model, StateModel):
        pgtrigger.register(model.machine.trigger(f"{noun}_state_moves"))(model)
    event: Any = pghistory.create_event_model(
        model,
        pghistory.InsertEvent(trigger_name=f"{noun}_insert"),
        pghistory.UpdateEvent(trigger_name=f"{noun}_update"),
        pghistory.DeleteEvent(trigger_name=f"{noun}_delete"),
        exclude=list(getattr(model, "unrecorded", ())),
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


class Singleton(models.Model):
    """A table with exactly one row, key 1."""

    KEY: ClassVar[int] = 1
    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def load(cls) -> Self:
        """The one row; made with its defaults when it is missing."""
        row: Any = cls._default_manager.get_or_create(pk=cls.KEY)[0]
        return row  # type: ignore[no-any-return]  # the manager of an abstract class has no type of its own
