"""The fields of opportunities and documents where their columns do not say enough."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.core.fields import derived, leave_out, register_fields
from sales.models import Invoice, Opportunity, Order, Quote

_COPIED = ("street", "city", "state_or_province", "postal_code", "country")
_OF_THE_SELLER = ("name", *_COPIED, "tax_number", "registration_number", "email", "phone", "bank")
_UTM = (
    ("source", _("UTM source")),
    ("medium", _("UTM medium")),
    ("campaign", _("UTM campaign")),
    ("term", _("UTM term")),
    ("content", _("UTM content")),
)


def register() -> None:
    for model, name in ((Opportunity, "topic"), (Quote, "name"), (Order, "name"), (Invoice, "name")):
        _register(model, name)
    for document in (Quote, Order, Invoice):
        leave_out(document, *(f"seller_{part}" for part in _OF_THE_SELLER))
        register_fields(document, *_addresses(document), derived(document, "buyer_email", label=_("buyer's e-mail")))
    leave_out(Opportunity, "process")
    leave_out(Invoice, "number_series")


def _register(model: Any, name: str) -> None:
    leave_out(model, "freight_tax_category")
    register_fields(
        model,
        derived(model, name, sort="sort_key", folded="sort_key"),
        derived(model, "customer_account", name="account"),
        derived(model, "freight_tax_percent", edit_name=""),
        *(derived(model, f"utm_{part}", label=label) for part, label in _UTM),
    )


def _addresses(document: Any) -> list[Any]:
    """With the word of the address before that of its part."""
    parts = [(side, part) for side in ("bill_to", "ship_to") for part in _COPIED]
    return [derived(document, f"{side}_{part}", label=_ADDRESSES[side][part]) for side, part in parts]


_ADDRESSES = {
    "bill_to": {
        "street": _("bill to: street"),
        "city": _("bill to: city"),
        "state_or_province": _("bill to: state or province"),
        "postal_code": _("bill to: postal code"),
        "country": _("bill to: country"),
    },
    "ship_to": {
        "street": _("ship to: street"),
        "city": _("ship to: city"),
        "state_or_province": _("ship to: state or province"),
        "postal_code": _("ship to: postal code"),
        "country": _("ship to: country"),
    },
}
