"""Leads, the forms that bring them, the raw posts, and campaigns."""

from leads.models.campaigns import Campaign
from leads.models.capture import CapturedPost, CaptureForm, Touch
from leads.models.lead import Lead

__all__ = ["Campaign", "CaptureForm", "CapturedPost", "Lead", "Touch"]
