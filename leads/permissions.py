"""The rights of leads and of the forms that bring them."""

from crm.users import rights
from crm.users.depth import Depth

_ACTIONS = ("create", "write", "delete", "assign", "share", "qualify", "disqualify", "reopen")


def declare() -> None:
    worked = {
        rights.SALESPERSON: Depth.OWN,
        rights.SALES_MANAGER: Depth.UNIT_AND_BELOW,
        rights.MARKETING: Depth.ALL,
    }
    rights.declare("leads.lead", ["read"], {**worked, rights.READ_ONLY: Depth.ALL})
    rights.declare("leads.lead", _ACTIONS, worked)
    rights.declare("leads.captureform", ["read", "create", "write", "delete"], {rights.MARKETING: Depth.ALL})
