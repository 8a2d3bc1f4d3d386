from django.urls import path

from crm.reports.views.marketing import (
    CampaignPerformanceView,
    LeadsPerPeriodView,
    ReportsView,
    SourceEffectivenessView,
)

app_name = "reports"
urlpatterns = [
    path("reports/", ReportsView.as_view(), name="reports"),
    path("reports/campaign-performance/", CampaignPerformanceView.as_view(), name="campaign_performance"),
    path("reports/lead-sources/", SourceEffectivenessView.as_view(), name="source_effectiveness"),
    path("reports/leads/", LeadsPerPeriodView.as_view(), name="leads_per_period"),
]
