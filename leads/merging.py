"""How leads are merged."""

from django.utils.translation import gettext as _

from crm.data.merge.registry import MergeNoun, register_key, register_merge
from leads.models import CampaignResponse, Lead
from leads.services.leads import CLOSED
from leads.values import ATTRIBUTION, CONSENT, settle


def _obstacle(lead: Lead) -> str:
    if lead.state not in CLOSED:
        return ""
    return _("This lead is %(state)s. Reopen it before it is merged.") % {"state": lead.state_label.lower()}


def register() -> None:
    # Where the master came from and what it consented to stays; what it does not know it takes over whole.
    register_merge(MergeNoun(model=Lead, settle=settle, obstacle=_obstacle, carried=(ATTRIBUTION, CONSENT)))
    register_key(CampaignResponse, "result_type", "result_id")
