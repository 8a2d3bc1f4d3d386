"""What the pages of accounts and contacts tell in the same way."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.models import Currency
from crm.core.screens.details import Fact
from crm.core.tables import base_currency_code
from crm.customers.models import Account, Contact
from crm.customers.services.fields import PREFERENCE_FIELDS

READ_ALONG = ("owner", "owner_team", "currency", "price_list", "territory")
"""What the page of a customer tells of the rows it refers to."""


def inactive_obstacle(record: Account | Contact) -> str:
    if record.state != "inactive":
        return ""
    return _("An inactive %(noun)s cannot be changed. Activate it first.") % {"noun": record._meta.verbose_name}


def amount(value: Any, currency: Currency | None, user: Any) -> str:
    """An amount of money; its code only where it is not in the base currency."""
    if value is None:
        return ""
    code = currency.code if currency else ""
    return shown.money_html(value, "" if code == base_currency_code(user) else code)


def terms_facts(record: Account | Contact, user: Any) -> list[Fact]:
    days = record.payment_terms_days
    return [
        (_("Currency"), record.currency.code if record.currency else ""),
        (_("Price list"), record.price_list and record.price_list.name),
        (_("Payment terms"), "" if days is None else _("%(days)d days") % {"days": days}),
        (_("Credit limit"), amount(record.credit_limit, record.currency, user)),
        (_("On credit hold"), _("yes") if record.credit_hold else ""),
        (_("Tax number"), record.tax_number),
        (_("Territory"), record.territory and record.territory.name),
    ]


def preference_facts(record: Account | Contact) -> list[Fact]:
    """What the customer does not want, in words, and how it wants to be spoken to."""
    flags = [name for name in PREFERENCE_FIELDS if name.startswith("do_not_")]
    refused = [_label(record, name) for name in flags if getattr(record, name)]
    preferred = record.get_preferred_contact_method_display()
    is_any = record.preferred_contact_method == record.ContactMethod.ANY
    return [(_("Preferred contact"), "" if is_any else preferred), (_("Not wanted"), ", ".join(refused))]


def _label(record: models.Model, name: str) -> str:
    field: Any = record._meta.get_field(name)
    return str(field.verbose_name)


def visible_choice(model: Any, request: HttpRequest, name: str) -> Any:
    """The active record that the address names for a new form, if this person may see it."""
    key = request.GET.get(name, "")
    if not key.isdecimal() or len(key) > 18:
        return None
    return model.objects.visible_to(request.user).filter(pk=int(key), state="active").first()
