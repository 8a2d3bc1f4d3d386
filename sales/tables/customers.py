"""The customer of a row, within what its reader may see."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.html import format_html

from crm.core.access import Link, hidden_name
from crm.core.tables import LookupColumn, Paper
from crm.customers.models import Account, Contact
from sales.models import DocumentModel

_NAMES = ("customer_account__name", "customer_contact__full_name")


def customers_of(model: type[models.Model], keys: Sequence[int], actor: Any) -> dict[int, Link]:
    """Names by the key of the row, in one query. The keys are those of rows that the actor sees.

    A document bears the name of its customer, so whoever reads the document reads the name; on an opportunity it
    is for those who may see the customer.
    """
    rows: Any = model._default_manager
    printed = ("buyer_name", "bill_to_name") if issubclass(model, DocumentModel) else ()
    found = (
        rows.filter(pk__in=keys)
        .annotate(sees_account=_visible(Account, "customer_account", actor))
        .annotate(sees_contact=_visible(Contact, "customer_contact", actor))
        .values("pk", "customer_account_id", "sees_account", "sees_contact", *_NAMES, *printed)
    )
    return {row["pk"]: _customer(row) for row in found}


def _visible(model: Any, column: str, actor: Any) -> Exists:
    return Exists(model.objects.visible_to(actor).filter(pk=OuterRef(column)))


def _customer(row: Mapping[str, Any]) -> Link:
    noun = "account" if row["customer_account_id"] else "contact"
    if row[f"sees_{noun}"]:
        return Link(str(row[_NAMES[0]] if noun == "account" else row[_NAMES[1]]))
    printed = row.get("buyer_name") or row.get("bill_to_name")
    return Link(str(printed)) if printed else Link(hidden_name(Account if noun == "account" else Contact), hidden=True)


class CustomerColumn(LookupColumn):
    """The account or the person who is the customer."""

    key = "customer"

    def __init__(self, label: Any, model: type[models.Model], place: str = "sub") -> None:
        def lookup(keys: Sequence[int], actor: Any) -> Mapping[int, Link]:
            return customers_of(model, keys, actor)

        super().__init__(label, lookup, place)

    def cell(self, paper: Paper, *values: Any) -> str:
        name = values[0].label if values[0] else ""
        return format_html('<span title="{}">{}</span>', name, name)
