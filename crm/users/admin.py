"""People, units, teams, roles and rights in the administration."""

from typing import Any

from allauth.mfa.admin import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from crm.core.admin_base import ReadOnlyAdmin, RecordAdmin, RowsInline
from crm.core.writing import CHOICES
from crm.users.models import (
    BusinessUnit,
    IdempotencyKey,
    MutedKind,
    Notification,
    Role,
    RolePrivilege,
    SavedView,
    SavedViewTeam,
    SetupToken,
    Share,
    Team,
    TeamMembership,
    Territory,
    User,
    UserRole,
    ViewDefault,
    ViewPin,
)
from crm.users.rights import known_permissions
from crm.users.services.ownership import follow_owner

# Rights come from roles; Django's groups would only look as if they gave some.
admin.site.unregister(Group)
# Its own page shows the secret behind the codes.
admin.site.unregister(Authenticator)


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name", "email", "business_unit")


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


class UserRoleInline(RowsInline):
    model = UserRole
    extra = 0


class UserTeamInline(RowsInline):
    model = TeamMembership
    extra = 0


class OwnerAdmin(RecordAdmin):
    """People and teams own records, whose business unit follows theirs."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "business_unit" in form.changed_data:
            follow_owner(obj)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, OwnerAdmin):  # type: ignore[misc,type-arg]  # unfold has no types
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("name", "username", "email", "business_unit", "manager", "is_active", "is_administrator")
    list_filter = ("is_active", "is_administrator", "business_unit", "roles")
    search_fields = ("name", "username", "email")
    ordering = ("name",)
    filter_horizontal = ()
    actions = ()
    inlines = (UserRoleInline, UserTeamInline)
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "email", "job_title", "phone")}),
        (_("Language and formats"), {"fields": ("time_zone", "language", *CHOICES)}),
        (_("Place"), {"fields": ("business_unit", "manager", "territory")}),
        (_("Access"), {"fields": ("is_active", "is_administrator", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "name", "email", "business_unit", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("last_login",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """History and records name people for good; who leaves is switched off."""
        return False


@admin.register(BusinessUnit)
class BusinessUnitAdmin(RecordAdmin):
    list_display = ("name", "parent")


class MembershipInline(RowsInline):
    model = TeamMembership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(OwnerAdmin):
    list_display = ("name", "kind", "business_unit")
    list_filter = ("kind", "business_unit")
    inlines = (MembershipInline,)


@admin.register(TeamMembership)
class TeamMembershipAdmin(RecordAdmin):
    list_display = ("team", "user")


@admin.register(Territory)
class TerritoryAdmin(RecordAdmin):
    list_display = ("name", "parent")


class PrivilegeForm(forms.ModelForm[RolePrivilege]):
    class Meta:
        model = RolePrivilege
        fields = ("role", "permission", "depth")

    def clean_permission(self) -> str:
        permission = str(self.cleaned_data["permission"])
        if permission not in known_permissions():
            raise forms.ValidationError(_("There is no such right. It looks like leads.qualify_lead."))
        return permission


class PrivilegeInline(RowsInline):
    model = RolePrivilege
    form = PrivilegeForm
    extra = 1


@admin.register(Role)
class RoleAdmin(RecordAdmin):
    list_display = ("name", "description")
    inlines = (PrivilegeInline,)


@admin.register(RolePrivilege)
class RolePrivilegeAdmin(RecordAdmin):
    form = PrivilegeForm
    list_display = ("role", "permission", "depth")
    list_filter = ("role", "depth")
    search_fields = ("permission",)


@admin.register(UserRole)
class UserRoleAdmin(RecordAdmin):
    list_display = ("user", "role")
    list_filter = ("role",)


@admin.register(Share)
class ShareAdmin(RecordAdmin):
    list_display = ("content_type", "object_id", "user", "team", "may_write", "shared_at", "shared_by")


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    """Changed by their owners, in their lists."""

    list_display = ("name", "noun", "owner", "query")


@admin.register(SavedViewTeam)
class SavedViewTeamAdmin(ReadOnlyAdmin):
    list_display = ("view", "team")


@admin.register(ViewPin)
class ViewPinAdmin(ReadOnlyAdmin):
    list_display = ("view", "user")


@admin.register(ViewDefault)
class ViewDefaultAdmin(ReadOnlyAdmin):
    list_display = ("noun", "key", "user")


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    list_display = ("key", "user", "result_url", "created_at")


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("person", "kind", "at", "read_at")


@admin.register(MutedKind)
class MutedKindAdmin(ReadOnlyAdmin):
    list_display = ("person", "kind")


@admin.register(SetupToken)
class SetupTokenAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "created_at")


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors: which ones there are, never what is in them. Whoever lost theirs has them deleted here."""

    list_display = ("user", "type", "created_at", "last_used_at")
    fields = list_display

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_superuser", False))
