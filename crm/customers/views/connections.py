"""The pages of a record's connections, one set for every table whose records can be connected."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.core.access import WRITE, find_for
from crm.core.errors import NotFound
from crm.core.screens.conflicts import has_choices, with_choices
from crm.core.screens.parts import PartDeleteView, PartEditView, PartView
from crm.customers.connecting import connectable, seen_sides, side_of, stored_connections
from crm.customers.connection_form import ConnectionForm, candidates
from crm.customers.models import Connection
from crm.customers.services.connections import add_connection, remove_connection, update_connection
from crm.customers.views.facts import inactive_obstacle
from crm.users.actions import shared_models


class _ConnectionView(PartView[Connection]):
    """The noun of the address names the table of the record."""

    parent: Any
    current: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, noun: str, **kwargs: Any) -> HttpResponseBase:
        self.parent = _model(noun)
        return super().dispatch(request, *args, **kwargs)

    def parts(self, record: Any) -> Any:
        return stored_connections(record)

    def obstacle(self, record: Any) -> str:
        return inactive_obstacle(record)

    def record(self, pk: int) -> Any:
        self.current = super().record(pk)
        return self.current

    def part(self, record: Any, part_id: int | None) -> Connection | None:
        found = super().part(record, part_id)
        if found is not None and not seen_sides(record, [side_of(found, record)], self.request.user):
            raise NotFound(_("This is not there any more."))
        return found

    def url(self, pk: int) -> str:
        return f"{super().url(pk)}?tab=related"


class ConnectionEditView(_ConnectionView, PartEditView[Connection]):
    form_class = ConnectionForm
    title = gettext_lazy("Connection")
    submit_label = gettext_lazy("Save connection")
    saved = gettext_lazy("Connection saved")

    def add(self, pk: int, form: ConnectionForm, actor: Any) -> Connection:
        return add_connection(
            model=self.parent,
            record_id=pk,
            other=form.other,
            role=form.cleaned_data["role"],
            own_role=form.cleaned_data["own_role"],
            values=form.details,
            actor=actor,
            at=timezone.now(),
        )

    def change(self, part_id: int, form: ConnectionForm, actor: Any) -> Connection:
        return update_connection(
            model=self.parent,
            record_id=self.current.pk,
            connection_id=part_id,
            role=form.cleaned_data["role"],
            own_role=form.cleaned_data["own_role"],
            values=form.details,
            actor=actor,
            at=timezone.now(),
        )

    def _form(self, part: Connection | None, *, sent: bool = False) -> ConnectionForm:
        about = {"actor": self.request.user, "record": self.current}
        if part is not None:
            about["side"] = side_of(part, self.current)
        if not sent:
            return ConnectionForm(**about)
        data: QueryDict = self.request.POST
        if part is not None and has_choices(data):
            data = with_choices(data, ConnectionForm(**about))
        return ConnectionForm(data, **about)


class ConnectionDeleteView(_ConnectionView, PartDeleteView[Connection]):
    title = gettext_lazy("Remove connection")
    removed = gettext_lazy("Connection removed")

    def remove(self, part_id: int, actor: Any) -> None:
        remove_connection(
            model=self.parent, record_id=self.current.pk, connection_id=part_id, actor=actor, at=timezone.now()
        )


class ConnectionCandidatesView(View):
    """The records that what is typed may mean, as suggestions; for those who may change the record."""

    def get(self, request: HttpRequest, noun: str, pk: int) -> HttpResponse:
        find_for(_model(noun), pk, request.user, WRITE)
        names = candidates(request.GET.get("noun", ""), request.GET.get("name", ""), request.user)
        return render(request, "customers/connection_candidates.html", {"names": names})


def _model(noun: str) -> Any:
    model = shared_models().get(noun)
    if model is None or connectable(str(model._meta.model_name)) is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return model
