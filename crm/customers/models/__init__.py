"""Accounts, contacts, their addresses, and the mixin of whatever has one of them as its customer."""

from crm.customers.models.accounts import Account
from crm.customers.models.addresses import Address
from crm.customers.models.connections import Connection, ConnectionRole
from crm.customers.models.contacts import Contact
from crm.customers.models.parts import CustomerModel

__all__ = ["Account", "Address", "Connection", "ConnectionRole", "Contact", "CustomerModel"]
