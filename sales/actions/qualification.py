"""Qualifying a lead, and a new need of a customer who is known already."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.access import READ
from crm.core.actions import Action, register
from crm.core.addresses import screen_url
from crm.customers.models import Account, Contact
from leads.models import Lead
from leads.services.leads import create_lead
from sales.forms.needs import NeedForm
from sales.services.qualification import QUALIFY as QUALIFY_RIGHT

type Values = Mapping[str, Any]


def _to_preview(pk: int, _values: Values, _actor: Any) -> str:
    """Everything is decided on the page itself, which is a view of its own."""
    return reverse("sales:lead_qualify", args=[pk])


def _needed_by(account: Account | None, contact: Contact | None, values: Values, actor: Any) -> str:
    """A lead of a known customer: qualifying it gives only an opportunity."""
    known: dict[str, Any] = {"existing_account": account, "existing_contact": contact}
    if account is not None:
        known["company"] = account.name
    if contact is not None:
        names = ("salutation", "first_name", "middle_name", "last_name", "job_title", "email", "phone", "mobile")
        known |= {name: getattr(contact, name) for name in names}
    lead = create_lead(values={**values, **known}, owner=actor, actor=actor, at=timezone.now())
    return screen_url(Lead, "detail", lead.pk)


def _visible(model: Any, pk: int | None, actor: Any) -> Any:
    return model.objects.visible_to(actor).filter(pk=pk, state="active").first()


def _account_needs(pk: int, values: Values, actor: Any) -> str:
    account = Account.objects.visible_to(actor).get(pk=pk)
    return _needed_by(account, _visible(Contact, account.primary_contact_id, actor), values, actor)


def _contact_needs(pk: int, values: Values, actor: Any) -> str:
    contact = Contact.objects.visible_to(actor).get(pk=pk)
    return _needed_by(_visible(Account, contact.account_id, actor), contact, values, actor)


def _only_active(customer: Account | Contact) -> str:
    return "" if customer.state == "active" else str(_("This customer is inactive and takes part in nothing new."))


QUALIFY = Action(
    name="qualify",
    label=_("Qualify"),
    model=Lead,
    right=QUALIFY_RIGHT,
    move="qualify",
    url_name="sales:lead_qualify",
    perform=_to_preview,
    template="sales/qualification.html",
    done=_("Lead qualified"),
    position=10,
)
ACCOUNT_NEED = Action(
    name="new-need",
    label=_("New need"),
    model=Account,
    right=READ,
    creates=Lead,
    form=NeedForm,
    url_name="sales:account_new_need",
    perform=_account_needs,
    obstacle=_only_active,
    done=_("Lead made"),
    position=20,
)
CONTACT_NEED = Action(
    name="new-need",
    label=_("New need"),
    model=Contact,
    right=READ,
    creates=Lead,
    form=NeedForm,
    url_name="sales:contact_new_need",
    perform=_contact_needs,
    obstacle=_only_active,
    done=_("Lead made"),
    position=20,
)


def register_actions() -> None:
    register(QUALIFY, ACCOUNT_NEED, CONTACT_NEED)
