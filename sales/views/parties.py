"""Who stands on a document or an opportunity, in the words that its reader may have.

A document bears the name of its customer and of the person dealt with: whoever reads it reads them. The way to
their pages, and every name on an opportunity, are for those who may see them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from crm.core.access import hidden_name
from crm.core.addresses import screen_url
from crm.core.record_names import Link
from crm.customers.links import linked
from crm.customers.models import Account, Contact
from sales.chain import on_the_line
from sales.models import DocumentModel, Opportunity, PricedModel

_ROLES: Mapping[str, tuple[Any, str, tuple[str, ...]]] = {
    "customer_account": (Account, "name", ("buyer_name", "bill_to_name")),
    "customer_contact": (Contact, "full_name", ("buyer_name", "bill_to_name")),
    "contact": (Contact, "full_name", ("buyer_contact_name",)),
}
"""By column: who it is, what they are called, and where a document prints that name."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Names as text, and as links for those who may follow them; empty where there is nobody."""

    customer_name: str
    customer: str
    contact_name: str
    contact: str
    opportunity: str = ""


def parties_of(record: PricedModel, actor: Any) -> Parties:
    """One query; the opportunity is read for the line anyway."""
    links = _links(record, actor)
    customer = links.get("customer_account") or links.get("customer_contact") or Link("")
    contact = links.get("contact") or Link("")
    return Parties(
        customer_name=customer.label,
        customer=linked(customer),
        contact_name=contact.label,
        contact=linked(contact),
        opportunity=linked(_opportunity(record, actor)),
    )


def _links(record: PricedModel, actor: Any) -> dict[str, Link]:
    present = {role: spec for role, spec in _ROLES.items() if getattr(record, f"{role}_id")}
    seen = {
        f"sees_{role}": Exists(model.objects.visible_to(actor).filter(pk=OuterRef(f"{role}_id")))
        for role, (model, _name, _columns) in present.items()
    }
    names = [f"{role}__{name}" for role, (_model, name, _columns) in present.items()]
    model: Any = type(record)
    read = (
        model._default_manager.visible_to(actor).filter(pk=record.pk).annotate(**seen).values(*names, *seen).first()
        or {}
    )
    return {role: _link(record, role, read) for role in present}


def _link(record: Any, role: str, read: Mapping[str, Any]) -> Link:
    model, name, columns = _ROLES[role]
    if read.get(f"sees_{role}"):
        return Link(read[f"{role}__{name}"], screen_url(model, "detail", getattr(record, f"{role}_id")))
    printed = next((text for column in columns if (text := getattr(record, column, ""))), "")
    return Link(printed) if printed else Link(hidden_name(model), hidden=True)


def _opportunity(record: Any, actor: Any) -> Link:
    """A document made without an opportunity has none; a hidden one is named by its noun."""
    key = record.opportunity_id if isinstance(record, DocumentModel) else None  # type: ignore[attr-defined]  # each has it
    if key is None:
        return Link("")
    seen = next((row for row in on_the_line(Opportunity, record, actor) if row.pk == key), None)
    return Link(seen.label, seen.url) if seen else Link(hidden_name(Opportunity), hidden=True)
