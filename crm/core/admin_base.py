"""The admin pages of a record: the same walls as everywhere, and an administrator's way around the bin.

A protected state moves here only through the declared acts, which run the services of the product; deleting goes
through `crm.core.deletion`; what the database refuses becomes a message.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db import DatabaseError, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldForeignKeyRawIdWidget

from crm.core.actions import Action, actions_for
from crm.core.admin_custom import added_fieldsets, shown_fields, with_added, without_added
from crm.core.deletion import delete_record, dependents, has_bin, restore_record
from crm.core.errors import Refusal
from crm.core.idempotency import FIELD, new_key, run_once
from crm.core.models import CustomModel
from crm.core.states import StateModel

_PLAIN_FORM = Action.__dataclass_fields__["template"].default
_SEARCHED = ("number", "sort_key", "name", "username", "topic", "subject", "code", "key", "label")


class BinFilter(admin.SimpleListFilter):
    """Live records unless the bin is asked for."""

    title = _("bin")
    parameter_name = "bin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("in", _("In the bin")), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() != "in")


class StateFilter(admin.SimpleListFilter):
    """The states of the machine, without asking the table which ones occur."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(model_admin.model.machine.state_choices())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() else queryset


class MomentWidget(UnfoldAdminSplitDateTimeWidget):  # type: ignore[misc]  # unfold has no types
    """Day and time of day, each with a name; the label leads to the day."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for part, name in zip(self.widgets, (_("Date"), _("Time")), strict=True):
            part.attrs["aria-label"] = name

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else ""


class RowsInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """Records that are edited in rows with another one; the label of a field stands in the head of its column alone."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            # A foreign key stands in a frame with links to its records.
            getattr(field.widget, "widget", field.widget).attrs["aria-label"] = field.label
        return field


