"""Who may take lists along, and bring files in."""

from crm.users import rights
from crm.users.depth import Depth

_SELLERS = (rights.SALESPERSON, rights.SALES_MANAGER, rights.MARKETING)
_EXPORTERS = (rights.SALESPERSON, rights.SALES_MANAGER, rights.MARKETING, rights.FINANCE)
_IMPORTERS = (rights.SALESPERSON, rights.SALES_MANAGER, rights.MARKETING)


def declare() -> None:
    rights.declare_named("data.find_duplicates", dict.fromkeys(_SELLERS, Depth.ALL))
    rights.declare_named("data.export", dict.fromkeys(_EXPORTERS, Depth.ALL))
    rights.declare_named("data.import", dict.fromkeys(_IMPORTERS, Depth.ALL))
