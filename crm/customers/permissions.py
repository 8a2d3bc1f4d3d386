"""The rights of accounts and contacts."""

from crm.users import rights
from crm.users.depth import Depth

_ACTIONS = ("create", "write", "delete", "assign", "share", "merge", "deactivate", "activate")


def declare() -> None:
    for table in ("customers.account", "customers.contact"):
        rights.declare(
            table,
            ["read"],
            {
                rights.SALESPERSON: Depth.OWN,
                rights.SALES_MANAGER: Depth.UNIT_AND_BELOW,
                rights.MARKETING: Depth.ALL,
                rights.FINANCE: Depth.ALL,
                rights.READ_ONLY: Depth.ALL,
            },
        )
        rights.declare(table, _ACTIONS, {rights.SALESPERSON: Depth.OWN, rights.SALES_MANAGER: Depth.UNIT_AND_BELOW})
        rights.declare(
            table,
            ["write"],
            {
                rights.SALESPERSON: Depth.OWN,
                rights.SALES_MANAGER: Depth.UNIT_AND_BELOW,
                rights.MARKETING: Depth.OWN,
                rights.FINANCE: Depth.ALL,
            },
        )
        rights.declare(
            table,
            ["create"],
            {
                rights.SALESPERSON: Depth.OWN,
                rights.SALES_MANAGER: Depth.UNIT_AND_BELOW,
                rights.MARKETING: Depth.OWN,
            },
        )
