"""Who may take lists along."""

from crm.users import rights
from crm.users.depth import Depth

_EXPORTERS = (rights.SALESPERSON, rights.SALES_MANAGER, rights.MARKETING, rights.FINANCE)


def declare() -> None:
    rights.declare_named("data.export", dict.fromkeys(_EXPORTERS, Depth.ALL))
