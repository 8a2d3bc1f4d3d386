"""Addresses of campaigns, of responses to them, and of marketing lists."""

from django.urls import path

from crm.core.screens import TransitionView
from leads.campaign_actions import ASSIGN, MOVES
from leads.list_actions import ACTS as LIST_ACTS
from leads.response_actions import ACTS as RESPONSE_ACTS
from leads.views.campaigns import (
    CampaignDeleteView,
    CampaignDetailView,
    CampaignEditView,
    CampaignListView,
    CostDeleteView,
    CostEditView,
)
from leads.views.distribution import (
    DistributeView,
    StepDeleteView,
    StepDetailView,
    StepEditView,
    UndoDistributionView,
)
from leads.views.lists import (
    MarketingListDeleteView,
    MarketingListDetailView,
    MarketingListEditView,
    MarketingListListView,
)
from leads.views.responses import ResponseDeleteView, ResponseDetailView, ResponseEditView, ResponseListView

campaign_patterns = [
    path("campaigns/", CampaignListView.as_view(), name="campaign_list"),
    path("campaigns/new/", CampaignEditView.as_view(), name="campaign_create"),
    path("campaigns/<int:pk>/", CampaignDetailView.as_view(), name="campaign_detail"),
    path("campaigns/<int:pk>/edit/", CampaignEditView.as_view(), name="campaign_edit"),
    path("campaigns/<int:pk>/delete/", CampaignDeleteView.as_view(), name="campaign_delete"),
    path("campaigns/<int:pk>/costs/new/", CostEditView.as_view(), name="campaign_cost_create"),
    path("campaigns/<int:pk>/costs/<int:part_id>/edit/", CostEditView.as_view(), name="campaign_cost_edit"),
    path("campaigns/<int:pk>/costs/<int:part_id>/delete/", CostDeleteView.as_view(), name="campaign_cost_delete"),
    path("campaigns/<int:pk>/activities/new/", StepEditView.as_view(), name="campaign_activity_create"),
    path("campaigns/<int:pk>/activities/<int:part_id>/", StepDetailView.as_view(), name="campaign_activity_progress"),
    path("campaigns/<int:pk>/activities/<int:part_id>/edit/", StepEditView.as_view(), name="campaign_activity_edit"),
    path(
        "campaigns/<int:pk>/activities/<int:part_id>/delete/", StepDeleteView.as_view(), name="campaign_activity_delete"
    ),
    path(
        "campaigns/<int:pk>/activities/<int:part_id>/distribute/",
        DistributeView.as_view(),
        name="campaign_activity_distribute",
    ),
    path(
        "campaigns/<int:pk>/activities/<int:part_id>/undo/",
        UndoDistributionView.as_view(),
        name="campaign_activity_undo",
    ),
    path("campaign-responses/", ResponseListView.as_view(), name="campaign_response_list"),
    path("campaign-responses/new/", ResponseEditView.as_view(), name="campaign_response_create"),
    path("campaign-responses/<int:pk>/", ResponseDetailView.as_view(), name="campaign_response_detail"),
    path("campaign-responses/<int:pk>/edit/", ResponseEditView.as_view(), name="campaign_response_edit"),
    path("campaign-responses/<int:pk>/delete/", ResponseDeleteView.as_view(), name="campaign_response_delete"),
    path("marketing-lists/", MarketingListListView.as_view(), name="marketing_list_list"),
    path("marketing-lists/new/", MarketingListEditView.as_view(), name="marketing_list_create"),
    path("marketing-lists/<int:pk>/", MarketingListDetailView.as_view(), name="marketing_list_detail"),
    path("marketing-lists/<int:pk>/edit/", MarketingListEditView.as_view(), name="marketing_list_edit"),
    path("marketing-lists/<int:pk>/delete/", MarketingListDeleteView.as_view(), name="marketing_list_delete"),
    *(
        path(
            f"marketing-lists/<int:pk>/{act.name}/",
            TransitionView.as_view(action=act),
            name=act.url_name.partition(":")[2],
        )
        for act in LIST_ACTS
    ),
    *(
        path(f"campaigns/<int:pk>/{act.name}/", TransitionView.as_view(action=act), name=f"campaign_{act.name}")
        for act in (*MOVES, ASSIGN)
    ),
    *(
        path(
            f"campaign-responses/<int:pk>/{act.name}/",
            TransitionView.as_view(action=act),
            name=act.url_name.partition(":")[2],
        )
        for act in RESPONSE_ACTS
    ),
]
