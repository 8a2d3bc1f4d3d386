"""The rights of leads and of the forms that bring them."""

from crm.users import rights
from crm.users.depth import Depth

_ACTIONS = ("create", "write", "delete", "assign", "share", "merge", "qualify", "disqualify", "reopen")


def declare() -> None:
    worked = {
        rights.SALESPERSON: Depth.OWN,
        rights.SALES_MANAGER: Depth.UNIT_AND_BELOW,
        rights.MARKETING: Depth.ALL,
    }
    rights.declare("leads.lead", ["read"], {**worked, rights.READ_ONLY: Depth.ALL})
    rights.declare("leads.lead", _ACTIONS, worked)
    rights.declare("leads.captureform", ["read", "create", "write", "delete"], {rights.MARKETING: Depth.ALL})
    rights.declare("leads.capturedpost", ["read", "decide"], {rights.MARKETING: Depth.ALL})
    _declare_marketing()


def _declare_marketing() -> None:
    """Everybody who sells chooses a campaign for what comes from it; marketing runs them all."""
    seen = dict.fromkeys(
        (rights.SALESPERSON, rights.SALES_MANAGER, rights.MARKETING, rights.FINANCE, rights.READ_ONLY), Depth.ALL
    )
    run = {
        rights.SALESPERSON: Depth.OWN,
        rights.SALES_MANAGER: Depth.UNIT_AND_BELOW,
        rights.MARKETING: Depth.ALL,
    }
    rights.declare("leads.campaign", ["read"], seen)
    rights.declare("leads.campaign", ("create", "write", "delete", "assign", "share"), run)
    rights.declare("leads.marketinglist", ["read"], {**run, rights.READ_ONLY: Depth.ALL})
    rights.declare("leads.marketinglist", ("create", "write", "delete", "assign", "share"), run)
    rights.declare("leads.campaignresponse", ["read"], {**run, rights.READ_ONLY: Depth.ALL})
    rights.declare("leads.campaignresponse", ("create", "write", "delete", "assign", "share"), run)
