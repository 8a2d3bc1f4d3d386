"""Opportunities and documents can be connected like customers."""

from crm.customers.connecting import Connectable, by_name, register_connectable
from crm.customers.connection_panel import register_connections_on
from sales.models import Invoice, Opportunity, Order, Quote

_TABLES = (Opportunity, Quote, Order, Invoice)


def register() -> None:
    for place, model in enumerate(_TABLES):
        register_connectable(Connectable(model=model, find=by_name(model), position=50 + place))
    register_connections_on(*_TABLES)
