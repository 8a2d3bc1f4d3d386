"""The rights of the catalogue. Everybody reads it; managers keep it, marketing describes, finance knows taxes."""

from crm.users import rights
from crm.users.depth import Depth

_KEEP = ("create", "write", "delete")
_READERS = (rights.SALESPERSON, rights.SALES_MANAGER, rights.MARKETING, rights.FINANCE, rights.READ_ONLY)

_KEEPERS = {
    "product": ((rights.SALES_MANAGER, rights.MARKETING), ("create", "write")),
    "pricelist": ((rights.SALES_MANAGER,), (*_KEEP, "activate", "deactivate")),
    "discountlist": ((rights.SALES_MANAGER,), _KEEP),
    "unitgroup": ((rights.SALES_MANAGER,), _KEEP),
    "unit": ((rights.SALES_MANAGER,), _KEEP),
    "taxrate": ((rights.FINANCE,), _KEEP),
    "competitor": ((rights.SALES_MANAGER, rights.MARKETING), _KEEP),
}
_MANAGED = ("delete", "publish", "revise", "revert", "retire", "reactivate")


def declare() -> None:
    for model, (keepers, actions) in _KEEPERS.items():
        rights.declare(f"catalog.{model}", ["read"], dict.fromkeys(_READERS, Depth.ALL))
        rights.declare(f"catalog.{model}", actions, dict.fromkeys(keepers, Depth.ALL))
    rights.declare("catalog.product", _MANAGED, {rights.SALES_MANAGER: Depth.ALL})
