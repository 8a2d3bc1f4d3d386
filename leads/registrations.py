"""Where leads, campaigns, responses and marketing lists appear, and that leads are imported, compared and merged."""

from django.utils.translation import gettext_lazy as _

from crm.core import actions
from crm.core.context import NavEntry, OwnEntry, register_nav, register_own
from crm.core.search import register_search
from crm.data.importing.registry import register_importer
from leads import (
    campaign_actions,
    campaign_panels,
    duplicates,
    list_actions,
    list_acts,
    list_filters,
    list_panels,
    merging,
    response_actions,
)
from leads.importing import LEADS
from leads.list_importing import LIST_MEMBERS
from leads.search import CAMPAIGNS, LISTS


def register() -> None:
    actions.register(*campaign_actions.MOVES, campaign_actions.ASSIGN)
    actions.register(*response_actions.ACTS)
    campaign_panels.register()
    actions.register(*list_actions.ACTS)
    list_acts.register()
    list_filters.register()
    list_panels.register()
    register_search(CAMPAIGNS)
    register_importer(LEADS)
    register_importer(LIST_MEMBERS)
    duplicates.register()
    merging.register()
    register_search(LISTS)
    _register_navigation()


def _register_navigation() -> None:
    register_own(OwnEntry(_("My days away"), "leads:absences", "calendar-event", "leads.read_lead"))
    register_nav(
        NavEntry(
            _("Leads"),
            "leads:lead_list",
            "target",
            "line",
            "leads.read_lead",
            10,
            new_label=_("Lead"),
            new_url_name="leads:lead_create",
        ),
        NavEntry(_("Lead forms"), "leads:capture_form_list", "forms", "marketing", "leads.read_captureform", 110),
        NavEntry(_("Quarantine"), "leads:quarantine", "shield-lock", "marketing", "leads.read_capturedpost", 111),
        NavEntry(
            _("Campaigns"),
            "leads:campaign_list",
            "speakerphone",
            "marketing",
            "leads.read_campaign",
            96,
            new_label=_("Campaign"),
            new_url_name="leads:campaign_create",
        ),
        NavEntry(
            _("Lists"),
            "leads:marketing_list_list",
            "list-details",
            "marketing",
            "leads.read_marketinglist",
            97,
            new_label=_("Marketing list"),
            new_url_name="leads:marketing_list_create",
        ),
    )
