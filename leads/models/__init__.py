"""Leads, the forms that bring them, the raw posts, what is known of their senders, and campaigns."""

from leads.models.assignment import Absence, AssignmentDecision, AssignmentRule, AssignmentTurn, WorkingHours
from leads.models.campaigns import Campaign, CampaignCost
from leads.models.capture import CaptureForm, FieldMapping, FormField
from leads.models.distribution import CampaignActivity, Distribution, DistributionRow
from leads.models.lead import Lead
from leads.models.lists import ListMember, MarketingList
from leads.models.posts import CapturedPost, Touch
from leads.models.responses import CampaignResponse
from leads.models.scoring import ScoreModel, ScoreRule
from leads.models.senders import KnownSender

__all__ = [
    "Absence",
    "AssignmentDecision",
    "AssignmentRule",
    "AssignmentTurn",
    "Campaign",
    "CampaignActivity",
    "CampaignCost",
    "CampaignResponse",
    "CaptureForm",
    "CapturedPost",
    "Distribution",
    "DistributionRow",
    "FieldMapping",
    "FormField",
    "KnownSender",
    "Lead",
    "ListMember",
    "MarketingList",
    "ScoreModel",
    "ScoreRule",
    "Touch",
    "WorkingHours",
]
