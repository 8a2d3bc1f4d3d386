"""Whose records can be connected here: customers, and the people who work for us."""

from crm.customers import connection_history
from crm.customers.connecting import Connectable, by_name, people_by_name, register_connectable
from crm.customers.connection_panel import register_connections_on
from crm.customers.models import Account, Contact
from crm.users.models import User


def register() -> None:
    register_connectable(
        Connectable(model=Contact, find=by_name(Contact), position=10),
        Connectable(model=Account, find=by_name(Account), position=20),
        Connectable(model=User, find=people_by_name(User), position=30),
    )
    register_connections_on(Account, Contact)
    connection_history.register()
