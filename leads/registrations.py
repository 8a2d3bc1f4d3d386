"""Where campaigns appear, and that leads are imported, compared and merged."""

from django.utils.translation import gettext_lazy as _

from crm.core import actions
from crm.core.context import NavEntry, register_nav
from crm.core.search import register_search
from crm.data.importing.registry import register_importer
from leads import campaign_actions, duplicates, merging
from leads.importing import LEADS
from leads.search import CAMPAIGNS


def register() -> None:
    actions.register(*campaign_actions.MOVES, campaign_actions.ASSIGN)
    register_search(CAMPAIGNS)
    register_importer(LEADS)
    duplicates.register()
    merging.register()
    register_nav(
        NavEntry(
            _("Campaigns"),
            "leads:campaign_list",
            "speakerphone",
            "marketing",
            "leads.read_campaign",
            96,
            new_label=_("Campaign"),
            new_url_name="leads:campaign_create",
        )
    )
