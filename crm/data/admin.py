"""What bulk changes did, who exported and imported what, to look at; and the rules for duplicates."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from crm.core.admin_base import ReadOnlyAdmin, RowsInline
from crm.core.admin_ordering import OrderedAdmin
from crm.data.duplicates import indexes
from crm.data.duplicates.nouns import known_noun, known_nouns, noun_choices
from crm.data.duplicates.rules import comparable_fields
from crm.data.models import (
    BulkRow,
    BulkRun,
    DuplicateCriterion,
    DuplicatePair,
    DuplicateRule,
    Export,
    ExternalId,
    Import,
    ImportRow,
    LearntColumn,
    Merge,
    MergedRecord,
    MergeRow,
)
from crm.data.models.duplicates import OF_A_FIELD


@admin.register(BulkRun)
class BulkRunAdmin(ReadOnlyAdmin):
    list_display = ("summary", "noun", "person", "total", "at", "finished_at")
    list_filter = ("noun",)
    search_fields = ("summary",)


@admin.register(BulkRow)
class BulkRowAdmin(ReadOnlyAdmin):
    list_display = ("record_id", "run", "outcome", "reason")
    list_filter = ("outcome",)


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    list_display = ("title", "person", "format", "rows", "created_at", "deleted_on")
    list_filter = ("format",)


class RuleForm(forms.ModelForm[DuplicateRule]):
    noun = forms.ChoiceField(label=gettext_lazy("Table"), widget=UnfoldAdminSelectWidget)
    against = forms.ChoiceField(label=gettext_lazy("Compared with"), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = DuplicateRule
        fields = ("name", "noun", "against", "mode", "is_active", "is_exact", "position")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("noun", "against"):
            field: Any = self.fields[name]
            field.choices = noun_choices()
            field.disabled = self.instance.pk is not None


class CriterionForm(forms.ModelForm[DuplicateCriterion]):
    field = forms.ChoiceField(label=gettext_lazy("Field"), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = DuplicateCriterion
        fields = ("kind", "field", "length")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["field"]
        field.choices = [("", "–"), *sorted(_all_fields().items(), key=lambda choice: choice[1])]


def _all_fields() -> Mapping[str, str]:
    return {name: label for noun in known_nouns() for name, label in comparable_fields(noun.model).items()}


class CriteriaFormSet(forms.BaseInlineFormSet[DuplicateCriterion, DuplicateRule, Any]):
    """At least one criterion, each of which both tables know."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if _is_kept(form)]
        if not kept and not any(form.errors for form in self.forms):
            raise forms.ValidationError(_("Add at least one criterion: a rule compares something."))
        for form in kept:
            sentence = self._problem(form.cleaned_data)
            if sentence:
                form.add_error("kind", sentence)

    def _problem(self, cleaned: Mapping[str, Any]) -> str:
        nouns = [known_noun(label) for label in (self.instance.noun, self.instance.against)]
        if None in nouns:
            return ""
        if cleaned["kind"] in OF_A_FIELD:
            field = cleaned.get("field", "")
            if field and not all(noun and field in comparable_fields(noun.model) for noun in nouns):
                return _("Only a text field that both tables have can be compared.")
        elif nouns[1] and cleaned["kind"] not in nouns[1].probes:
            return _("The table it is compared with has nothing of this kind.")
        return ""


def _is_kept(form: Any) -> bool:
    cleaned = getattr(form, "cleaned_data", {})
    return bool(cleaned.get("kind")) and not cleaned.get("DELETE")


class CriterionInline(RowsInline):
    model = DuplicateCriterion
    form = CriterionForm
    formset = CriteriaFormSet
    fields = ("kind", "field", "length", "index_state", "index_error")
    readonly_fields = ("index_state", "index_error")
    extra = 1
    verbose_name_plural = gettext_lazy("Criteria; a record matches where all of them hold")


@admin.register(DuplicateRule)
class DuplicateRuleAdmin(OrderedAdmin):
    form = RuleForm
    inlines = (CriterionInline,)
    list_display = ("name", "table", "compared_with", "position", "mode", "is_exact", "is_active")
    ordered_within = ("noun", "against")
    list_filter = ("mode", "is_active")
    search_fields = ("name",)

    @admin.display(description=gettext_lazy("table"))
    def table(self, rule: DuplicateRule) -> str:
        return dict(noun_choices()).get(rule.noun, rule.noun)

    @admin.display(description=gettext_lazy("compared with"))
    def compared_with(self, rule: DuplicateRule) -> str:
        return dict(noun_choices()).get(rule.against, rule.against)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for criterion in formset.deleted_objects:
            indexes.drop(criterion.pk)
        for criterion in [*formset.new_objects, *(changed for changed, _names in formset.changed_objects)]:
            indexes.order(criterion)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Criteria go with their rule, though nobody deletes them by themselves."""
        listed, counts, _lacking, in_the_way = super().get_deleted_objects(objs, request)
        return listed, counts, set(), in_the_way

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        for pk in obj.criteria.values_list("pk", flat=True):
            indexes.drop(pk)
        super().delete_model(request, obj)


@admin.register(DuplicateCriterion)
class DuplicateCriterionAdmin(ReadOnlyAdmin):
    """All criteria of all rules; they are changed with their rule."""

    list_display = ("rule", "kind", "field", "length", "index_state")
    list_filter = ("kind",)


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("title", "noun", "person", "rows", "stage", "created_at", "finished_at")
    list_filter = ("noun", "stage")
    search_fields = ("title",)


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    list_display = ("line", "run", "outcome", "reason")
    list_filter = ("outcome",)


@admin.register(ExternalId)
class ExternalIdAdmin(ReadOnlyAdmin):
    list_display = ("key", "content_type", "object_id")
    search_fields = ("key",)


@admin.register(LearntColumn)
class LearntColumnAdmin(ReadOnlyAdmin):
    list_display = ("head", "field", "noun", "at")
    list_filter = ("noun",)
    search_fields = ("head",)


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = ("summary", "noun", "person", "at", "undone_at")
    list_filter = ("noun",)
    search_fields = ("summary",)


@admin.register(MergedRecord)
class MergedRecordAdmin(ReadOnlyAdmin):
    list_display = ("noun", "record_id", "merge")
    list_filter = ("noun",)


@admin.register(MergeRow)
class MergeRowAdmin(ReadOnlyAdmin):
    list_display = ("label", "row_key", "kind", "outcome", "merge")
    list_filter = ("kind", "outcome")


@admin.register(DuplicatePair)
class DuplicatePairAdmin(ReadOnlyAdmin):
    list_display = ("noun", "first_id", "second_id", "rule", "seen_at", "dismissed_at")
    list_filter = ("noun",)
