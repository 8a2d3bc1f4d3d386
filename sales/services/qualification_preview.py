"""What qualifying a lead would do, before anything is written: matches with reasons, defaults, values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from activities.models import Activity, TimelineLink
from activities.regarding import Ref
from crm.core.access import READ, may_create
from crm.core.folding import fold
from crm.customers.models import Account, Contact
from crm.data.duplicates import Match, find, values_of
from leads.models import Lead
from sales.models import Opportunity
from sales.services import field_map

CREATE, USE, SKIP, JOIN = "create", "use", "skip", "join"
FOUND_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """An existing record that may be the same. `is_given` is the one that the lead itself names."""

    record: Any
    reasons: tuple[str, ...] = ()
    is_exact: bool = False
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class CustomerSection:
    """Account or contact. `default` is create, use or skip; `chosen_id` the record that `use` proposes.

    `needs_confirmation`: the proposal rests on a match, which a person must look at.
    """

    kind: str
    may_create: bool
    default: str
    chosen_id: int | None
    needs_confirmation: bool
    candidates: tuple[Candidate, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpportunitySection:
    may_create: bool
    default: str
    values: Mapping[str, Any]
    joinable: tuple[Opportunity, ...]


@dataclass(frozen=True, slots=True)
class QualificationPreview:
    lead: Lead
    account: CustomerSection
    contact: CustomerSection
    opportunity: OpportunitySection
    activity_count: int


def preview(lead: Lead, actor: Any) -> QualificationPreview:
    """Reads with a fixed number of queries, and only what the actor may see."""
    matches = find(Lead, values_of(lead), actor=actor, against=(Account, Contact))
    account = _section("account", lead, actor, matches)
    contact = _section("contact", lead, actor, matches)
    return QualificationPreview(
        lead=lead,
        account=account,
        contact=contact,
        opportunity=_opportunity_section(lead, actor, account.candidates, contact.candidates),
        activity_count=activity_count(lead, actor),
    )


def activity_count(lead: Lead, actor: Any) -> int:
    """How many activities that the actor sees go along onto the new timelines."""
    ref = Ref.to(lead)
    links = TimelineLink.objects.filter(target_type_id=ref.type_id, target_id=ref.pk)
    return Activity.objects.visible_to(actor).filter(pk__in=links.values("activity")).count()


def _section(kind: str, lead: Lead, actor: Any, matches: Iterable[Match]) -> CustomerSection:
    model: Any = Account if kind == "account" else Contact
    given_id = lead.existing_account_id if kind == "account" else lead.existing_contact_id
    given = _given(model, given_id, actor)
    candidates = [
        Candidate(match.record, match.reasons, match.is_exact)
        for match in matches
        if match.model is model and not (given and match.record.pk == given.pk)
    ]
    if given:
        candidates.insert(0, Candidate(given, is_given=True))
    allowed = may_create(actor, model)
    default, chosen_id = _default(candidates, is_called=_can_be_called(kind, lead), may_create=allowed)
    return CustomerSection(
        kind=kind,
        may_create=allowed,
        default=default,
        chosen_id=chosen_id,
        needs_confirmation=chosen_id is not None and not candidates[0].is_given,
        candidates=tuple(candidates),
        values=field_map.account_values(lead, actor) if kind == "account" else field_map.contact_values(lead, actor),
    )


def _given(model: Any, pk: int | None, actor: Any) -> Any:
    if pk is None:
        return None
    return model.objects.visible_to(actor).filter(pk=pk, state="active").first()


def _can_be_called(kind: str, lead: Lead) -> bool:
    """An account is proposed only if the company is filled, a contact if the person can be called something."""
    return bool(lead.company) if kind == "account" else bool(lead.first_name or lead.last_name or lead.email)


def _default(candidates: Sequence[Candidate], *, is_called: bool, may_create: bool) -> tuple[str, int | None]:
    """The record that the lead names, else an exact match, else a new one if there is a name for it."""
    first = candidates[0] if candidates else None
    if first and first.is_given:
        return USE, first.record.pk
    if not is_called:
        return SKIP, None
    if first and first.is_exact:
        return USE, first.record.pk
    return (CREATE, None) if may_create else (SKIP, None)


def _opportunity_section(
    lead: Lead, actor: Any, accounts: Sequence[Candidate], contacts: Sequence[Candidate]
) -> OpportunitySection:
    allowed = may_create(actor, Opportunity)
    return OpportunitySection(
        may_create=allowed,
        default=CREATE if allowed else SKIP,
        values=field_map.opportunity_values(lead, actor),
        joinable=tuple(_joinable(actor, accounts, contacts)),
    )


def _joinable(actor: Any, accounts: Sequence[Candidate], contacts: Sequence[Candidate]) -> list[Opportunity]:
    """Open opportunities of whoever may be the customer, the newest first."""
    people = [candidate.record.pk for candidate in contacts]
    concerned = (
        Q(customer_account__in=[candidate.record.pk for candidate in accounts])
        | Q(customer_contact__in=people)
        | Q(contact__in=people)
    )
    return list(_open_opportunities(actor).filter(concerned).order_by("-created_at", "-pk")[:FOUND_AT_MOST])


def _open_opportunities(actor: Any) -> Any:
    return (
        Opportunity.objects.for_action(actor, READ)
        .filter(state="open")
        .select_related("customer_account", "customer_contact", "currency")
    )


def search_customers(kind: str, text: str, actor: Any) -> list[Candidate]:
    """Other active accounts or contacts whose name contains the text; a person looks for them, no machine does."""
    folded = fold(text)
    if not folded:
        return []
    model: Any = Account if kind == "account" else Contact
    rows = model.objects.visible_to(actor).filter(state="active", sort_key__contains=folded)
    return [Candidate(record) for record in rows.order_by("sort_key", "pk")[:FOUND_AT_MOST]]


def search_opportunities(text: str, actor: Any) -> list[Opportunity]:
    folded = fold(text)
    if not folded:
        return []
    return list(_open_opportunities(actor).filter(sort_key__contains=folded).order_by("sort_key", "pk")[:FOUND_AT_MOST])
