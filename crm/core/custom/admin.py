"""Added fields in the administration: one page to make, rename, retype, retire and restore them."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanSwitchWidget,
)

from crm.core.admin_base import ReadOnlyAdmin, RecordAdmin, RowsInline
from crm.core.custom.roles import role_choices
from crm.core.custom.services import (
    FIELDS,
    change_field,
    create_field,
    delete_field,
    order_index,
    related_choices,
    restore_field,
    retire_field,
    set_choice,
)
from crm.core.custom.usage import users_of
from crm.core.errors import Invalid, Refusal
from crm.core.folding import fold
from crm.core.models import CustomCatalogue, CustomChoice, CustomField
from crm.core.models.custom import noun_choices


def _roles_field(label: Any, nobody: Any) -> forms.Field:
    return forms.TypedMultipleChoiceField(
        label=label, coerce=int, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget, help_text=nobody
    )


class FieldForm(forms.ModelForm[CustomField]):
    """What the services refuse stands at the field, found by a rehearsal that is undone."""

    noun = forms.ChoiceField(label=gettext_lazy("Table"), widget=UnfoldAdminSelectWidget)
    related = forms.ChoiceField(
        label=gettext_lazy("Records of"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("For the kind record."),
    )
    readers = _roles_field(gettext_lazy("Read by"), gettext_lazy("Nothing ticked: all who may read the record."))
    writers = _roles_field(gettext_lazy("Changed by"), gettext_lazy("Nothing ticked: all who may change the record."))
    is_retired = forms.BooleanField(
        label=gettext_lazy("Retired"), required=False, widget=UnfoldBooleanSwitchWidget, help_text=""
    )
    actor: Any = None

    class Meta:
        model = CustomField
        fields = ("noun", *FIELDS)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Mapping[str, Sequence[Any]] = {
            "noun": noun_choices(),
            "related": [("", "–"), *related_choices()],
            "readers": role_choices(),
            "writers": role_choices(),
        }
        for name, choices in chosen.items():
            field: Any = self.fields.get(name)
            if field is not None:
                field.choices = choices
        if self.instance.pk:
            self.fields["noun"].disabled = True
            self.fields["is_retired"].initial = self.instance.retired_at is not None
            self.fields["is_retired"].help_text = _retiring(self.instance)
        else:
            del self.fields["is_retired"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                with transaction.atomic():
                    self.apply()
                    transaction.set_rollback(True)
            except Refusal as refusal:
                field = refusal.field if isinstance(refusal, Invalid) and refusal.field in self.fields else None
                self.add_error(field, " ".join([refusal.sentence, *refusal.details]))
        return cleaned

    def apply(self) -> CustomField:
        """The change itself, by the services."""
        now, cleaned = timezone.now(), self.cleaned_data
        values = {name: cleaned[name] for name in FIELDS if name in cleaned}
        if not self.instance.pk:
            return create_field(noun=cleaned["noun"], values=values, actor=self.actor, at=now)
        pk, retired = self.instance.pk, cleaned["is_retired"]
        was_retired = CustomField.objects.filter(pk=pk, retired_at__isnull=False).exists()
        if was_retired and not retired:
            restore_field(field_id=pk, actor=self.actor, at=now)
        if was_retired and retired:
            return CustomField.objects.get(pk=pk)
        changed = change_field(field_id=pk, values=values, actor=self.actor, at=now)
        return retire_field(field_id=pk, actor=self.actor, at=now) if retired else changed

    def _post_clean(self) -> None:
        """The services know what may be; the model need not be asked as well."""


def _retiring(field: CustomField) -> str:
    kept = _("It is shown nowhere any more; its values stay, and come back with it.")
    users = users_of(field)
    if not users:
        return escape(kept)
    return escape(f"{kept} {_('It is used by: %(users)s.') % {'users': ', '.join(users)}}")


class ChoiceFormSet(forms.BaseInlineFormSet[CustomChoice, CustomField, Any]):
    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            label = fold(str(form.cleaned_data.get("label") or "")) if hasattr(form, "cleaned_data") else ""
            if label and label in seen:
                form.add_error("label", _("There is a choice of this name already."))
            seen.add(label)


class ChoiceInline(RowsInline):
    """Choices are renamed and retired, never deleted: records may hold them."""

    model = CustomChoice
    formset = ChoiceFormSet
    fields = ("label", "position", "is_retired")
    extra = 3
    can_delete = False
    verbose_name_plural = gettext_lazy("Choices, for the kinds choice and several choices")


@admin.register(CustomField)
class CustomFieldAdmin(RecordAdmin):
    form = FieldForm
    inlines = (ChoiceInline,)
    list_display = ("label", "table", "kind", "key", "section", "position", "is_required", "in_use", "index_state")
    list_filter = ("noun", "kind")
    search_fields = ("label", "key")
    actions = ("make_index_again",)
    readonly_fields = ("key", "index_state", "index_error")

    @admin.display(description=gettext_lazy("table"), ordering="noun")
    def table(self, field: CustomField) -> str:
        return str(field.model._meta.verbose_name)

    @admin.display(description=gettext_lazy("in use"), boolean=True)
    def in_use(self, field: CustomField) -> bool:
        return field.retired_at is None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        looks = ("help_text", "section", "position", "is_required", "default", "is_key_fact", "is_searchable")
        state = () if obj is None else ("key", "index_state", "index_error", "is_retired")
        return (
            (None, {"fields": ("noun", "label", "kind", "related", *looks)}),
            (_("Rights"), {"fields": ("readers", "writers")}),
            *(((_("State"), {"fields": state}),) if state else ()),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.readonly_fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"actor": request.user})

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        has_choices = obj is None or obj.kind in {"choice", "choices"}
        return self.inlines if has_choices else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        saved = form.apply()
        for field in CustomField._meta.concrete_fields:
            setattr(obj, field.attname, getattr(saved, field.attname))
        obj._state.adding = False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for choice in formset.save(commit=False):
            values = {name: getattr(choice, name) for name in ("label", "position", "is_retired")}
            set_choice(
                field_id=form.instance.pk,
                choice_id=choice.pk,
                values=values,
                actor=cast(Any, request.user),
                at=timezone.now(),
            )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_field(field_id=obj.pk, actor=cast(Any, request.user), at=timezone.now())

    @admin.action(description=gettext_lazy("Make the index again"))
    def make_index_again(self, request: HttpRequest, queryset: Any) -> None:
        for field in queryset.filter(is_searchable=True, index_state="failed"):
            order_index(field_id=field.pk, actor=cast(Any, request.user), at=timezone.now())
        messages.success(request, _("The indexes that had failed are made again in the background."))


@admin.register(CustomChoice)
class CustomChoiceAdmin(ReadOnlyAdmin):
    """All choices of all fields; they are changed with their field."""

    list_display = ("label", "field", "key", "position", "is_retired")
    list_filter = ("field",)


@admin.register(CustomCatalogue)
class CustomCatalogueAdmin(ReadOnlyAdmin):
    list_display = ("edition", "changed_at")
