"""Addresses of opportunities."""

from django.urls import path

from crm.core.screens import TransitionView
from sales.actions.opportunities import ASSIGN, CLONE, CREATE_QUOTE, HOLD, LOSE, REOPEN, RESUME, WIN
from sales.views.opportunities import (
    OpportunityDeleteView,
    OpportunityDetailView,
    OpportunityEditView,
    OpportunityListView,
)

urlpatterns = [
    path("opportunities/", OpportunityListView.as_view(), name="opportunity_list"),
    path("opportunities/new/", OpportunityEditView.as_view(), name="opportunity_create"),
    path("opportunities/<int:pk>/", OpportunityDetailView.as_view(), name="opportunity_detail"),
    path("opportunities/<int:pk>/edit/", OpportunityEditView.as_view(), name="opportunity_edit"),
    path("opportunities/<int:pk>/delete/", OpportunityDeleteView.as_view(), name="opportunity_delete"),
    path("opportunities/<int:pk>/win/", TransitionView.as_view(action=WIN), name="opportunity_win"),
    path("opportunities/<int:pk>/lose/", TransitionView.as_view(action=LOSE), name="opportunity_lose"),
    path("opportunities/<int:pk>/reopen/", TransitionView.as_view(action=REOPEN), name="opportunity_reopen"),
    path("opportunities/<int:pk>/hold/", TransitionView.as_view(action=HOLD), name="opportunity_hold"),
    path("opportunities/<int:pk>/resume/", TransitionView.as_view(action=RESUME), name="opportunity_resume"),
    path("opportunities/<int:pk>/clone/", TransitionView.as_view(action=CLONE), name="opportunity_clone"),
    path("opportunities/<int:pk>/assign/", TransitionView.as_view(action=ASSIGN), name="opportunity_assign"),
    path(
        "opportunities/<int:pk>/create-quote/",
        TransitionView.as_view(action=CREATE_QUOTE),
        name="opportunity_create_quote",
    ),
]
