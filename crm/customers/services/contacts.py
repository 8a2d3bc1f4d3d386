"""Contacts and their life."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.core.access import WRITE, check_create, lock_for
from crm.core.actors import Actor
from crm.core.custom.writing import set_custom
from crm.core.errors import Invalid, Refusal
from crm.core.reactions import Reaction
from crm.core.transactions import service
from crm.core.values import change_locked, refuse_closed, save, set_values
from crm.customers.models import Contact
from crm.customers.services.fields import PREFERENCE_FIELDS, TERMS_FIELDS
from crm.data.duplicates import refuse_duplicates, refuse_return
from crm.users.models import Team, User
from crm.users.services.ownership import owner_fields

CONTACT_FIELDS = (
    "salutation",
    "first_name",
    "middle_name",
    "last_name",
    "account",
    "job_title",
    "department",
    "role",
    "reports_to",
    "email",
    "email2",
    "phone",
    "mobile",
    "fax",
    "website",
    "born_on",
    "description",
    *TERMS_FIELDS,
    *PREFERENCE_FIELDS,
)
company_changed = Reaction[[Contact]]("contact.company_changed")
"""Runs when a contact moves to another account, so that what rolls up to the account follows."""

_FIELDS = {"contact_has_a_name": "last_name", "contact_does_not_report_to_itself": "reports_to"}


@service("contact.created")
def create_contact(*, values: Mapping[str, Any], owner: User | Team, actor: Actor, at: dt.datetime) -> Contact:
    """A person with at least a name or an e-mail address to be called by."""
    check_create(actor, Contact)
    contact = Contact(**owner_fields(owner))
    _set_and_save(contact, values, actor)
    return contact


@service("contact.changed")
def update_contact(*, contact_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> Contact:
    """An inactive contact is read-only."""
    contact = lock_for(Contact, contact_id, actor, WRITE)
    refuse_closed(contact, ("inactive",))
    company = contact.account_id
    _set_and_save(contact, values, actor)
    if contact.account_id != company:
        company_changed.run(contact)
    return contact


SETTLED_CONTACT_FIELDS = frozenset({"first_name", "middle_name", "last_name", "email", "email2", "phone", "mobile"})
"""Columns from which others of the same contact follow, and nothing beside it."""


@service("contact.changed")
def update_contacts(
    *, records: Sequence[Contact], values: Mapping[int, Mapping[str, Any]], actor: Actor, at: dt.datetime
) -> Mapping[int, Refusal]:
    """As `update_contact` for `SETTLED_CONTACT_FIELDS` of many that the caller has locked and the actor may change."""

    def change(contact: Contact, new: Mapping[str, Any]) -> None:
        refuse_closed(contact, ("inactive",))
        _set(contact, new, actor)

    return change_locked(records, values, change)


def _set_and_save(contact: Contact, values: Mapping[str, Any], actor: Actor) -> None:
    _set(contact, values, actor)
    save(contact, fields=_FIELDS)


def _set(contact: Contact, values: Mapping[str, Any], actor: Actor) -> None:
    set_values(contact, values, CONTACT_FIELDS)
    set_custom(contact, values, actor)
    if "reports_to" in values:
        _refuse_circle(contact)
    contact.set_keys()
    if not contact.full_name:
        raise Invalid(_("Enter a first name, a last name or an e-mail address."), field="last_name")
    refuse_duplicates(contact, changed=values, actor=actor)


def _refuse_circle(contact: Contact) -> None:
    above = contact.reports_to_id if contact.pk else None
    while above is not None:
        if above == contact.pk:
            raise Invalid(_("This person would report to themselves. Choose somebody else."), field="reports_to")
        above = Contact.objects.filter(pk=above).values_list("reports_to", flat=True).first()


@service("contact.deactivated")
def deactivate_contact(*, contact_id: int, actor: Actor, at: dt.datetime) -> Contact:
    """The contact takes part in nothing new; what exists stays as it is."""
    contact = lock_for(Contact, contact_id, actor, "deactivate")
    contact.deactivate()
    contact.save()
    return contact


@service("contact.activated")
def activate_contact(*, contact_id: int, actor: Actor, at: dt.datetime) -> Contact:
    contact = lock_for(Contact, contact_id, actor, "activate")
    contact.activate()
    refuse_return(contact, actor=actor)
    contact.save()
    return contact
