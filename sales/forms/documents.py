"""What the forms of quotes, orders and invoices share."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import names_for
from crm.core.models import Organisation
from crm.core.record_names import NamingForm
from crm.customers.record_names import AccountField, ContactField
from leads.record_names import CampaignField
from sales.models import DocumentModel
from sales.services.snapshots import ADDRESS_PARTS


def named_when_shown(records: Iterable[models.Model], actor: Any) -> Any:
    """What they are called, asked for only when the text is printed."""
    return lazy(lambda: ", ".join(names_for(records, actor)), str)()


DOCUMENT = (
    "name",
    "customer_account",
    "customer_contact",
    "contact",
    "customer_reference",
)
PRICES = ("currency", "price_list", "discount_percent", "discount_amount", "freight_amount", "freight_tax_rate")
TERMS = ("payment_terms_days", "freight_terms", "shipping_terms")
BILL_TO = tuple(f"bill_to_{part}" for part in ADDRESS_PARTS)
SHIP_TO = tuple(f"ship_to_{part}" for part in ADDRESS_PARTS)
TEXTS = ("introduction", "terms", "description")
SOURCE = ("source", "campaign")
ALL_FIELDS = (*DOCUMENT, *PRICES, *TERMS, *BILL_TO, *SHIP_TO, *TEXTS, *SOURCE)


def sections(title: Any, *, days: tuple[str, ...]) -> tuple[tuple[Any, tuple[str, ...]], ...]:
    """The groups of the form; `days` are the dates of this kind of document."""
    return (
        (title, DOCUMENT),
        (gettext_lazy("Prices"), PRICES),
        (gettext_lazy("Dates and terms"), (*days, *TERMS)),
        (gettext_lazy("Bill to"), BILL_TO),
        (gettext_lazy("Ship to"), SHIP_TO),
        (gettext_lazy("Texts"), TEXTS),
        (gettext_lazy("Where it came from"), SOURCE),
    )


class DocumentForm[D: DocumentModel](NamingForm[D]):
    """Header of a document. What is left empty comes from the customer or the organisation when it is made."""

    customer_account = AccountField(label=gettext_lazy("Account"), required=False)
    customer_contact = ContactField(
        label=gettext_lazy("Customer without a company"),
        required=False,
        help_text=gettext_lazy("Only if the customer is a person."),
    )
    contact = ContactField(label=gettext_lazy("Contact"), required=False)
    campaign = CampaignField(label=gettext_lazy("Source campaign"), required=False)

    alone = frozenset({"customer_reference", "freight_terms", "shipping_terms", *BILL_TO, *SHIP_TO, *TEXTS, *SOURCE})

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        usable = (
            ("currency", Q(is_active=True)),
            ("price_list", Q(state="active")),
            ("freight_tax_rate", Q(is_active=True)),
        )
        for name, condition in usable:
            field: Any = self.fields[name]
            field.queryset = field.queryset.filter(condition | Q(pk=getattr(self.instance, f"{name}_id")))
        self.fields["currency"].required = bool(self.instance.pk)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "customer_account" in cleaned and "customer_contact" in cleaned:
            account, person = cleaned["customer_account"], cleaned["customer_contact"]
            if bool(account) == bool(person):
                self.add_error("customer_account", _("Choose either an account or a person as the customer."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """A currency that nobody chose is left to the service."""
        return {name: value for name, value in super().values.items() if name != "currency" or value is not None}


def today() -> Any:
    """Today in the organisation, as the initial value of dates."""
    return Organisation.load().today(timezone.now())


def note_field() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea, required=False)
