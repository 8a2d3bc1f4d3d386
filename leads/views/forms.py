"""The pages of lead forms, of their fields and of their mappings."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Section
from crm.core.screens.parts import PartDeleteView, PartEditView
from leads.campaign_links import campaign_link
from leads.filters import CaptureFormFilter
from leads.forms import CaptureFormForm, FieldMappingForm, FormFieldForm
from leads.models import CaptureForm, FieldMapping, FormField
from leads.services.forms import (
    add_field,
    add_mapping,
    create_form,
    remove_field,
    remove_mapping,
    update_field,
    update_form,
    update_mapping,
)
from leads.tables import CaptureFormTable
from leads.values import source_label


class CaptureFormListView(ListView):
    model, table, filterset = CaptureForm, CaptureFormTable, CaptureFormFilter
    create_url_name = "leads:capture_form_create"
    system_views = (
        SystemView("active", gettext_lazy("Active"), "is_active:yes", default=True),
        SystemView("all", gettext_lazy("All lead forms")),
    )

    def empty(self, actor: Any) -> dict[str, Any]:
        return {
            "title": _("No lead forms yet"),
            "text": _(
                "A lead form gives a website an address to post to, and a page of its own for those without one."
            ),
        }


class CaptureFormDetailView(DetailView[CaptureForm]):
    model = CaptureForm
    first_tab = "details"
    related = ("owner", "owner_team")

    def facts(self, record: CaptureForm) -> list[Fact]:
        return [
            (_("Active"), _("yes") if record.is_active else _("no")),
            (_("Leads go to"), _receiver(record)),
            (_("The same person again"), record.get_again_display()),
            (_("Spam"), record.get_sensitivity_display()),
        ]

    def key_facts(self, record: CaptureForm) -> list[Fact | KeyFact]:
        return [
            (_("Key"), record.key),
            KeyFact(_("Source"), source_label(record.source), "source"),
            KeyFact(_("Source campaign"), campaign_link(record, self.request.user), "campaign"),
            KeyFact(_("Language"), record.get_language_display(), "language"),
            KeyFact(_("Allowed hosts"), ", ".join(record.allowed_hosts), "allowed_hosts"),
        ]

    def details(self, record: CaptureForm) -> list[Section]:
        page = [
            (_("Heading"), record.heading or record.name),
            (_("Introduction"), record.introduction),
            (_("Button"), record.button),
            (_("Language"), record.get_language_display()),
            (_("Consent"), record.consent_text),
        ]
        afterwards = [(_("Thank-you text"), record.thanks), (_("Page to go to instead"), record.redirect_url)]
        return [Section(_("Hosted page"), page), Section(_("Afterwards"), afterwards)]


def _receiver(form: CaptureForm) -> str:
    owner = str(form.owner or form.owner_team or "")
    return _("whom the assignment rules name, else %(owner)s") % {"owner": owner} if form.by_rules else owner


class CaptureFormEditView(EditView[CaptureForm]):
    model, form_class = CaptureForm, CaptureFormForm

    def create(self, form: CaptureFormForm, actor: Any) -> CaptureForm:
        return create_form(values=form.values, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: CaptureFormForm, actor: Any) -> CaptureForm:
        return update_form(form_id=record_id, values=form.values, actor=actor, at=timezone.now())


class CaptureFormDeleteView(DeleteView):
    model = CaptureForm


class FieldEditView(PartEditView[FormField]):
    parent = CaptureForm
    form_class = FormFieldForm
    title = gettext_lazy("Field")
    submit_label = gettext_lazy("Save field")
    saved = gettext_lazy("Field saved")

    def parts(self, record: CaptureForm) -> Any:
        return record.fields.all()

    def add(self, pk: int, form: FormFieldForm, actor: Any) -> FormField:
        return add_field(form_id=pk, values=form.values, actor=actor, at=timezone.now())

    def change(self, part_id: int, form: FormFieldForm, actor: Any) -> FormField:
        return update_field(field_id=part_id, values=form.values, actor=actor, at=timezone.now())


class FieldDeleteView(PartDeleteView[FormField]):
    parent = CaptureForm
    title = gettext_lazy("Remove field")
    removed = gettext_lazy("Field removed")

    def parts(self, record: CaptureForm) -> Any:
        return record.fields.all()

    def remove(self, part_id: int, actor: Any) -> CaptureForm:
        return remove_field(field_id=part_id, actor=actor, at=timezone.now())


class MappingEditView(PartEditView[FieldMapping]):
    parent = CaptureForm
    form_class = FieldMappingForm
    title = gettext_lazy("Mapping")
    submit_label = gettext_lazy("Save mapping")
    saved = gettext_lazy("Mapping saved")

    def parts(self, record: CaptureForm) -> Any:
        return record.mappings.all()

    def add(self, pk: int, form: FieldMappingForm, actor: Any) -> FieldMapping:
        return add_mapping(form_id=pk, values=form.values, actor=actor, at=timezone.now())

    def change(self, part_id: int, form: FieldMappingForm, actor: Any) -> FieldMapping:
        return update_mapping(mapping_id=part_id, values=form.values, actor=actor, at=timezone.now())


class MappingDeleteView(PartDeleteView[FieldMapping]):
    parent = CaptureForm
    title = gettext_lazy("Remove mapping")
    removed = gettext_lazy("Mapping removed")

    def parts(self, record: CaptureForm) -> Any:
        return record.mappings.all()

    def remove(self, part_id: int, actor: Any) -> CaptureForm:
        return remove_mapping(mapping_id=part_id, actor=actor, at=timezone.now())
