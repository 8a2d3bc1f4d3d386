"""Accounts and contacts from files, with one address each."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.bulk import update_rows
from crm.core.errors import Invalid
from crm.core.fields import Kind
from crm.core.folding import company_key
from crm.core.inserting import insert_records
from crm.customers import keys
from crm.customers.models import Account, Address, Contact
from crm.customers.services.accounts import ACCOUNT_FIELDS, create_account, update_account
from crm.customers.services.contacts import CONTACT_FIELDS, update_contact
from crm.data.importing.building import CREATED, FULL_NAME, built, split_name
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.lookups import Lookups
from crm.data.importing.registry import Importer, Key, Same, Values, register_importer
from crm.data.importing.targets import Target, column_target
from crm.users.models import User

_PLACE = ("street", "city", "state_or_province", "postal_code", "country")
#: The account above may stand further down in the same file, so it is looked for when the rows are there.
PARENT = Target(name="parent_name", label=gettext_lazy("parent account"), kind=Kind.TEXT, most=200)
#: With what Salesforce calls the types of its accounts.
TYPE = column_target(
    Account,
    "type",
    synonyms={
        "customerdirect": "customer",
        "customerchannel": "customer",
        "channelpartnerreseller": "reseller",
        "installationpartner": "partner",
        "technologypartner": "partner",
    },
)


PHONES = dict.fromkeys(("phone", "phone2", "mobile"), keys.phone_key)
"""What takes longest of a customer or a lead."""


def register() -> None:
    register_importer(ACCOUNTS)
    register_importer(CONTACTS)


def _places() -> tuple[Target, ...]:
    return tuple(column_target(Address, name, attribute="") for name in _PLACE)


def _build_account(draft: Draft, work: Work) -> Account:
    account = built(Account, draft, work, **work.owner_fields(draft))
    if not account.name:
        raise Invalid(_("Enter a name."), field="name")
    account.set_keys()
    return account


def _after_accounts(drafts: Sequence[Draft], work: Work) -> Sequence[models.Model]:
    _insert_addresses(drafts, "account")
    _set_parents(drafts, work)
    return ()


def _set_parents(drafts: Sequence[Draft], work: Work) -> None:
    asked = [(draft, draft.values[PARENT.name]) for draft in drafts if draft.values.get(PARENT.name)]
    known = Lookups(work.actor).find(Account, {text for _draft, text in asked})
    rows: dict[int, Sequence[Any]] = {}
    for draft, text in asked:
        found = known[text] - {draft.record.pk}
        if len(found) == 1:
            rows[draft.record.pk] = [next(iter(found))]
            draft.version = 2
        else:
            draft.notes.append(_("There is no parent account “%(text)s”, so none was set.") % {"text": text[:60]})
    update_rows(Account, ["parent"], rows)


def _insert_addresses(drafts: Sequence[Draft], customer: str) -> None:
    """The first address of a customer is the one for bills and deliveries."""
    found = []
    for draft in drafts:
        place = {name: draft.values[name] for name in _PLACE if draft.values.get(name)}
        if place:
            owner = {f"{customer}_id": draft.record.pk}
            found.append(Address(**owner, **place, is_default_bill_to=True, is_default_ship_to=True))
    insert_records(found)


def _update_account(pk: int, values: Values, actor: User, at: dt.datetime) -> Account:
    return update_account(account_id=pk, values=values, actor=actor, at=at)


def make_account(name: str, work: Work) -> Account:
    """An account of which nothing is known but its name."""
    return create_account(values={"name": name[:200]}, owner=work.owner, actor=work.actor, at=work.at)


ACCOUNTS = Importer(
    model=Account,
    columns=tuple(name for name in ACCOUNT_FIELDS if name not in {"parent", "primary_contact", "type"}),
    targets=(PARENT, TYPE, *_places(), CREATED),
    build=_build_account,
    after=_after_accounts,
    update=_update_account,
    keys=(Key("number", "number"), Key("email", "email_key", str.lower), Key("name", "name")),
    same=(
        Same(("company_key",), gettext_lazy("Same company name")),
        Same(("email_key",), gettext_lazy("Same e-mail address")),
    ),
    parts=("addresses",),
    keyed={**PHONES, "name": company_key, "email": keys.email_key, "website": keys.website_domain},
    names={
        "external_id": "accountid companyid id",
        "name": "name account accountname company companyname organization organizationname firma unternehmen",
        "number": "accountnumber customernumber kundennummer",
        "parent_name": "parent parentaccount parentid parentaccountid parentcompany subsidiaryof",
        "type": "type accounttype companytype relationshiptype",
        "country": "country countryregion billingcountry address1country officelocation land",
        "created_at": "createdate createddate createdon createdtime",
    },
)


def _tidy_contact(draft: Draft, _work: Work) -> None:
    split_name(draft)


def _build_contact(draft: Draft, work: Work) -> Contact:
    contact = built(Contact, draft, work, **work.owner_fields(draft))
    contact.set_keys()
    if not contact.full_name:
        raise Invalid(_("Enter a first name, a last name or an e-mail address."), field="last_name")
    return contact


def _after_contacts(drafts: Sequence[Draft], _work: Work) -> Sequence[models.Model]:
    _insert_addresses(drafts, "contact")
    return ()


def _update_contact(pk: int, values: Values, actor: User, at: dt.datetime) -> Contact:
    return update_contact(contact_id=pk, values=values, actor=actor, at=at)


CONTACTS = Importer(
    model=Contact,
    columns=tuple(name for name in CONTACT_FIELDS if name != "reports_to"),
    targets=(FULL_NAME, *_places(), CREATED),
    tidy=_tidy_contact,
    build=_build_contact,
    after=_after_contacts,
    update=_update_contact,
    keys=(Key("email", "email_key", str.lower),),
    same=(
        Same(("email_key",), gettext_lazy("Same e-mail address")),
        Same(("name_key", "account_id"), gettext_lazy("Same name at the same account")),
    ),
    parts=("addresses",),
    keyed={**PHONES, "email": keys.email_key},
    make={"account": make_account},
    names={
        "external_id": "contactid id",
        "account": "account accountid accountname company companyname organization organizationname organization1name"
        " associatedcompany associatedcompanyid firma",
        "created_at": "createdate createddate createdon createdtime",
    },
)
