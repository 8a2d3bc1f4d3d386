"""What activities add to the records below them: timelines of customers, and links that follow an owner."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from activities.links import register_rollup, write_links
from activities.models import Activity
from activities.panels import register_timeline
from crm.customers.models import Account, Contact
from crm.users.services.ownership import assigned


def register() -> None:
    register_timeline(Account)
    register_timeline(Contact)
    register_rollup(Contact, company)
    assigned.register(follow_owner)


def company(contact: Contact) -> Iterable[models.Model | None]:
    return (contact.account,)


def follow_owner(record: Any) -> None:
    """Links repeat the owner of their activity."""
    if isinstance(record, Activity):
        write_links(record)
