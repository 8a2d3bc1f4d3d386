"""The pages of activities."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.filters import ActivityFilter
from activities.forms import ActivityForm
from activities.kinds import Kind
from activities.models import Activity
from activities.regarding import Ref, find_regarding
from activities.services.activities import complete_activity, create_activity, edit_obstacle, update_activity
from activities.services.notes import add_note, attach_files
from activities.tables import ActivityTable
from activities.words import home_of, record_link, seen_regarding
from crm.core import format as shown
from crm.core.errors import Invalid, NotFound
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact

_LIVE = ("open", "scheduled")


def _overdue(rows: Any, user: Any) -> Any:
    return rows.filter(state__in=_LIVE, owner=user, due_at__lt=timezone.now())


class ActivityListView(ListView):
    model, table, filterset = Activity, ActivityTable, ActivityFilter
    create_url_name = "activities:activity_create"
    create_label = gettext_lazy("New task")
    system_views = (
        SystemView("my-open", gettext_lazy("My open activities"), "state:open,scheduled owner:me", default=True),
        SystemView("overdue", gettext_lazy("Overdue"), filter=_overdue),
        SystemView("today", gettext_lazy("Today"), "state:open,scheduled owner:me due:today"),
        SystemView("completed", gettext_lazy("Completed"), "state:completed"),
        SystemView("all", gettext_lazy("All activities")),
    )


class ActivityDetailView(DetailView[Activity]):
    model = Activity

    def subtitle(self, record: Activity) -> str:
        return record.get_kind_display()

    def facts(self, record: Activity) -> list[Fact]:
        regarding = seen_regarding(record, self.request.user)
        hidden = record.regarding_id is not None and regarding is None
        return [
            (_("Regarding"), _("A record that you may not see") if hidden else record_link(regarding)),
            (_("Due"), "" if record.kind == Kind.APPOINTMENT else shown.moment(record.due_at)),
            (_("Starts"), shown.moment(record.starts_at)),
            (_("Ends"), shown.moment(record.ends_at)),
            (_("Completed"), shown.moment(record.completed_at)),
        ]

    def details(self, record: Activity) -> list[Fact]:
        has_direction = record.kind in {Kind.PHONE_CALL, Kind.EMAIL}
        return [
            (_("Priority"), record.get_priority_display()),
            (_("Direction"), record.get_direction_display() if has_direction else ""),
            (_("Phone number"), record.phone_number),
            (_("Place"), record.location),
            (_("Happened"), shown.moment(record.happened_at)),
            (_("Canceled"), shown.moment(record.canceled_at)),
            (_("Created"), shown.moment(record.created_at)),
        ]

    def edit_obstacle(self, record: Activity) -> str:
        return edit_obstacle(record)


class ActivityEditView(EditView[Activity]):
    model, form_class = Activity, ActivityForm
    template_name = "activities/activity_edit.html"

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"kind": request.GET.get("kind", ""), "regarding": request.GET.get("regarding", "")}

    def create(self, form: ActivityForm, actor: Any) -> Activity:
        regarding = self._regarding(form)
        now = timezone.now()
        if form.kind_value == Kind.NOTE:
            return add_note(
                **form.columns, files=form.cleaned_data["attachments"], regarding=regarding, actor=actor, at=now
            )
        made = create_activity(
            kind=form.kind_value,
            values=form.columns,
            participants=form.parties,
            regarding=regarding,
            actor=actor,
            at=now,
        )
        return complete_activity(activity_id=made.pk, actor=actor, at=now) if form.cleaned_data["done"] else made

    def update(self, record_id: int, form: ActivityForm, actor: Any) -> Activity:
        now = timezone.now()
        parties = form.parties if "with_contact" in form.changed_data else None
        changed = update_activity(activity_id=record_id, values=form.columns, participants=parties, actor=actor, at=now)
        if form.cleaned_data.get("attachments"):
            attach_files(activity_id=record_id, files=form.cleaned_data["attachments"], actor=actor, at=now)
        return changed

    def obstacle(self, record: Activity) -> str:
        return edit_obstacle(record)

    def success_url(self, record: Activity) -> str:
        return home_of(record, self.request.user)

    def _regarding(self, form: ActivityForm) -> Ref | None:
        """As the form says, else as the address does."""
        text = form.cleaned_data["regarding"] or self.request.GET.get("regarding", "")
        if not text:
            return None
        try:
            ref = Ref.parse(text)
            find_regarding(ref, self.request.user)
        except NotFound as unknown:
            raise Invalid(unknown.sentence, field="regarding") from unknown
        return ref


class ActivityDeleteView(DeleteView):
    model = Activity
