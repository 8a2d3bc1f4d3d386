"""The page on which a lead is qualified: a preview that writes nothing, then the one confirming step."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import find_for, lock_for
from crm.core.addresses import screen_url
from crm.core.errors import Invalid
from crm.core.idempotency import new_key, run_once
from crm.core.line import Node
from leads.models import Lead
from leads.states import LEAD_MACHINE
from sales.forms.qualification import QualifyForm
from sales.forms.qualification_plan import carried_words, overwritten, plan, show_customer, show_opportunity
from sales.models import Qualification
from sales.services.field_map import RULE_LABELS
from sales.services.qualification import QUALIFY, preview, qualify_locked
from sales.services.qualification_preview import SKIP, QualificationPreview

_READ_AT_MOST = 200


class _Refused(Exception):
    def __init__(self, form: QualifyForm) -> None:
        super().__init__("the form was refused")
        self.form = form


class LeadQualifyView(View):
    """GET and a POST with `redraw` only show the preview; any other POST qualifies.

    `account_q`, `contact_q` and `opportunity_q` in the address, or the search boxes of the form, look for
    other existing records.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lead = self._open_lead(pk)
        proposal = preview(lead, request.user)
        return self._page(QualifyForm.proposed(proposal, request.user), proposal)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.POST.get("redraw"):
            return self._page(QualifyForm.redrawn(self._open_lead(pk), request.user, request.POST))
        try:
            url = run_once(request, self._qualifying(pk))
        except _Refused as refused:
            return self._page(refused.form, status=422)
        htmx.toast(request, _("Lead qualified"))
        return htmx.go_to(request, url)

    def _open_lead(self, pk: int) -> Lead:
        lead = find_for(Lead, pk, self.request.user, QUALIFY)
        LEAD_MACHINE.check("qualify", lead)
        return lead

    def _locked_lead(self, pk: int) -> Lead:
        # Locked before the form is read, so that the service need not read the lead again.
        actor: Any = self.request.user
        lead = lock_for(Lead, pk, actor, QUALIFY)
        LEAD_MACHINE.check("qualify", lead)
        return lead

    def _qualifying(self, pk: int) -> Callable[[], str]:
        def work() -> str:
            form = QualifyForm.sent(self._locked_lead(pk), self.request.user, self.request.POST)
            if not form.is_valid():
                raise _Refused(form)
            try:
                return self._result_url(self._qualify(form))
            except Invalid as refusal:
                form.take(refusal)
                raise _Refused(form) from refusal

        return work

    def _result_url(self, qualification: Qualification) -> str:
        """Whoever came from the triage goes back there, where the qualification can be taken back at once."""
        if self.request.GET.get("from") == "triage":
            return f"{reverse('leads:lead_triage')}?undo=qualify-{qualification.lead_id}"
        return _result_url(qualification)

    def _qualify(self, form: QualifyForm) -> Qualification:
        actor: Any = self.request.user
        return qualify_locked(
            lead=form.lead,
            account=form.account.decision(),
            contact=form.contact.decision(),
            opportunities=form.opportunity.decisions(),
            actor=actor,
            at=timezone.now(),
        )

    def _page(
        self, form: QualifyForm, proposal: QualificationPreview | None = None, *, status: int = 200
    ) -> HttpResponse:
        proposal = proposal or preview(form.lead, self.request.user)
        return render(self.request, "sales/qualification.html", self._context(form, proposal), status=status)

    def _context(self, form: QualifyForm, proposal: QualificationPreview) -> dict[str, Any]:
        lead, actor = form.lead, self.request.user
        account = show_customer(form.account, proposal.account, actor, self._query("account"))
        contact = show_customer(form.contact, proposal.contact, actor, self._query("contact"))
        opportunity = show_opportunity(
            form.opportunity, proposal.opportunity.joinable, actor, self._query("opportunity")
        )
        lead_url = screen_url(Lead, "detail", lead.pk)
        return {
            "lead": lead,
            "title": _("Qualify %(name)s") % {"name": lead},
            "form": form,
            "customers": [account, contact],
            "opportunity": opportunity,
            "carried": carried_words(lead, self.request.user),
            "rule_choices": list(RULE_LABELS.items()),
            "steps": plan(form, proposal, [account, contact], opportunity),
            "warnings": overwritten([account, contact]),
            "nodes": _nodes(lead, will_be_made=form.opportunity.chosen != SKIP),
            "trail": [(_("Leads"), screen_url(Lead, "list")), (str(lead), lead_url), (_("Qualify"), "")],
            "cancel_url": lead_url,
            "idempotency_key": new_key(),
        }

    def _query(self, part: str) -> str:
        typed: Mapping[str, Any] = self.request.POST if self.request.method == "POST" else self.request.GET
        name = f"{part}-q" if self.request.method == "POST" else f"{part}_q"
        return str(typed.get(name, ""))[:_READ_AT_MOST]


def _nodes(lead: Lead, *, will_be_made: bool) -> list[Node]:
    planned = Node(_("Opportunity"), "plan", _("will be made")) if will_be_made else Node(_("Opportunity"), "ahead")
    later = [Node(word, "ahead") for word in (_("Quote"), _("Order"), _("Invoice"))]
    return [Node(_("Lead"), "current", lead.number), planned, *later]


def _result_url(qualification: Qualification) -> str:
    """On to the first opportunity; without one back to the lead, which shows what came of it."""
    made = qualification.results.filter(opportunity__isnull=False).order_by("pk")
    first = made.values_list("opportunity", flat=True).first()
    if first is not None:
        return reverse("sales:opportunity_detail", args=[first])
    return screen_url(Lead, "detail", qualification.lead_id)
