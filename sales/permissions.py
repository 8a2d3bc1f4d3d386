"""The rights of quotes, orders and invoices. Payments and lines follow their document."""

from collections.abc import Iterable, Mapping

from crm.users import rights
from crm.users.depth import Depth

_WORK = ("create", "write", "delete", "assign", "share")
_QUOTE = ("activate", "revise", "close", "create_order")
_ORDER = ("fulfill", "cancel", "create_invoice")
_INVOICE = ("issue", "cancel", "pay")

_SELLERS = {rights.SALESPERSON: Depth.OWN, rights.SALES_MANAGER: Depth.UNIT_AND_BELOW}
_READERS = {rights.MARKETING: Depth.ALL, rights.FINANCE: Depth.ALL, rights.READ_ONLY: Depth.ALL}
_FINANCE = {rights.FINANCE: Depth.ALL}


def declare() -> None:
    _declare("sales.quote", (*_WORK, *_QUOTE), _SELLERS)
    _declare("sales.order", (*_WORK, *_ORDER), _SELLERS)
    rights.declare("sales.order", ["create_invoice"], _SELLERS | _FINANCE)
    _declare("sales.invoice", (*_WORK, *_INVOICE), _SELLERS | _FINANCE)
    rights.declare("sales.invoice", ["reverse_payment"], {rights.SALES_MANAGER: Depth.UNIT_AND_BELOW, **_FINANCE})
    rights.declare_named("sales.override_price", dict.fromkeys((*_SELLERS, rights.FINANCE), Depth.ALL))
    rights.declare_named("sales.return_lines", dict.fromkeys((rights.SALES_MANAGER, rights.FINANCE), Depth.ALL))


def _declare(table: str, actions: Iterable[str], workers: Mapping[str, Depth]) -> None:
    rights.declare(table, ["read"], {**_READERS, **workers})
    rights.declare(table, actions, workers)
