"""Leads, the forms that bring them, and the raw posts."""

from leads.models.capture import CapturedPost, CaptureForm, Touch
from leads.models.lead import Lead

__all__ = ["CaptureForm", "CapturedPost", "Lead", "Touch"]
