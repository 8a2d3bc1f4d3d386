"""What activities add to the records below them: timelines of customers, and links that follow an owner."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from activities.links import register_rollup, relink, write_links
from activities.models import Activity, TimelineLink
from activities.panels import register_timeline
from activities.regarding import Ref, referred
from crm.customers.models import Account, Contact
from crm.customers.services.contacts import company_changed
from crm.users.models import Team, User
from crm.users.services.ownership import assigned, owner_moved


def register() -> None:
    register_timeline(Account)
    register_timeline(Contact, "full_name")
    register_rollup(Contact, company)
    assigned.register(follow_owner)
    owner_moved.register(follow_unit)
    company_changed.register(relink)


def company(contact: Contact) -> Iterable[models.Model | Ref | None]:
    return [referred(contact, "account")]


def follow_owner(record: Any) -> None:
    """Links repeat the owner of their activity."""
    if isinstance(record, Activity):
        write_links(record)


def follow_unit(owner: User | Team) -> None:
    """An owner has moved to another business unit with everything that is theirs."""
    whose = {"owner_team": owner} if isinstance(owner, Team) else {"owner": owner}
    TimelineLink.objects.filter(**whose).update(owning_unit_id=owner.business_unit_id)
