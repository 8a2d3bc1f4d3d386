"""The pages of responses to campaigns."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.record_names import Pair
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Section
from crm.customers.links import linked_names, mail_link, phone_link
from crm.customers.models import Account, Contact
from leads.campaign_forms import ResponseForm
from leads.campaign_links import campaign_link
from leads.campaign_tables import ResponseTable
from leads.filters import ResponseFilter
from leads.models import Campaign, CampaignResponse, Lead
from leads.services.responses import create_response, update_response
from leads.values import source_label


class ResponseListView(ListView):
    model, table, filterset = CampaignResponse, ResponseTable, ResponseFilter
    create_url_name = "leads:campaign_response_create"
    system_views = (
        SystemView("open", gettext_lazy("Open responses"), "state:open", default=True),
        SystemView("mine", gettext_lazy("My open responses"), "state:open owner:me"),
        SystemView("all", gettext_lazy("All responses")),
    )

    def empty(self, actor: Any) -> dict[str, Any]:
        return {
            "title": _("No responses yet"),
            "text": _("A response is what somebody answers to a campaign. It becomes a lead or an opportunity."),
        }


class ResponseDetailView(DetailView[CampaignResponse]):
    model = CampaignResponse
    first_tab = "details"
    related = ("owner", "owner_team", "closed_by")

    def subtitle(self, record: CampaignResponse) -> str:
        return " · ".join(part for part in (record.typed_name, record.get_answer_display()) if part)

    def facts(self, record: CampaignResponse) -> list[Fact]:
        return [
            (_("Campaign"), campaign_link(record, self.request.user)),
            (_("Received"), shown.day(record.received_on)),
            (_("Channel"), record.get_channel_display()),
            (_("Became"), self._names(record)[0]),
        ]

    def key_facts(self, record: CampaignResponse) -> list[Fact | KeyFact]:
        _result, contact, account, lead = self._names(record)
        return [
            KeyFact(_("Contact"), contact, "contact"),
            KeyFact(_("Account"), account, "account"),
            KeyFact(_("Lead"), lead, "lead"),
            KeyFact(_("E-mail"), mail_link(record.email), "email"),
            KeyFact(_("Phone"), phone_link(record.phone), "phone"),
            KeyFact(_("Answer"), record.get_answer_display(), "answer"),
            KeyFact(_("Source"), source_label(record.source), "source"),
        ]

    def details(self, record: CampaignResponse) -> list[Section]:
        names = self._names(record)
        return [
            Section(_("Response"), _response_facts(record)),
            Section(_("From"), _sender_facts(record, names)),
            Section(_("What became of it"), _result_facts(record, names[0])),
        ]

    def edit_obstacle(self, record: CampaignResponse) -> str:
        return obstacle(record)

    def _names(self, record: CampaignResponse) -> list[str]:
        """Of what it became, of contact, account and lead; asked once for a page."""
        if not hasattr(self, "_linked"):
            kind: Any = record.result_type.model_class() if record.result_type else None
            pairs = [
                _pair(kind, record.result_id),
                _pair(Contact, record.contact_id),
                _pair(Account, record.account_id),
                _pair(Lead, record.lead_id),
            ]
            self._linked = linked_names(self.request.user, pairs)
        return self._linked


def _pair(model: Any, pk: int | None) -> Pair | None:
    return None if pk is None or model is None else (model, pk)


def obstacle(response: CampaignResponse) -> str:
    """Why the response cannot be edited now."""
    if response.state == "open":
        return ""
    return _("This response is %(state)s, so it cannot be changed.") % {"state": response.state_label.lower()}


def _response_facts(response: CampaignResponse) -> list[Fact]:
    return [
        (_("Subject"), response.subject),
        (_("Answer"), response.get_answer_display()),
        (_("Channel"), response.get_channel_display()),
        (_("Received"), shown.day(response.received_on)),
        (_("Source"), source_label(response.source)),
        (_("Description"), response.description),
    ]


def _sender_facts(response: CampaignResponse, names: list[str]) -> list[Fact]:
    _result, contact, account, lead = names
    return [
        (_("Contact"), contact),
        (_("Account"), account),
        (_("Lead"), lead),
        (_("First name"), response.first_name),
        (_("Last name"), response.last_name),
        (_("Company"), response.company),
        (_("E-mail"), mail_link(response.email)),
        (_("Phone"), phone_link(response.phone)),
    ]


def _result_facts(response: CampaignResponse, name: str) -> list[Fact]:
    return [
        (_("Became"), name),
        (_("Closed"), shown.moment(response.closed_at)),
        (_("Closed by"), str(response.closed_by or "")),
    ]


class ResponseEditView(EditView[CampaignResponse]):
    model, form_class = CampaignResponse, ResponseForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"campaign": proposed_campaign(request)}

    def create(self, form: ResponseForm, actor: Any) -> CampaignResponse:
        return create_response(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: ResponseForm, actor: Any) -> CampaignResponse:
        return update_response(response_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: CampaignResponse) -> str:
        return obstacle(record)


def proposed_campaign(request: HttpRequest) -> Any:
    """The campaign that the address names for a new record, if this person sees it."""
    key = request.GET.get("campaign", "")
    if not key.isdecimal() or len(key) > 18:
        return None
    return Campaign.objects.visible_to(request.user).filter(pk=int(key)).exclude(state="inactive").first()


class ResponseDeleteView(DeleteView):
    model = CampaignResponse
