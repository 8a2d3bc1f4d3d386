"""The kernel's tables in the administration."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    Tag,
)
from crm.core.tags import change_tag, delete_tag, make_tag, merge_tags, uses_of

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


class TagForm(forms.ModelForm[Tag]):
    """Name and colour; a tag that is there can give all its records to another one."""

    merge_into = forms.ModelChoiceField(
        Tag.objects.all(),
        label=_("Merge into"),
        required=False,
        help_text=_("All records with this tag get that one instead, and this one is gone."),
    )

    class Meta:
        model = Tag
        fields = ("name", "tone")


@admin.register(Tag)
class TagAdmin(RecordAdmin):
    """Rename, colour, merge and delete, through the services: the records follow."""

    form = TagForm
    list_display = ("name", "tone", "uses")
    list_filter = ("tone",)
    search_fields = ("key",)
    actions = ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name", "tone"] if obj is None else ["name", "tone", "merge_into"]

    @admin.display(description=_("on so many records"))
    def uses(self, tag: Tag) -> int:
        return uses_of(tag)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor: Any = request.user
        values, now = form.cleaned_data, timezone.now()
        if not change:
            obj.pk = make_tag(name=values["name"], tone=values["tone"], actor=actor, at=now).pk
            return
        change_tag(tag_id=obj.pk, name=values["name"], tone=values["tone"], actor=actor, at=now)
        if values.get("merge_into"):
            merge_tags(tag_id=obj.pk, into_id=values["merge_into"].pk, actor=actor, at=now)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        actor: Any = request.user
        delete_tag(tag_id=obj.pk, actor=actor, at=timezone.now())


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
