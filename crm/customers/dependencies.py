"""What accounts and contacts hold among themselves and of the catalogue."""

from django.utils.translation import gettext as _

from catalog.models import PriceList
from catalog.services.price_lists import deactivating
from crm.core.deletion import holds
from crm.core.errors import Conflict
from crm.customers.models import Account, Contact


def register() -> None:
    holds(Account, lambda accounts: Account.objects.filter(parent__in=accounts).order_by("sort_key"))
    holds(Account, lambda accounts: Contact.objects.filter(account__in=accounts).order_by("sort_key"))
    holds(Contact, lambda contacts: Account.objects.filter(primary_contact__in=contacts).order_by("sort_key"))
    holds(Contact, lambda contacts: Contact.objects.filter(reports_to__in=contacts).order_by("sort_key"))
    holds(PriceList, lambda price_lists: Account.objects.filter(price_list__in=price_lists).order_by("sort_key"))
    holds(PriceList, lambda price_lists: Contact.objects.filter(price_list__in=price_lists).order_by("sort_key"))
    deactivating.register(refuse_while_a_customers_default)


def refuse_while_a_customers_default(price_list: PriceList) -> None:
    customers = [
        str(customer)
        for model in (Account, Contact)
        for customer in model.objects.filter(price_list=price_list, state="active").order_by("sort_key")[:10]
    ]
    if customers:
        raise Conflict(_("This is the price list of customers. Change them first."), details=customers)
