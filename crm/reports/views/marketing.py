"""The reports on where business comes from."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.reports.forms import LeadsForm, ReportForm
from crm.reports.marketing.campaigns import campaign_performance
from crm.reports.marketing.figures import may_read
from crm.reports.marketing.leads import leads_per_period
from crm.reports.marketing.sources import source_effectiveness
from crm.reports.sheets import Report
from crm.reports.views.base import ReportView
from leads.models import Campaign, Lead


class CampaignPerformanceView(ReportView[ReportForm]):
    title = gettext_lazy("Campaign performance")
    lead = gettext_lazy("What each campaign cost, and what came of it down to the money.")
    model = Campaign
    form_class = ReportForm
    url_name = "reports:campaign_performance"

    def report(self, form: ReportForm, now: dt.datetime) -> Report:
        return campaign_performance(form.scope, actor=self.request.user, now=now)


class SourceEffectivenessView(ReportView[ReportForm]):
    title = gettext_lazy("Lead source effectiveness")
    lead = gettext_lazy("From which sources leads come, and what becomes of them down to the money.")
    model = Lead
    form_class = ReportForm
    url_name = "reports:source_effectiveness"

    def report(self, form: ReportForm, now: dt.datetime) -> Report:
        return source_effectiveness(form.scope, actor=self.request.user, now=now)


class LeadsPerPeriodView(ReportView[LeadsForm]):
    title = gettext_lazy("Leads per period")
    lead = gettext_lazy("Leads by source, campaign, industry, owner or outcome, month by month.")
    model = Lead
    form_class = LeadsForm
    url_name = "reports:leads_per_period"

    def report(self, form: LeadsForm, now: dt.datetime) -> Report:
        return leads_per_period(
            form.scope, by=form.lines_by, step=form.columns_by, outcome=form.state, actor=self.request.user, now=now
        )


REPORTS: tuple[type[ReportView[Any]], ...] = (CampaignPerformanceView, SourceEffectivenessView, LeadsPerPeriodView)


class ReportsView(View):
    """All reports that this person may read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        reports = [
            {"title": view.title, "lead": view.lead, "url": reverse(view.url_name)}
            for view in REPORTS
            if may_read(view.model, request.user)
        ]
        return render(
            request, "reports/reports.html", {"title": _("Reports"), "trail": [(_("Reports"), "")], "reports": reports}
        )
