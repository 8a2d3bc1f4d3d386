"""What a new opportunity takes over of another one: its lines and its competitors."""

import datetime as dt

from django.db import models

from sales.models import Opportunity, OpportunityCompetitor, OpportunityLine
from sales.services.documents import recalculate

_OWN = {"id", "document", "opportunity", "created_at", "created_by", "updated_at", "updated_by", "version"}


def copy_lines(source: Opportunity, target: Opportunity, *, at: dt.datetime) -> Opportunity:
    """The lines as they are; prices of the list are found anew, typed ones stay. Raises Invalid."""
    lines = source.lines.order_by("position", "pk")
    OpportunityLine.objects.bulk_create(OpportunityLine(document=target, **_columns(line)) for line in lines)
    return recalculate(target, at=at)


def copy_competitors(source: Opportunity, target: Opportunity) -> None:
    rows = OpportunityCompetitor.objects.filter(opportunity=source).order_by("pk")
    OpportunityCompetitor.objects.bulk_create(
        OpportunityCompetitor(opportunity=target, **_columns(row)) for row in rows
    )


def _columns(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in _OWN}
