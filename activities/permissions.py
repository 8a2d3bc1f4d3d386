"""The rights of activities. They are read by the whole unit, so that everybody sees what was agreed with a customer."""

from crm.users import rights
from crm.users.depth import Depth

_ACTIONS = ("create", "write", "delete", "assign", "share")


def declare() -> None:
    rights.declare(
        "activities.activity",
        ["read"],
        {
            rights.SALESPERSON: Depth.UNIT,
            rights.SALES_MANAGER: Depth.UNIT_AND_BELOW,
            rights.MARKETING: Depth.ALL,
            rights.FINANCE: Depth.ALL,
            rights.READ_ONLY: Depth.ALL,
        },
    )
    rights.declare(
        "activities.activity",
        _ACTIONS,
        {
            rights.SALESPERSON: Depth.OWN,
            rights.SALES_MANAGER: Depth.UNIT_AND_BELOW,
            rights.MARKETING: Depth.OWN,
            rights.FINANCE: Depth.OWN,
        },
    )
