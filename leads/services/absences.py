"""Days on which somebody gets no leads, entered by the person themselves."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.actors import Actor
from crm.core.errors import NotFound
from crm.core.transactions import service
from crm.core.values import save, set_values
from leads.models import Absence

_FIELDS = ("first_on", "last_on", "note")


def absences_ahead(person: Any, today: dt.date) -> "models.QuerySet[Absence]":
    """Those of this person that are not over, the next one first."""
    return Absence.objects.filter(person=person.pk, last_on__gte=today).order_by("first_on", "pk")


def own_absence(person: Any, absence_id: int) -> Absence:
    found = Absence.objects.filter(person=person.pk, pk=absence_id).first()
    if found is None:
        raise NotFound(_("There is no such absence, or it is not yours."))
    return found


@service("absence.added")
def add_absence(*, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Absence:
    """Of the actor; from then on the assignment rules pass them over on these days."""
    absence = Absence(person_id=actor.pk)
    set_values(absence, values, _FIELDS)
    save(absence, fields={"absence_ends_after_start": "last_on"})
    return absence


@service("absence.removed")
def remove_absence(*, absence_id: int, actor: Actor, at: dt.datetime) -> None:
    own_absence(actor, absence_id).delete()
