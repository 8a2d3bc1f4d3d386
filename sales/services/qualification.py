"""Qualifying a lead: what becomes of it is made, used and linked in one transaction.

The lead is locked first, then account, contact and the opportunities by key. `Qualification` and its results
are the one source for the originating lead of a record, for undo and for attribution.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from activities.links import relink
from crm.core.access import READ, WRITE, check_create, check_locked, find_for, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm.core.transactions import in_one_piece, service
from crm.customers.models import Account, Address, Contact
from crm.customers.services.accounts import create_account, update_account
from crm.customers.services.addresses import add_address, update_address
from crm.customers.services.contacts import create_contact, update_contact
from crm.users.models import User
from leads.models import Lead
from leads.states import LEAD_MACHINE
from sales.models import Opportunity, Qualification, QualificationOutcome, QualificationResult
from sales.services import field_map
from sales.services.custom_map import as_service_values
from sales.services.headers import acting_user, check_active
from sales.services.opportunities import STAGE_AFTER_QUALIFYING, create_opportunity
from sales.services.qualification_choices import (
    SKIP,
    AccountChoice,
    ContactChoice,
    Create,
    Join,
    OpportunityChoice,
    Skip,
    Use,
)
from sales.services.qualification_preview import QualificationPreview, preview
from sales.services.stored_values import stored

__all__ = [
    "SKIP",
    "AccountChoice",
    "ContactChoice",
    "Create",
    "Join",
    "OpportunityChoice",
    "QualificationPreview",
    "Skip",
    "Use",
    "preview",
    "qualify_lead",
    "qualify_locked",
]

QUALIFY = "qualify"
_MODELS: Mapping[str, type[Account] | type[Contact]] = {"account": Account, "contact": Contact}


@service("lead.qualified")
def qualify_lead(
    *,
    lead_id: int,
    account: AccountChoice,
    contact: ContactChoice,
    opportunities: Sequence[OpportunityChoice],
    actor: Actor,
    at: dt.datetime,
) -> Qualification:
    """Make or use what the choices say; new records belong to the lead's owner.

    A lead that is qualified already is refused with `IllegalMove`. The field of an `Invalid` begins with the
    part at fault: `account-name`, `contact-last_name`, `opportunity-0-topic`.
    """
    lead = lock_for(Lead, lead_id, actor, QUALIFY)
    return qualify_locked(lead=lead, account=account, contact=contact, opportunities=opportunities, actor=actor, at=at)


@service("lead.qualified")
def qualify_locked(
    *,
    lead: Lead,
    account: AccountChoice,
    contact: ContactChoice,
    opportunities: Sequence[OpportunityChoice],
    actor: Actor,
    at: dt.datetime,
) -> Qualification:
    """As `qualify_lead`, of a lead that the caller has locked in this act."""
    check_locked(lead, actor, QUALIFY)
    LEAD_MACHINE.check("qualify", lead)
    work = _Qualifying(lead, actor, at)
    with in_one_piece():
        work.take_account(account)
        work.take_contact(contact)
        work.take_opportunities(opportunities)
    lead.qualify(at=at)
    lead.save(update_fields=["state", "status_reason", "closed_at"])
    qualification = work.write()
    relink(lead)
    return qualification


class _Qualifying:
    """One qualification in the making: the locked lead, and a result row for each record so far."""

    def __init__(self, lead: Lead, actor: Actor, at: dt.datetime) -> None:
        self.lead, self.actor, self.at = lead, actor, at
        is_own = isinstance(actor, User) and lead.owner_id == actor.pk
        self.owner: Any = actor if is_own else (lead.owner or lead.owner_team)
        self.account: Account | None = None
        self.contact: Contact | None = None
        self.results: list[QualificationResult] = []
        self.addresses: list[tuple[QualificationResult, Address]] = []

    def take_account(self, choice: AccountChoice) -> None:
        with _part("account"):
            if isinstance(choice, Create):
                self.account = self._created(
                    "account", {**field_map.account_values(self.lead, self.actor), **choice.values}
                )
            elif isinstance(choice, Use):
                self.account = self._used("account", choice, {})

    def take_contact(self, choice: ContactChoice) -> None:
        """The contact's company is the account."""
        company = {"account": self.account} if self.account else {}
        with _part("contact"):
            if isinstance(choice, Create):
                values = {**field_map.contact_values(self.lead, self.actor), **choice.values, **company}
                self.contact = self._created("contact", values)
            elif isinstance(choice, Use):
                self.contact = self._used("contact", choice, company)

    def _created(self, kind: str, values: Mapping[str, Any]) -> Any:
        columns = as_service_values(values)
        place = columns.pop(field_map.ADDRESS, None)
        make: Any = create_account if kind == "account" else create_contact
        record = make(values=columns, owner=self.owner, actor=self.actor, at=self.at)
        written = {name: stored(value) for name, value in values.items()}
        result = self._add(QualificationOutcome.CREATED, record, kind, written=written)
        if place:
            # The only address of a new record, so nothing that the service for addresses watches can be wrong.
            address = Address(**{kind: record}, **place, is_default_bill_to=True, is_default_ship_to=True)
            self.addresses.append((result, address))
        return record

    def _used(self, kind: str, choice: Use, company: Mapping[str, Any]) -> Any:
        record: Any = lock_for(_MODELS[kind], choice.record_id, self.actor, READ)
        check_active(record, "record")
        offered = {**field_map.offered_to(kind, self.lead, self.actor), **company}
        address = field_map.main_address(record) if field_map.ADDRESS in offered else None
        wanted = field_map.changes(record, offered, choice.rules, address)
        if not wanted:
            self._add(QualificationOutcome.USED, record, kind)
            return record
        self._check_write(record)
        earlier = {name: stored(field_map.current_value(record, name, address)) for name in wanted}
        written = {name: stored(value) for name, value in wanted.items()}
        if field_map.ADDRESS in wanted:
            written[field_map.ADDRESS]["id"] = self._write_address(record, wanted[field_map.ADDRESS], address)
        columns = {name: value for name, value in wanted.items() if name != field_map.ADDRESS}
        filled = self._write(record, as_service_values(columns))
        self._add(QualificationOutcome.FILLED, filled, kind, earlier=earlier, written=written)
        return filled

    def _check_write(self, record: models.Model) -> None:
        try:
            find_for(type(record), record.pk, self.actor, WRITE)
        except Forbidden as refusal:
            raise Forbidden(
                _("You may use this %(noun)s but not change it. Keep its values.") % {"noun": record._meta.verbose_name}
            ) from refusal

    def _write(self, record: Any, values: Mapping[str, Any]) -> Any:
        if not values:
            return record
        if isinstance(record, Account):
            return update_account(account_id=record.pk, values=values, actor=self.actor, at=self.at)
        filled = update_contact(contact_id=record.pk, values=values, actor=self.actor, at=self.at)
        if "account" in values:
            relink(filled)
        return filled

    def _write_address(self, record: Any, place: Mapping[str, str], address: Address | None) -> int:
        if address is not None:
            changed = update_address(address_id=address.pk, values=place, actor=self.actor, at=self.at)
            return changed.pk
        added = add_address(model=type(record), customer_id=record.pk, values=place, actor=self.actor, at=self.at)
        return added.pk

    def take_opportunities(self, choices: Sequence[OpportunityChoice]) -> None:
        joined = {choice.opportunity_id for choice in choices if isinstance(choice, Join)}
        for opportunity_id in sorted(joined):
            with _part("opportunity"):
                self._join(opportunity_id)
        for number, choice in enumerate(choices):
            if isinstance(choice, Create):
                with _part(f"opportunity-{number}"):
                    self._make_opportunity(choice)

    def _join(self, opportunity_id: int) -> None:
        opportunity = lock_for(Opportunity, opportunity_id, self.actor, READ)
        if opportunity.state != "open":
            raise Conflict(
                _("“%(name)s” is %(state)s. Only an open opportunity can be joined.")
                % {"name": opportunity, "state": opportunity.machine.described(opportunity)}
            )
        self._add(QualificationOutcome.JOINED, opportunity, "opportunity")

    def _make_opportunity(self, choice: Create) -> None:
        check_create(self.actor, Opportunity)
        values = {**field_map.opportunity_values(self.lead, self.actor), **choice.values, **self._customer()}
        opportunity = create_opportunity(
            values=as_service_values(values),
            owner=self.owner,
            actor=self.actor,
            at=self.at,
            stage=STAGE_AFTER_QUALIFYING,
        )
        written = {name: stored(value) for name, value in values.items()}
        self._add(QualificationOutcome.CREATED, opportunity, "opportunity", written=written)

    def _customer(self) -> dict[str, Any]:
        if self.account is None and self.contact is None:
            raise Invalid(
                _("An opportunity needs a customer. Create or choose an account or a contact, or skip the opportunity.")
            )
        return {
            "customer_account": self.account,
            "customer_contact": None if self.account else self.contact,
            "contact": self.contact,
        }

    def _add(
        self,
        outcome: QualificationOutcome,
        record: Any,
        kind: str,
        *,
        earlier: Mapping[str, Any] | None = None,
        written: Mapping[str, Any] | None = None,
    ) -> QualificationResult:
        result = QualificationResult(
            outcome=outcome,
            **{kind: record},
            # A row that was just inserted; nothing has changed it since.
            record_version=1 if outcome == QualificationOutcome.CREATED else None,
            earlier_values=dict(earlier or {}),
            written_values=dict(written or {}),
        )
        self.results.append(result)
        return result

    def write(self) -> Qualification:
        qualification = Qualification.objects.create(
            lead=self.lead, qualified_at=self.at, qualified_by=acting_user(self.actor)
        )
        Address.objects.bulk_create(address for _result, address in self.addresses)
        for result, address in self.addresses:
            result.written_values[field_map.ADDRESS]["id"] = address.pk
        for result in self.results:
            result.qualification = qualification
        QualificationResult.objects.bulk_create(self.results)
        return qualification


@contextmanager
def _part(name: str) -> Iterator[None]:
    """Say of a refused value to which part of the page it belongs. What is hidden reads like what never was."""
    try:
        yield
    except NotFound as refusal:
        part = name.partition("-")[0]
        raise Invalid(
            _("There is no such record, or you may not see it. Choose another one."), field=f"{part}-record"
        ) from refusal
    except Invalid as refusal:
        field = f"{name}-{refusal.field}" if refusal.field else name
        raise Invalid(refusal.sentence, field=field, details=refusal.details) from refusal
