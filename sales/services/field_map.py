"""Which values of a lead its account, contact and opportunity take over, and what that means for existing ones.

The map is data: pairs of a column of the lead and a column of the record; administrators change it
(`qualification_map`). The address is one value.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.custom.definitions import known_of
from crm.core.models import CustomModel
from crm.customers.models import Account, Address, Contact
from leads.models import Lead
from sales.models import Opportunity
from sales.services import map_fields
from sales.services.custom_map import Added, added_values, is_added, key_of
from sales.services.qualification_map import SHIPPED, choices_of, chosen_values

ADDRESS = map_fields.ADDRESS
ADDRESS_PARTS = ("street", "city", "state_or_province", "postal_code", "country")

# A matched company keeps what it is called; a person may still lack a first name.
_NEVER_FILLED = {"account": {"name"}, "contact": set[str]()}
_MEANS_NOTHING = (None, "", False, "any")


class FillRule(StrEnum):
    """What happens to a value that an existing record has already."""

    KEEP = "keep"
    FILL = "fill"
    OVERWRITE = "overwrite"


RULE_LABELS = {
    FillRule.KEEP: gettext_lazy("Keep"),
    FillRule.FILL: gettext_lazy("Fill if empty"),
    FillRule.OVERWRITE: gettext_lazy("Overwrite"),
}


def account_values(lead: Lead, actor: Any = None) -> dict[str, Any]:
    """The columns of a new account, and its address if the lead has one."""
    return _mapped("account", Account, lead, actor)


def contact_values(lead: Lead, actor: Any = None) -> dict[str, Any]:
    """The columns of a new contact, and the address if the lead has one. The company is added by the caller."""
    return _mapped("contact", Contact, lead, actor)


def opportunity_values(lead: Lead, actor: Any = None) -> dict[str, Any]:
    """The columns of a new opportunity; the customer is added by the caller."""
    values = _mapped("opportunity", Opportunity, lead, actor)
    values["topic"] = (values.get("topic") or lead.company or lead.name)[:300]
    return values


def _mapped(kind: str, model: type[CustomModel], lead: Lead, actor: Any) -> dict[str, Any]:
    """As shipped, but for what an administrator chose otherwise; without an actor the shipped map counts."""
    chosen = choices_of(kind, actor)
    values = {target: getattr(lead, source) for target, source in SHIPPED[kind].items() if target != ADDRESS}
    if ADDRESS in SHIPPED[kind]:
        values |= _address_of(lead)
    values |= added_values(lead, model, actor)
    if not chosen:
        return values
    return {name: value for name, value in values.items() if name not in chosen} | chosen_values(kind, lead, actor)


def _address_of(lead: Lead) -> dict[str, Any]:
    parts = {name: getattr(lead, name) for name in ADDRESS_PARTS}
    # A state alone tells no place, and customers refuse such an address.
    is_somewhere = any(parts[name] for name in ("street", "city", "postal_code", "country"))
    return {ADDRESS: parts} if is_somewhere else {}


def offered_to(kind: str, lead: Lead, actor: Any = None) -> dict[str, Any]:
    """What the lead could add to an existing account or contact: its values that say something."""
    values = account_values(lead, actor) if kind == "account" else contact_values(lead, actor)
    return {
        name: value
        for name, value in values.items()
        if name not in _NEVER_FILLED[kind] and (isinstance(value, dict) or not is_empty(value))
    }


def is_empty(value: Any) -> bool:
    """A preference that is not set counts as empty, so that a wish not to be called gets through."""
    return any(value is nothing or value == nothing for nothing in _MEANS_NOTHING if not _is_number(value))


def _is_number(value: Any) -> bool:
    # 0 equals False, and 0 employees is a statement.
    return not isinstance(value, bool | str) and value is not None


def main_address(customer: Account | Contact) -> Address | None:
    """The address that the lead's is compared with: the default for bills, else the oldest."""
    return customer.addresses.order_by("-is_default_bill_to", "pk").first()


def current_value(record: Account | Contact, name: str, address: Address | None) -> Any:
    """The record's present value of an offered name; None for an address that it has not."""
    if is_added(name):
        return record.custom.get(key_of(name))
    if name != ADDRESS:
        return getattr(record, name)
    return {part: getattr(address, part) for part in ADDRESS_PARTS} if address else None


def changes(
    record: Account | Contact,
    offered: Mapping[str, Any],
    rules: Mapping[str, str],
    address: Address | None,
) -> dict[str, Any]:
    """What is written onto the existing record under the rules; `fill` where none is given."""
    wanted = {}
    for name, value in offered.items():
        current = current_value(record, name, address)
        rule = FillRule(rules.get(name, FillRule.FILL))
        if rule == FillRule.KEEP or current == _bare(value):
            continue
        if rule == FillRule.OVERWRITE or _is_missing(name, current):
            wanted[name] = value
    return wanted


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of the table "from the lead / there now / what happens"."""

    name: str
    label: str | Promise
    offered: str
    current: str
    is_same: bool
    is_empty: bool


def comparison(record: Account | Contact, offered: Mapping[str, Any], address: Address | None) -> list[Compared]:
    rows = []
    for name, value in offered.items():
        current = current_value(record, name, address)
        rows.append(
            Compared(
                name=name,
                label=label_of(type(record), name),
                offered=words(type(record), name, value),
                current=words(type(record), name, _as_offered(value, current)),
                is_same=current == _bare(value),
                is_empty=_is_missing(name, current),
            )
        )
    return rows


def _bare(value: Any) -> Any:
    return value.kept if isinstance(value, Added) else value


def _as_offered(offered: Any, current: Any) -> Any:
    """The present value of an added field, with the definition that gives it words."""
    return Added(offered.definition, current) if isinstance(offered, Added) and current is not None else current


def _is_missing(name: str, current: Any) -> bool:
    """A no in an added field is a statement."""
    return current is None if is_added(name) else is_empty(current)


def label_of(model: type[models.Model], name: str) -> str:
    if name == ADDRESS:
        return _("Address")
    if is_added(name):
        return next((one.label for one in known_of(model, None) if one.form_name == name), key_of(name))
    label = str(getattr(model._meta.get_field(name), "verbose_name", name))
    return label[:1].upper() + label[1:]


def words(model: type[models.Model], name: str, value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, Added):
        return value.words
    if isinstance(value, dict):
        return ", ".join(part for part in value.values() if part)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    field: Any = model._meta.get_field(name)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _figure(value)


def _figure(value: Any) -> str:
    if isinstance(value, Decimal):
        return shown.money(value)
    return shown.day(value) if isinstance(value, dt.date) else str(value)
