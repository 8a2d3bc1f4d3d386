"""Addresses below leads, responses, accounts and contacts that lead to an opportunity, and its map."""

from django.urls import path

from crm.core.screens import TransitionView
from sales.actions.qualification import ACCOUNT_NEED, CONTACT_NEED
from sales.actions.responses import MAKE_OPPORTUNITY
from sales.views.qualification import LeadQualifyView
from sales.views.qualification_map import QualificationMapResetView, QualificationMapView

urlpatterns = [
    path("leads/<int:pk>/qualify/", LeadQualifyView.as_view(), name="lead_qualify"),
    path("accounts/<int:pk>/new-need/", TransitionView.as_view(action=ACCOUNT_NEED), name="account_new_need"),
    path("contacts/<int:pk>/new-need/", TransitionView.as_view(action=CONTACT_NEED), name="contact_new_need"),
    path(
        "campaign-responses/<int:pk>/make-opportunity/",
        TransitionView.as_view(action=MAKE_OPPORTUNITY),
        name="campaign_response_make_opportunity",
    ),
    path("qualification-map/", QualificationMapView.as_view(), name="qualification_map"),
    path("qualification-map/reset/", QualificationMapResetView.as_view(), name="qualification_map_reset"),
]
