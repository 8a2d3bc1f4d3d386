"""Opportunities and qualification: rights, timelines and undo."""

from collections.abc import Iterable

from django.db import models

from activities.links import register_rollup
from crm.users import rights
from crm.users.depth import Depth
from leads.models import Lead
from leads.services.leads import reopening
from sales.models import QualificationResult
from sales.services.qualification_undo import undo_qualification

_WORK = ("create", "write", "delete", "assign", "share", "win", "lose", "reopen")
_SELLERS = {rights.SALESPERSON: Depth.OWN, rights.SALES_MANAGER: Depth.UNIT_AND_BELOW}
_READERS = {rights.MARKETING: Depth.ALL, rights.FINANCE: Depth.ALL, rights.READ_ONLY: Depth.ALL}


def register() -> None:
    rights.declare("sales.opportunity", ["read"], {**_READERS, **_SELLERS})
    rights.declare("sales.opportunity", _WORK, _SELLERS)
    register_rollup(Lead, records_of)
    reopening.register(undo_qualification)


def records_of(lead: Lead) -> Iterable[models.Model | None]:
    """What the lead became: its activities, later ones too, stand on the timelines of these records."""
    results = QualificationResult.objects.filter(
        qualification__lead=lead, qualification__undone_at__isnull=True
    ).select_related("account", "contact", "opportunity")
    return [result.record for result in results]
