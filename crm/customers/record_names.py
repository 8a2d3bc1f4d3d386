"""Accounts and contacts chosen by name."""

from typing import Any

from crm.core.record_names import RecordNameField
from crm.customers.models import Account, Contact


def _active(rows: Any) -> Any:
    return rows.filter(state="active")


class AccountField(RecordNameField):
    def __init__(self, **options: Any) -> None:
        super().__init__(Account.objects.all(), narrow=_active, **options)


class ContactField(RecordNameField):
    def __init__(self, **options: Any) -> None:
        super().__init__(Contact.objects.all(), narrow=_active, name="full_name", **options)
