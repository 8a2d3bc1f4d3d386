"""The kernel's tables in the administration."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from crm.core.admin_base import ReadOnlyAdmin, RecordAdmin, RowsInline
from crm.core.custom.admin import CustomFieldAdmin
from crm.core.models import (
    BankAccount,
    Currency,
    ExchangeRate,
    Job,
    NumberCounter,
    NumberSeries,
    Organisation,
    Schedule,
    StatusReason,
)

__all__ = ["CustomFieldAdmin"]


class ExchangeRateInline(RowsInline):
    model = ExchangeRate
    extra = 0


@admin.register(Currency)
class CurrencyAdmin(RecordAdmin):
    list_display = ("code", "name", "digits", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    inlines = (ExchangeRateInline,)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(RecordAdmin):
    list_display = ("currency", "valid_from", "rate")
    list_filter = ("currency",)


class BankAccountInline(RowsInline):
    model = BankAccount
    extra = 0


@admin.register(Organisation)
class OrganisationAdmin(RecordAdmin):
    list_display = ("name", "base_currency", "time_zone")
    inlines = (BankAccountInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BankAccount)
class BankAccountAdmin(RecordAdmin):
    list_display = ("bank", "iban", "currency")


@admin.register(NumberSeries)
class NumberSeriesAdmin(RecordAdmin):
    """Prefix and width may change; the series themselves belong to the product."""

    list_display = ("key", "prefix", "width", "is_gapless")
    readonly_fields = ("key",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(NumberCounter)
class NumberCounterAdmin(ReadOnlyAdmin):
    list_display = ("series", "year", "value", "last_on")


@admin.register(StatusReason)
class StatusReasonAdmin(RecordAdmin):
    list_display = ("label", "noun", "state", "position", "is_active")
    list_filter = ("noun", "state")

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """Records carry the key, so it stays once it is there."""
        given = list(super().get_readonly_fields(request, obj))
        return given if obj is None else [*given, "noun", "state", "key"]


@admin.register(Schedule)
class ScheduleAdmin(RecordAdmin):
    list_display = ("name", "task", "every_minutes", "next_at", "last_at", "is_active")
    readonly_fields = ("name", "task")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "state", "done", "total", "tries", "created_at", "heartbeat_at", "finished_at")
    list_filter = ("state",)
