"""Who may be the same: accounts and contacts that share something exact with somebody new, each with its reasons.

Compared are e-mail addresses, the domains of websites and addresses, phone numbers and folded names, all by
index. Never "name contains": whoever is listed can be told why.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from crm.core.actors import Actor
from crm.core.folding import company_key
from crm.customers import keys
from crm.customers.models import Account, Contact

AT_MOST = 20
"""Matches of a kind; the strongest reasons come first."""


class Reason(StrEnum):
    """Why two may be the same, the strongest first."""

    EMAIL = "email"
    NAME = "name"
    WEBSITE = "website"
    DOMAIN = "domain"
    PHONE = "phone"


SENTENCES: Mapping[str, Mapping[Reason, Any]] = {
    "account": {
        Reason.EMAIL: _("Same e-mail address"),
        Reason.NAME: _("Same company name"),
        Reason.WEBSITE: _("Same website"),
        Reason.DOMAIN: _("Website or e-mail of the same domain"),
        Reason.PHONE: _("Same phone number"),
    },
    "contact": {
        Reason.EMAIL: _("Same e-mail address"),
        Reason.NAME: _("Same name"),
        Reason.PHONE: _("Same phone number"),
    },
}
_EXACT = {"account": {Reason.EMAIL, Reason.NAME, Reason.WEBSITE}, "contact": {Reason.EMAIL}}


@dataclass(frozen=True, slots=True)
class Match:
    """An account or contact (`kind`) with the codes of what it shares."""

    record: Any
    kind: str
    codes: tuple[Reason, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """In words, the strongest first."""
        return tuple(str(SENTENCES[self.kind][code]) for code in self.codes)

    @property
    def is_exact(self) -> bool:
        """Strong enough to be proposed; a person still confirms it."""
        return bool(_EXACT[self.kind] & set(self.codes))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The keys of somebody new; empty ones match nothing."""

    company: str = ""
    person: str = ""
    website: str = ""
    emails: frozenset[str] = field(default_factory=frozenset)
    domains: frozenset[str] = field(default_factory=frozenset)
    phones: frozenset[str] = field(default_factory=frozenset)


def find_matches(
    *,
    actor: Actor,
    company: str = "",
    first_name: str = "",
    last_name: str = "",
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
    website: str = "",
) -> list[Match]:
    """Active accounts and contacts that the actor may see, accounts first, the best matches first in each.

    Two queries at most, each for at most `AT_MOST` rows.
    """
    wanted = _Wanted(
        company=company_key(company) if company else "",
        person=keys.name_key(first_name, last_name),
        website=keys.website_domain(website),
        emails=_filled(keys.email_key, emails),
        domains=_filled(keys.email_domain, emails),
        phones=_filled(keys.phone_key, phones),
    )
    return [
        *_matches("account", Account.objects.visible_to(actor), _account_conditions(wanted)),
        *_matches("contact", Contact.objects.visible_to(actor).select_related("account"), _contact_conditions(wanted)),
    ]


def matching_accounts(*, actor: Actor, company: str = "", **known: Any) -> list[Match]:
    """As `find_matches`, accounts only."""
    return [match for match in find_matches(actor=actor, company=company, **known) if match.kind == "account"]


def _filled(key: Callable[[str], str], values: Iterable[str]) -> frozenset[str]:
    return frozenset(key(value) for value in values if value) - {""}


def _account_conditions(wanted: _Wanted) -> dict[Reason, Q]:
    domains = wanted.domains | ({wanted.website} if wanted.website else set())
    return {
        Reason.EMAIL: _any(wanted.emails, "email_key"),
        Reason.NAME: _any({wanted.company} - {""}, "company_key"),
        Reason.WEBSITE: _any({wanted.website} - {""}, "website_domain"),
        Reason.DOMAIN: _any(domains, "website_domain", "email_domain"),
        Reason.PHONE: _any(wanted.phones, "phone_e164", "phone2_e164"),
    }


def _contact_conditions(wanted: _Wanted) -> dict[Reason, Q]:
    return {
        Reason.EMAIL: _any(wanted.emails, "email_key", "email2_key"),
        Reason.NAME: _any({wanted.person} - {""}, "name_key"),
        Reason.PHONE: _any(wanted.phones, "phone_e164", "mobile_e164"),
    }


def _any(values: Iterable[str], *columns: str) -> Q:
    """One of the columns equals one of the values; empty when there is nothing to compare."""
    return reduce(or_, (Q(**{column: value}) for column in columns for value in sorted(values)), Q())


def _matches(kind: str, rows: "QuerySet[Any]", conditions: Mapping[Reason, Q]) -> list[Match]:
    asked = {reason: condition for reason, condition in conditions.items() if condition}
    if not asked:
        return []
    flags: dict[str, Any] = {
        f"has_{reason}": Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
        for reason, condition in asked.items()
    }
    found = (
        rows.filter(reduce(or_, asked.values()), state="active")
        .annotate(**flags)
        .order_by(*(f"-{flag}" for flag in flags), "-updated_at", "pk")[:AT_MOST]
    )
    return [Match(row, kind, _codes(row, asked)) for row in found]


def _codes(row: Any, asked: Iterable[Reason]) -> tuple[Reason, ...]:
    codes = [reason for reason in asked if getattr(row, f"has_{reason}")]
    # The same website is of the same domain, which need not be said.
    if Reason.WEBSITE in codes and Reason.DOMAIN in codes:
        codes.remove(Reason.DOMAIN)
    return tuple(codes)