class RecordAdmin(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """The base of every admin class; `list_display`, filters, search and look-ups have sensible defaults."""

    list_per_page = 50
    show_full_result_count = False
    warn_unsaved_form = True
    change_form_outer_before_template = "admin/acts.html"
    actions: Sequence[str] = ("restore_selected",)
    formfield_overrides = {models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": MomentWidget}}

    # What is shown

    def get_queryset(self, request: HttpRequest) -> Any:
        if not has_bin(self.model):
            return super().get_queryset(request)
        rows: Any = self.model.with_bin.all()
        return rows.order_by(*self.get_ordering(request))

    def get_ordering(self, request: HttpRequest) -> Sequence[Any]:
        """Always one, or the pages of suggestions would overlap."""
        return super().get_ordering(request) or self.opts.ordering or ("-pk",)

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        if tuple(self.list_display) != ("__str__",):
            return cast(Sequence[Any], super().get_list_display(request))
        return ["__str__", *self._present("state", "status_reason", "owner", "updated_at")]

    def get_list_select_related(self, request: HttpRequest) -> Any:
        related = [name for name in self.get_list_display(request) if self._is_foreign_key(name)]
        return related or super().get_list_select_related(request)

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        kernel: list[Any] = [StateFilter] if issubclass(self.model, StateModel) else []
        kernel += [BinFilter] if has_bin(self.model) else []
        return [*kernel, *super().get_list_filter(request)]

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        return self.search_fields or self._present(*_SEARCHED)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Sequence[str]:
        """What the database or a service writes is shown on a record that is there, and never edited."""
        given = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return given
        written = [field.name for field in self.model._meta.concrete_fields if _is_written_elsewhere(field)]
        shown = [] if self.may_type_added(request, obj) else shown_fields(self.model, request.user)
        return [*given, *(name for name in written if name not in given), *shown]

    def may_type_added(self, request: HttpRequest, obj: models.Model | None) -> bool:
        """Are the fields that administrators added typed on this page? Else they are only shown."""
        may_write = self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)
        return issubclass(self.model, CustomModel) and may_write

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        added = added_fieldsets(self.model, request.user) if self.may_type_added(request, obj) else []
        return [*super().get_fieldsets(request, obj), *added]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        names = kwargs["fields"] if "fields" in kwargs else flatten_fieldsets(self.get_fieldsets(request, obj))
        form = super().get_form(request, obj, change, **{**kwargs, "fields": without_added(names)})
        return with_added(form, request.user) if self.may_type_added(request, obj) else form

    def get_autocomplete_fields(self, request: HttpRequest) -> Sequence[str]:
        names = [field.name for field in self.model._meta.fields if self._is_searchable(field, request)]
        return [*names, *(name for name in super().get_autocomplete_fields(request) if name not in names)]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """No select box with a million options: what cannot be searched is named by its key."""
        if has_bin(db_field.related_model) and not self._is_searchable(db_field, request):
            kwargs["widget"] = UnfoldForeignKeyRawIdWidget(db_field.remote_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _present(self, *names: str) -> list[str]:
        present = {field.name for field in self.model._meta.concrete_fields}
        return [name for name in names if name in present]

    def _is_foreign_key(self, name: Any) -> bool:
        return any(isinstance(field, models.ForeignKey) and field.name == name for field in self.model._meta.fields)

    def _is_searchable(self, field: Any, request: HttpRequest) -> bool:
        other = self.admin_site._registry.get(field.related_model) if isinstance(field, models.ForeignKey) else None
        return bool(field.editable and other is not None and other.get_search_fields(request))

    # What is written

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Columns that follow from others are set as a service would set them."""
        if self._present("owning_unit") and (obj.owner or obj.owner_team):
            obj.owning_unit_id = (obj.owner or obj.owner_team).business_unit_id
        if hasattr(obj, "set_sort_key"):
            obj.set_sort_key()
        super().save_model(request, obj, form, change)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        view: Callable[[], HttpResponse] = lambda: super(RecordAdmin, self).changeform_view(  # noqa: E731
            request, object_id, form_url, extra_context
        )
        return self._with_refusals_told(request, view)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        view: Callable[[], HttpResponse] = lambda: super(RecordAdmin, self).delete_view(  # noqa: E731
            request, object_id, extra_context
        )
        return self._with_refusals_told(request, view)

    def _with_refusals_told(self, request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
        if request.method != "POST":
            return view()
        try:
            return view()
        except Refusal as refusal:
            self._tell(request, refusal)
        except DatabaseError as error:
            reason = str(error).splitlines()[0]
            messages.error(request, gettext("The database refuses this change: %(reason)s") % {"reason": reason})
        return redirect(request.get_full_path())

    def _tell(self, request: HttpRequest, refusal: Refusal) -> None:
        messages.error(request, " ".join([refusal.sentence, *refusal.details]))

    # The bin

    def get_deleted_objects(self, objs: Iterable[Any], request: HttpRequest) -> Any:
        if not has_bin(self.model):
            return super().get_deleted_objects(objs, request)
        records = list(objs)
        in_the_way = [sentence for record in records for sentence in dependents(record, request.user)]
        return [str(record) for record in records], {self.opts.verbose_name_plural: len(records)}, set(), in_the_way

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        if has_bin(self.model):
            delete_record(model=self.model, record_id=obj.pk, actor=cast(Any, request.user), at=timezone.now())
        else:
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for record in queryset:
            self.delete_model(request, record)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        view: Callable[[], HttpResponse] = lambda: super(RecordAdmin, self).changelist_view(  # noqa: E731
            request, extra_context
        )
        return self._with_refusals_told(request, view)

    def has_restore_permission(self, request: HttpRequest) -> bool:
        return has_bin(self.model) and bool(request.user.has_perm("core.restore_record"))

    @admin.action(description=_("Take out of the bin"), permissions=["restore"])
    def restore_selected(self, request: HttpRequest, queryset: Any) -> None:
        restored = 0
        for record in queryset.binned():
            try:
                restore_record(model=self.model, record_id=record.pk, actor=cast(Any, request.user), at=timezone.now())
                restored += 1
            except Refusal as refusal:
                self._tell(request, refusal)
        messages.success(request, ngettext("%d record is back.", "%d records are back.", restored) % restored)

    # The acts

    def get_urls(self) -> list[URLPattern]:
        act = path(
            "<path:object_id>/act/<slug:name>/",
            self.admin_site.admin_view(self.act_view),
            name=self._url_name("act"),
        )
        return [act, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> HttpResponse:
        record = kwargs.get("obj")
        return cast(
            HttpResponse, super().render_change_form(request, {**context, "acts": self._acts(record)}, **kwargs)
        )

    def _acts(self, record: models.Model | None) -> list[dict[str, Any]]:
        """The acts that are open now, as links."""
        if record is None or record.pk is None:
            return []
        return [
            {"label": action.label, "danger": action.danger, "url": self._act_url(record, action)}
            for action in actions_for(self.model)
            if not action.refusal(record)
        ]

    def _act_url(self, record: models.Model, action: Action) -> str:
        """An act with a page of its own, such as the preview of a qualification, is done on that page."""
        if action.template != _PLAIN_FORM:
            return action.url(record)
        return reverse(f"admin:{self._url_name('act')}", args=[record.pk, action.name])

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        action = next((action for action in actions_for(self.model) if action.name == name), None)
        if record is None or action is None:
            raise Http404
        data = request.POST if request.method == "POST" else None
        form: Any = action.form(data, actor=request.user, record=record) if action.form else None  # type: ignore[call-arg]  # see Action
        if data is not None and (form is None or form.is_valid()):
            return self._perform(request, action, record, form.cleaned_data if form else {})
        context = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "opts": self.opts,
            "record": record,
            "act": action,
            "form": form,
            FIELD: new_key(),
        }
        return TemplateResponse(request, "admin/act.html", context, status=200 if data is None else 422)

    def _perform(
        self, request: HttpRequest, action: Action, record: models.Model, values: dict[str, Any]
    ) -> HttpResponse:
        actor: Any = request.user
        try:
            run_once(request, lambda: action.perform(record.pk, values, actor))
        except Refusal as refusal:
            self._tell(request, refusal)
        else:
            messages.success(request, str(action.done or _("Done.")))
        return redirect(reverse(f"admin:{self._url_name('change')}", args=[record.pk]))

    def _url_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"


class ReadOnlyAdmin(RecordAdmin):
    """What the product writes for itself and people only look at."""

    actions = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _is_written_elsewhere(field: Any) -> bool:
    return not field.editable and not field.primary_key and field.name not in {"sort_key", "custom"}
