"""What is done with leads and the forms that bring them, and where it appears: acts, panels, triage, scores."""

from django.utils.translation import gettext_lazy as _

from crm.core import actions, foundations
from crm.core.panels import register_panels
from crm.core.screens.lists.entries import ListEntry, register_list_entries
from leads import form_panels
from leads.actions import ASSIGN, ASSIGN_BY_RULES, CONTACT, DISQUALIFY, REOPEN
from leads.models import CaptureForm, Lead
from leads.panels import DECISIONS, POSTS, SCORE
from leads.tasks import lay_schedules


def register() -> None:
    actions.register(CONTACT, DISQUALIFY, REOPEN, ASSIGN, ASSIGN_BY_RULES)
    register_panels(Lead, POSTS, DECISIONS, SCORE)
    register_panels(CaptureForm, *form_panels.PANELS)
    foundations.register(lay_schedules)
    register_list_entries(ListEntry(_("Triage new leads"), "leads:lead_triage", "leads.read_lead", _lists_leads))


def _lists_leads(address: str) -> bool:
    return address.partition("?")[0] == "/leads/"
