"""What accounts and contacts are compared by, and the rules with which an installation begins."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.core.folding import company_key
from crm.customers import keys
from crm.customers.models import Account, Contact
from crm.data.duplicates import DuplicateNoun, Identity, Probe, register_noun
from crm.data.duplicates.defaults import ShippedRule, ship
from crm.data.duplicates.nouns import Values
from crm.data.duplicates.panels import register_duplicates_on
from crm.data.duplicates.warning import warn_on
from crm.data.models import CriterionKind

_Kind = CriterionKind


def filled(key: Callable[[str], str], values: Values, *names: str) -> frozenset[str]:
    """The keys of the named fields, without empty ones."""
    found = {key(str(value)) for name in names if (value := values.get(name))}
    found.discard("")
    return frozenset(found)


def identity_of(
    values: Values, *, company: str, person: bool, emails: Iterable[str], phones: Iterable[str]
) -> Identity:
    """`company` names the field with the name of the company; the other names are those of the fields to read."""
    websites = filled(keys.website_domain, values, "website")
    names = [str(values.get(name) or "") for name in ("first_name", "last_name")] if person else ["", ""]
    return Identity(
        emails=filled(keys.email_key, values, *emails),
        domains=filled(keys.email_domain, values, *emails) | websites,
        websites=websites,
        phones=filled(keys.phone_key, values, *phones),
        companies=filled(company_key, values, company),
        people=frozenset({keys.name_key(*names)}) - {""},
        sorted_people=frozenset({keys.name_key(*reversed(names))}) - {""},
    )


def _account(values: Values) -> Identity:
    return identity_of(values, company="name", person=False, emails=("email",), phones=("phone", "phone2"))


def _contact(values: Values) -> Identity:
    return identity_of(values, company="", person=True, emails=("email", "email2"), phones=("phone", "mobile"))


_ACCOUNTS = DuplicateNoun(
    model=Account,
    identity=_account,
    probes={
        _Kind.EMAIL: (Probe("email_key", "emails"),),
        _Kind.PHONE: (Probe("phone_e164", "phones"), Probe("phone2_e164", "phones")),
        _Kind.WEBSITE: (Probe("website_domain", "websites"),),
        _Kind.DOMAIN: (Probe("website_domain", "domains"), Probe("email_domain", "domains")),
        _Kind.NAME: (Probe("company_key", "companies"),),
        _Kind.SIMILAR: (Probe("company_key", "companies"),),
    },
    fields={
        _Kind.EMAIL: "email",
        _Kind.PHONE: "phone",
        _Kind.WEBSITE: "website",
        _Kind.DOMAIN: "website",
        _Kind.NAME: "name",
        _Kind.SIMILAR: "name",
    },
    compared=frozenset({"name", "email", "phone", "phone2", "website"}),
    sentences={_Kind.NAME: _("Same company name"), _Kind.SIMILAR: _("Nearly the same company name")},
    avatar="company",
)
_CONTACTS = DuplicateNoun(
    model=Contact,
    identity=_contact,
    probes={
        _Kind.EMAIL: (Probe("email_key", "emails"), Probe("email2_key", "emails")),
        _Kind.PHONE: (Probe("phone_e164", "phones"), Probe("mobile_e164", "phones")),
        _Kind.NAME: (Probe("name_key", "people"),),
        _Kind.SIMILAR: (Probe("name_key", "people"),),
    },
    fields={_Kind.EMAIL: "email", _Kind.PHONE: "phone", _Kind.NAME: "last_name", _Kind.SIMILAR: "last_name"},
    compared=frozenset({"first_name", "last_name", "email", "email2", "phone", "mobile"}),
    related=("account",),
)

#: By noun: the criteria of its rules, the strongest first, and whether a match is proposed at qualification.
ACCOUNT_RULES: tuple[tuple[CriterionKind, bool], ...] = (
    (_Kind.EMAIL, True),
    (_Kind.NAME, True),
    (_Kind.WEBSITE, True),
    (_Kind.DOMAIN, False),
    (_Kind.PHONE, False),
    (_Kind.SIMILAR, False),
)
CONTACT_RULES: tuple[tuple[CriterionKind, bool], ...] = (
    (_Kind.EMAIL, True),
    (_Kind.NAME, False),
    (_Kind.PHONE, False),
    (_Kind.SIMILAR, False),
)


def shipped(noun: type[Any], against: type[Any], rules: Iterable[tuple[CriterionKind, bool]]) -> list[ShippedRule]:
    return [ShippedRule(noun, against, kind, is_exact) for kind, is_exact in rules]


def register() -> None:
    register_noun(_ACCOUNTS)
    register_noun(_CONTACTS)
    ship(*shipped(Account, Account, ACCOUNT_RULES), *shipped(Contact, Contact, CONTACT_RULES))
    register_duplicates_on(Account)
    register_duplicates_on(Contact)
    warn_on(Account)
    warn_on(Contact)
