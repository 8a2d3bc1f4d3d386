"""The pages of a customer's addresses."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from crm.core.screens.parts import PartDeleteView, PartEditView
from crm.customers.forms import AddressForm
from crm.customers.models import Account, Address, Contact
from crm.customers.services.addresses import add_address, remove_address, update_address
from crm.customers.views.facts import inactive_obstacle


class _AddressEditView(PartEditView[Address]):
    parent: type[Account] | type[Contact]
    form_class = AddressForm
    title = gettext_lazy("Address")
    submit_label = gettext_lazy("Save address")
    saved = gettext_lazy("Address saved")

    def parts(self, record: Account | Contact) -> Any:
        return record.addresses.all()

    def obstacle(self, record: Account | Contact) -> str:
        return inactive_obstacle(record)

    def add(self, pk: int, form: AddressForm, actor: Any) -> Address:
        return add_address(model=self.parent, customer_id=pk, values=form.values, actor=actor, at=timezone.now())

    def change(self, part_id: int, form: AddressForm, actor: Any) -> Address:
        return update_address(address_id=part_id, values=form.values, actor=actor, at=timezone.now())


class _AddressDeleteView(PartDeleteView[Address]):
    title = gettext_lazy("Remove address")
    removed = gettext_lazy("Address removed")

    def parts(self, record: Account | Contact) -> Any:
        return record.addresses.all()

    def obstacle(self, record: Account | Contact) -> str:
        return inactive_obstacle(record)

    def remove(self, part_id: int, actor: Any) -> Account | Contact:
        return remove_address(address_id=part_id, actor=actor, at=timezone.now())


class AccountAddressEditView(_AddressEditView):
    parent = Account


class AccountAddressDeleteView(_AddressDeleteView):
    parent = Account


class ContactAddressEditView(_AddressEditView):
    parent = Contact


class ContactAddressDeleteView(_AddressDeleteView):
    parent = Contact
