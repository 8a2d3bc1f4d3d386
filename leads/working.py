"""Where the work on new leads appears: triage, assignment by rules, scores."""

from django.utils.translation import gettext_lazy as _

from crm.core import actions, foundations
from crm.core.panels import register_panels
from crm.core.screens.lists.entries import ListEntry, register_list_entries
from leads.actions import ASSIGN_BY_RULES
from leads.models import Lead
from leads.panels import DECISIONS, SCORE
from leads.tasks import lay_schedules


def register() -> None:
    actions.register(ASSIGN_BY_RULES)
    register_panels(Lead, DECISIONS, SCORE)
    foundations.register(lay_schedules)
    register_list_entries(ListEntry(_("Triage new leads"), "leads:lead_triage", "leads.read_lead", _lists_leads))


def _lists_leads(address: str) -> bool:
    return address.partition("?")[0] == "/leads/"
