"""Leads, lead forms and the posts that came through them, in the administration."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.admin_base import ReadOnlyAdmin, RecordAdmin
from crm.core.admin_ordering import OrderedAdmin
from crm.core.folding import fold
from crm.core.query import QueryError
from crm.core.work import start_job
from crm.data.duplicates import refuse_typed
from leads.capture.flags import flag_sentence
from leads.models import (
    Absence,
    AssignmentDecision,
    AssignmentRule,
    AssignmentTurn,
    Campaign,
    CampaignCost,
    CampaignResponse,
    CapturedPost,
    CaptureForm,
    KnownSender,
    Lead,
    MarketingList,
    ScoreModel,
    ScoreRule,
    Touch,
    WorkingHours,
)
from leads.services.assignment import refuse_unreadable
from leads.services.campaigns import settle_campaign
from leads.services.forms import clean_hosts, default_owner
from leads.tasks import score_all_leads
from leads.values import settle

_READ_AS_TEXT = 20_000


@admin.register(Lead)
class LeadAdmin(RecordAdmin):
    list_display = ("name", "company", "topic", "state", "status_reason", "owner", "created_at")
    list_filter = ("rating",)
    search_fields = ("number", "sort_key", "company_key", "email_key")
    ordering = ("-created_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new lead gets its number from the product's own page."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        settle(obj)
        refuse_typed(obj, form=form, actor=request.user)  # type: ignore[arg-type]  # who is signed in
        super().save_model(request, obj, form, change)


@admin.register(Campaign)
class CampaignAdmin(RecordAdmin):
    list_display = ("name", "number", "code", "type", "state", "owner", "updated_at")
    list_filter = ("type",)
    search_fields = ("number", "sort_key", "code_key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new campaign gets its number from the product's own page."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        settle_campaign(obj)
        super().save_model(request, obj, form, change)


@admin.register(MarketingList)
class MarketingListAdmin(RecordAdmin):
    list_display = ("name", "kind", "members_are", "member_count", "is_locked", "state", "owner")
    list_filter = ("kind", "members_are")
    search_fields = ("sort_key",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.sort_key = fold(obj.name)
        super().save_model(request, obj, form, change)


@admin.register(CampaignCost)
class CampaignCostAdmin(ReadOnlyAdmin):
    """Added on the campaign's own page, which keeps the sum."""

    list_display = ("campaign", "name", "spent_on", "amount", "currency", "base_amount")
    list_select_related = ("campaign", "currency")
    ordering = ("-spent_on", "-pk")


@admin.register(CampaignResponse)
class CampaignResponseAdmin(RecordAdmin):
    list_display = ("subject", "campaign", "answer", "channel", "state", "owner", "received_on")
    list_select_related = ("campaign",)
    list_filter = ("answer", "channel")
    search_fields = ("sort_key",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.sort_key = fold(obj.subject)
        super().save_model(request, obj, form, change)


@admin.register(CaptureForm)
class CaptureFormAdmin(RecordAdmin):
    list_display = ("name", "key", "owner", "owner_team", "source", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "key")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Hosts are kept as they are compared, and every form has somebody who gets its leads."""
        obj.sort_key = fold(obj.name)
        obj.allowed_hosts = clean_hosts(obj.allowed_hosts)
        if obj.owner is None and obj.owner_team is None:
            owner = default_owner()
            setattr(obj, "owner" if hasattr(owner, "username") else "owner_team", owner)
        super().save_model(request, obj, form, change)


class VerdictFilter(admin.SimpleListFilter):
    title = _("verdict")
    parameter_name = "verdict"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("quarantine", _("In quarantine")), *CapturedPost.Verdict.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "quarantine":
            return queryset.filter(lead__isnull=True)
        return queryset.filter(verdict=self.value()) if self.value() else queryset


@admin.register(CapturedPost)
class CapturedPostAdmin(ReadOnlyAdmin):
    list_display = ("id", "received_at", "form", "verdict", "lead", "remote_address")
    list_filter = (VerdictFilter, "form")
    list_select_related = ("form", "lead")
    search_fields = ("form_key",)
    ordering = ("-received_at",)
    readonly_fields = ("body_as_text", "reasons")
    exclude = ("body",)

    @admin.display(description=_("body"))
    def body_as_text(self, post: CapturedPost) -> str:
        return bytes(post.body)[:_READ_AS_TEXT].decode("utf-8", "replace")

    @admin.display(description=_("what was odd"))
    def reasons(self, post: CapturedPost) -> str:
        return "\n".join(flag_sentence(flag) for flag in post.flags)


@admin.register(KnownSender)
class KnownSenderAdmin(RecordAdmin):
    """Addresses are learnt by themselves; domains and network addresses are an administrator's to judge."""

    list_display = ("value", "kind", "standing", "updated_at")
    list_filter = ("kind", "standing")
    search_fields = ("value",)
    ordering = ("value",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Kept as posts are compared."""
        obj.value = obj.value.strip().lower().removeprefix("@")
        super().save_model(request, obj, form, change)


@admin.register(Touch)
class TouchAdmin(ReadOnlyAdmin):
    list_display = ("lead", "at", "source", "campaign_code")
    list_select_related = ("lead",)
    ordering = ("-at",)


class QueryForm(forms.ModelForm[Any]):
    """A query that cannot be read is refused at once, not when a lead arrives."""

    def clean_query(self) -> str:
        query: str = self.cleaned_data["query"].strip()
        try:
            refuse_unreadable(query, timezone.now())
        except QueryError as error:
            raise forms.ValidationError(error.sentence) from error
        return query


@admin.register(AssignmentRule)
class AssignmentRuleAdmin(OrderedAdmin):
    form = QueryForm
    list_display = ("name", "position", "query", "way", "person", "team", "is_active")
    list_filter = ("is_active", "way")
    search_fields = ("name",)


@admin.register(WorkingHours)
class WorkingHoursAdmin(RecordAdmin):
    list_display = ("__str__", "starts_at", "ends_at", "capacity")
    search_fields = ("person__username",)


@admin.register(Absence)
class AbsenceAdmin(RecordAdmin):
    list_display = ("person", "first_on", "last_on", "note")
    search_fields = ("person__username", "note")


@admin.register(AssignmentDecision)
class AssignmentDecisionAdmin(ReadOnlyAdmin):
    list_display = ("lead", "rule", "owner", "owner_team", "at")
    search_fields = ("lead__number",)


@admin.register(AssignmentTurn)
class AssignmentTurnAdmin(ReadOnlyAdmin):
    list_display = ("rule", "last_person")


@admin.register(ScoreRule)
class ScoreRuleAdmin(RecordAdmin):
    """Whatever changes in the rules, all open leads are scored anew in the background."""

    form = QueryForm
    list_display = ("label", "points", "query", "is_active")
    list_filter = ("is_active",)
    search_fields = ("label",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        start_job(score_all_leads.module_path, {})

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        start_job(score_all_leads.module_path, {})


@admin.register(ScoreModel)
class ScoreModelAdmin(ReadOnlyAdmin):
    list_display = ("learnt_at", "qualified", "disqualified", "scored_until")
