"""What came of a campaign, on its page."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.panels import Panel, register_panels
from crm.core.query.dates import Days
from crm.reports.marketing.campaigns import campaign_performance
from crm.reports.marketing.figures import Scope
from leads.models import Campaign


def results_of(campaign: Campaign, user: Any) -> Mapping[str, Any]:
    """The line of this campaign in the report, of all time."""
    now = timezone.localtime()
    report = campaign_performance(Scope(Days(None, None)), actor=user, now=now, only=campaign)
    return {"figures": list(zip(report.heads, report.lines[0].cells, strict=True)) if report.lines else []}


def register() -> None:
    register_panels(
        Campaign,
        Panel(
            name="results",
            title=_("What came of it"),
            template="reports/panels/results.html",
            context=results_of,
            position=10,
            column="side",
            lazy=True,
        ),
    )
