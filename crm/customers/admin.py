"""Accounts and contacts in the administration."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import StackedInline

from crm.core.admin_base import ReadOnlyAdmin, RecordAdmin
from crm.customers.models import Account, Address, Connection, ConnectionRole, Contact
from crm.customers.services.addresses import ADDRESS_FIELDS
from crm.data.duplicates import refuse_typed


class AddressInline(StackedInline):
    model = Address
    fields = ADDRESS_FIELDS
    extra = 0


class _CustomerAdmin(RecordAdmin):
    inlines = (AddressInline,)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.set_keys()
        refuse_typed(obj, form=form, actor=request.user)  # type: ignore[arg-type]  # who is signed in
        super().save_model(request, obj, form, change)


@admin.register(Account)
class AccountAdmin(_CustomerAdmin):
    list_display = ("name", "number", "state", "owner", "updated_at")
    list_filter = ("type",)
    search_fields = ("sort_key", "number", "email_key")


@admin.register(Contact)
class ContactAdmin(_CustomerAdmin):
    list_display = ("full_name", "account", "state", "owner", "updated_at")
    search_fields = ("sort_key", "email_key")


@admin.register(Address)
class AddressAdmin(RecordAdmin):
    list_display = ("__str__", "account", "contact", "is_default_bill_to", "is_default_ship_to")
    search_fields = ("street", "city", "postal_code")
    autocomplete_fields = ("account", "contact")


@admin.register(ConnectionRole)
class ConnectionRoleAdmin(RecordAdmin):
    list_display = ("name", "category", "reciprocal", "is_active")
    list_filter = ("category", "is_active")
    search_fields = ("name",)


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """Made and removed on the pages of records, where rights and the sales team are minded."""

    list_display = ("__str__", "a_type", "a_id", "b_type", "b_id", "updated_at")
