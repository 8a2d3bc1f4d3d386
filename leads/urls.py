from django.urls import path

from crm.core.screens import TransitionView
from leads.actions import ASSIGN, ASSIGN_BY_RULES, CONTACT, DISQUALIFY, REOPEN
from leads.campaign_urls import campaign_patterns
from leads.views.absences import AbsenceDeleteView, AbsencesView
from leads.views.capture import capture
from leads.views.forms import (
    CaptureFormDeleteView,
    CaptureFormDetailView,
    CaptureFormEditView,
    CaptureFormListView,
    FieldDeleteView,
    FieldEditView,
    MappingDeleteView,
    MappingEditView,
)
from leads.views.hosted import HostedFormView, HostedThanksView
from leads.views.leads import LeadDeleteView, LeadDetailView, LeadEditView, LeadListView
from leads.views.quarantine import DecideView, PostPeekView, PostView, QuarantineView
from leads.views.triage import LeadTriageView

app_name = "leads"
urlpatterns = [
    path("leads/", LeadListView.as_view(), name="lead_list"),
    path("leads/new/", LeadEditView.as_view(), name="lead_create"),
    path("leads/triage/", LeadTriageView.as_view(), name="lead_triage"),
    path("leads/<int:pk>/", LeadDetailView.as_view(), name="lead_detail"),
    path("leads/<int:pk>/edit/", LeadEditView.as_view(), name="lead_edit"),
    path("leads/<int:pk>/delete/", LeadDeleteView.as_view(), name="lead_delete"),
    path("leads/<int:pk>/contact/", TransitionView.as_view(action=CONTACT), name="lead_contact"),
    path("leads/<int:pk>/disqualify/", TransitionView.as_view(action=DISQUALIFY), name="lead_disqualify"),
    path("leads/<int:pk>/reopen/", TransitionView.as_view(action=REOPEN), name="lead_reopen"),
    path("leads/<int:pk>/assign/", TransitionView.as_view(action=ASSIGN), name="lead_assign"),
    path(
        "leads/<int:pk>/assign-by-rules/",
        TransitionView.as_view(action=ASSIGN_BY_RULES),
        name="lead_assign_by_rules",
    ),
    *campaign_patterns,
    path("lead-forms/", CaptureFormListView.as_view(), name="capture_form_list"),
    path("lead-forms/new/", CaptureFormEditView.as_view(), name="capture_form_create"),
    path("lead-forms/<int:pk>/", CaptureFormDetailView.as_view(), name="capture_form_detail"),
    path("lead-forms/<int:pk>/edit/", CaptureFormEditView.as_view(), name="capture_form_edit"),
    path("lead-forms/<int:pk>/delete/", CaptureFormDeleteView.as_view(), name="capture_form_delete"),
    path("lead-forms/<int:pk>/fields/new/", FieldEditView.as_view(), name="form_field_create"),
    path("lead-forms/<int:pk>/fields/<int:part_id>/edit/", FieldEditView.as_view(), name="form_field_edit"),
    path("lead-forms/<int:pk>/fields/<int:part_id>/delete/", FieldDeleteView.as_view(), name="form_field_delete"),
    path("lead-forms/<int:pk>/mappings/new/", MappingEditView.as_view(), name="field_mapping_create"),
    path("lead-forms/<int:pk>/mappings/<int:part_id>/edit/", MappingEditView.as_view(), name="field_mapping_edit"),
    path(
        "lead-forms/<int:pk>/mappings/<int:part_id>/delete/", MappingDeleteView.as_view(), name="field_mapping_delete"
    ),
    path("settings/absences/", AbsencesView.as_view(), name="absences"),
    path("settings/absences/<int:pk>/delete/", AbsenceDeleteView.as_view(), name="absence_delete"),
    path("quarantine/", QuarantineView.as_view(), name="quarantine"),
    path("quarantine/posts/", DecideView.as_view(), name="quarantine_decide"),
    path("quarantine/posts/<int:pk>/", PostView.as_view(), name="quarantine_post"),
    path("quarantine/posts/<int:pk>/peek/", PostPeekView.as_view(), name="quarantine_peek"),
    path("capture/", capture, name="capture_open"),
    path("capture/<str:form_key>/", capture, name="capture"),
    # Without the slash at the end a post would be redirected, and lost; odd keys get the answer of any unknown one.
    path("capture/<path:form_key>", capture),
    path("f/<str:form_key>/", HostedFormView.as_view(), name="hosted_form"),
    path("f/<str:form_key>/thanks/", HostedThanksView.as_view(), name="hosted_thanks"),
    # Where the forms of other systems post: their own paths behind our host, with the key where they have theirs.
    path(
        "submissions/v3/integration/submit/<str:portal>/<str:form_key>", capture, {"manner": "hubspot v3"}, "hubspot_v3"
    ),
    path(
        "submissions/v3/integration/secure/submit/<str:portal>/<str:form_key>",
        capture,
        {"manner": "hubspot v3"},
        "hubspot_secure",
    ),
    path("uploads/form/v2/<str:portal>/<str:form_key>", capture, {"manner": "hubspot v2"}, "hubspot_v2"),
    path("crm/WebToLeadForm", capture, name="zoho"),
    path("modules/Webforms/capture.php", capture, name="vtiger"),
    path("index.php", capture, name="suitecrm"),
    path("api/v1/LeadCapture/<str:form_key>", capture, {"manner": "espocrm"}, "espocrm"),
    path("api/data/v9.2/leads", capture, {"manner": "dataverse"}, "dataverse"),
    path("servlet/servlet.WebToLead", capture, name="web_to_lead"),
    path("servlet/servlet.WebToLead/", capture),
]
