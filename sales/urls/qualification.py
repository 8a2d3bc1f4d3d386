"""Addresses below leads, accounts and contacts that belong to qualification."""

from django.urls import path

from crm.core.screens import TransitionView
from sales.actions.qualification import ACCOUNT_NEED, CONTACT_NEED
from sales.views.qualification import LeadQualifyView

urlpatterns = [
    path("leads/<int:pk>/qualify/", LeadQualifyView.as_view(), name="lead_qualify"),
    path("accounts/<int:pk>/new-need/", TransitionView.as_view(action=ACCOUNT_NEED), name="account_new_need"),
    path("contacts/<int:pk>/new-need/", TransitionView.as_view(action=CONTACT_NEED), name="contact_new_need"),
]
