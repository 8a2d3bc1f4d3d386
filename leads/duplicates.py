"""What leads are compared by, with other open leads and with customers."""

from django.db.models import Q

from crm.customers.duplicates import ACCOUNT_RULES, CONTACT_RULES, identity_of, shipped
from crm.customers.models import Account, Contact
from crm.data.duplicates import DuplicateNoun, Identity, Probe, register_noun
from crm.data.duplicates.defaults import ship
from crm.data.duplicates.nouns import Values
from crm.data.duplicates.panels import register_duplicates_on
from crm.data.duplicates.warning import warn_on
from crm.data.models import CriterionKind
from leads.models import Lead
from leads.services.capture import FROM_WEBSITES

_Kind = CriterionKind
LEAD_RULES: tuple[tuple[CriterionKind, bool], ...] = (
    (_Kind.EMAIL, True),
    (_Kind.PHONE, False),
    (_Kind.NAME, False),
    (_Kind.SIMILAR, False),
)


def _lead(values: Values) -> Identity:
    return identity_of(values, company="company", person=True, emails=("email", "email2"), phones=("phone", "mobile"))


def register() -> None:
    register_noun(
        DuplicateNoun(
            model=Lead,
            identity=_lead,
            probes={
                _Kind.EMAIL: (Probe("email_key", "emails"),),
                _Kind.PHONE: (Probe("phone_e164", "phones"), Probe("mobile_e164", "phones")),
                _Kind.NAME: (Probe("sort_key", "sorted_people"),),
                _Kind.SIMILAR: (Probe("sort_key", "sorted_people"),),
            },
            fields={_Kind.EMAIL: "email", _Kind.PHONE: "phone", _Kind.NAME: "last_name", _Kind.SIMILAR: "last_name"},
            compared=frozenset({"first_name", "last_name", "company", "email", "email2", "phone", "mobile", "website"}),
            # What is closed is history: who asks again is no duplicate of it.
            counts=Q(state="open"),
            never_refused=FROM_WEBSITES,
        )
    )
    ship(
        *shipped(Lead, Lead, LEAD_RULES),
        *shipped(Lead, Account, ACCOUNT_RULES),
        *shipped(Lead, Contact, CONTACT_RULES),
    )
    register_duplicates_on(Lead, "existing_account", "existing_contact")
    warn_on(Lead, "existing_account", "existing_contact")
