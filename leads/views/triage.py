"""New leads one after the other, like an inbox: the next one beside those that wait, and an act for every key."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views import View

from activities.models import Activity
from crm.core import htmx
from crm.core.access import READ, find_for, may_create
from crm.core.actions import actions_for
from crm.core.addresses import screen_url
from crm.core.badges import badge_of
from crm.core.errors import Conflict, Forbidden, NotFound
from crm.core.idempotency import new_key, run_once
from crm.core.panels import panels_for
from crm.core.reasons import reasons_for
from crm.core.screens.facts import shown_key_facts
from crm.core.screens.filling import FormRefused, refusals_at
from crm.customers.countries import country_code
from crm.data.acts import act_for
from crm.data.models import BulkRow, BulkRun
from crm.data.services.runs import start_run, undo_run
from crm.users.assigning import AssignForm
from leads.actions import ASSIGN_BY_RULES
from leads.models import Lead
from leads.services.leads import reopen_lead
from leads.services.triage import log_call, undo_call
from leads.states import LEAD_MACHINE
from leads.touch import clock_html, clock_of, target_of
from leads.views import facts

MOST_WAITING = 50
_COLUMNS = ("pk", "name", "company", "country", "topic", "created_at", "respond_by")
_UNDO = re.compile(r"(run|call|qualify)-([1-9][0-9]{0,17})")
#: Acts that are a bulk run of one record, so that they are taken back as any other.
_RUNS = {"disqualify": "move-disqualify", "assign": "assign"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the inbox."""

    pk: int
    name: str
    note: str
    clock: SafeString
    url: str


class LeadTriageView(View):
    """`/leads/triage/?lead=&whose=&undo=`. GET writes nothing; POST does `act` with `lead`, or takes `undo` back.

    `whose` is `all` for the leads of everybody that one sees. `undo` names the last act; it goes along from page to
    page, so that it can still be taken back after others have been looked at.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        work = self._undoing() if "undo" in request.POST else self._acting()
        try:
            url = run_once(request, work)
        except FormRefused as refused:
            return self._page(refused.form, status=422)
        return htmx.go_to(request, url)

    # What is shown -----------------------------------------------------------------------------------

    def _page(self, form: Any = None, *, status: int = 200) -> HttpResponse:
        actor: Any = self.request.user
        if not actor.has_perm("leads.read_lead"):
            raise Forbidden(_("You may not see leads."))
        found = list(self._queue().values_list(*_COLUMNS)[: MOST_WAITING + 1])
        waiting = [self._line(row) for row in found[:MOST_WAITING]]
        lead = self._shown(waiting)
        context = {
            "title": _("New leads"),
            "trail": [(_("Leads"), screen_url(Lead, "list")), (_("New leads"), "")],
            "waiting": waiting,
            "count": len(waiting),
            "has_more": len(found) > MOST_WAITING,
            "is_all": self._asked.get("whose") == "all",
            "whose_urls": (reverse("leads:lead_triage"), f"{reverse('leads:lead_triage')}?whose=all"),
            "undo": self._undo,
            "form_url": self._url(lead.pk if lead else None, undo=self._undo),
            "idempotency_key": new_key(),
            **(self._of(lead, waiting, form) if lead else {}),
        }
        return render(self.request, "leads/lead_triage.html", context, status=status)

    def _of(self, lead: Lead, waiting: Sequence[Waiting], form: Any) -> dict[str, Any]:
        actor: Any = self.request.user
        clock = clock_of(lead, actor)
        before, after = _neighbours(lead.pk, waiting)
        acts = self._acts(lead, actor)
        return {
            "lead": lead,
            "badge": badge_of(lead),
            "about": " · ".join(part for part in (lead.job_title, lead.company, lead.topic) if part),
            "clock": clock,
            "owner": lead.owner or lead.owner_team,
            "key_facts": shown_key_facts(facts.key_facts(lead, actor), ""),
            "url": screen_url(Lead, "detail", lead.pk),
            "rules_url": ASSIGN_BY_RULES.url(lead),
            "previous": self._url(before, undo=self._undo) if before else "",
            "next": self._url(after, undo=self._undo) if after else "",
            "acts": acts,
            "is_open": lead.state == "open",
            "reasons": list(enumerate(_reasons(acts), 1)),
            "assign_form": form or (AssignForm(actor=actor, record=lead) if "assign" in acts else None),
            "is_refused": form is not None,
            "twins": [(panel, panel.context(lead, actor)) for panel in panels_for(Lead) if panel.name == "duplicates"],
        }

    def _acts(self, lead: Lead, actor: Any) -> dict[str, str]:
        """By name, what the person may do by their roles with a lead in this state; the value is an address or ''."""
        acts = {}
        if lead.state == "open":
            qualify = next((act for act in actions_for(Lead) if act.name == "qualify"), None)
            if qualify and actor.has_perm("leads.qualify_lead"):
                acts["qualify"] = f"{reverse(qualify.url_name, args=[lead.pk])}?{urlencode({'from': 'triage'})}"
            if actor.has_perm("leads.disqualify_lead"):
                acts["disqualify"] = ""
            if may_create(actor, Activity):
                acts["call"] = ""
        if actor.has_perm("leads.assign_lead"):
            acts["assign"] = ""
        return acts

    def _shown(self, waiting: Sequence[Waiting]) -> Lead | None:
        asked = _number(self._asked.get("lead", ""))
        pk = asked or (waiting[0].pk if waiting else None)
        if pk is None:
            return None
        try:
            return find_for(Lead, pk, self.request.user, READ, related=("owner", "owner_team", "currency"))
        except NotFound:
            if asked and self.request.method == "GET" and not self._undo:
                raise
            # Whoever gives a lead away may not see it any more; the next one is shown.
            return find_for(Lead, waiting[0].pk, self.request.user, READ) if waiting else None

    def _line(self, row: tuple[Any, ...]) -> Waiting:
        pk, name, company, country, topic, arrived, due = row
        firm = ", ".join(part for part in (company, country_code(country)) if part)
        return Waiting(
            pk=pk,
            name=name,
            note=" · ".join(part for part in (firm, topic) if part and part != name),
            clock=clock_html("open", arrived, None, None, timezone.now(), due=due, target=target_of(self.request.user)),
            url=self._url(pk, undo=self._undo),
        )

    # What is done ------------------------------------------------------------------------------------

    def _acting(self) -> Callable[[], str]:
        def work() -> str:
            sent, actor = self.request.POST, cast(Any, self.request.user)
            name, key = sent.get("act", ""), _number(sent.get("lead", ""))
            right = {"call": READ}.get(name, name)
            if key is None or name not in {*_RUNS, "call"}:
                raise NotFound(_("There is no such act for these records."))
            lead = find_for(Lead, key, actor, right)
            after = self._after(lead)
            if name == "call":
                call = log_call(lead_id=key, note=sent.get("note", ""), actor=actor, at=timezone.now())
                htmx.toast(self.request, _("Call with %(name)s logged") % {"name": lead})
                return self._url(after, undo=f"call-{call.pk}")
            run = self._run(lead, name, sent)
            htmx.toast(self.request, f"{lead}: {run.summary}")
            return self._url(after, undo=f"run-{run.pk}")

        return work

    def _run(self, lead: Lead, name: str, sent: QueryDict) -> BulkRun:
        actor = cast(Any, self.request.user)
        if name == "disqualify":
            LEAD_MACHINE.check("disqualify", lead)
        act = act_for(Lead, _RUNS[name], actor)
        form = act.form(sent)
        if not form.is_valid():
            raise FormRefused(form)
        kept = {field: sent[field] for field in form.fields if field in sent}
        with refusals_at(form):
            run = start_run(
                act=act,
                form=form,
                sent=urlencode(kept),
                rows=Lead.objects.visible_to(actor).filter(pk=lead.pk),
                expected=1,
                address=self._url(lead.pk),
                actor=actor,
                at=timezone.now(),
            )
            _refuse_undone(run)
        return run

    def _undoing(self) -> Callable[[], str]:
        def work() -> str:
            found = _UNDO.fullmatch(self.request.POST["undo"])
            if found is None:
                raise NotFound(_("There is nothing to take back."))
            lead_id = self._take_back(found[1], int(found[2]))
            htmx.toast(self.request, _("Taken back"))
            return self._url(lead_id)

        return work

    def _take_back(self, kind: str, key: int) -> int:
        actor, at = cast(Any, self.request.user), timezone.now()
        if kind == "call":
            return undo_call(activity_id=key, actor=actor, at=at).pk
        if kind == "qualify":
            return reopen_lead(lead_id=key, actor=actor, at=at).pk
        run = undo_run(run_id=key, actor=actor, at=at)
        _refuse_undone(run)
        return run.rows.values_list("record_id", flat=True).get()

    # Addresses ---------------------------------------------------------------------------------------

    @property
    def _asked(self) -> QueryDict:
        return self.request.GET

    @property
    def _undo(self) -> str:
        text = self._asked.get("undo", "")
        return text if _UNDO.fullmatch(text) else ""

    def _url(self, lead: int | None, *, undo: str = "") -> str:
        whose = "all" if self._asked.get("whose") == "all" else ""
        asked = {"whose": whose, "lead": lead or "", "undo": undo}
        query = urlencode({name: value for name, value in asked.items() if value})
        url = reverse("leads:lead_triage")
        return f"{url}?{query}" if query else url

    def _queue(self) -> Any:
        """Those that have waited longest stand first."""
        actor: Any = self.request.user
        rows = Lead.objects.visible_to(actor).filter(state="open", status_reason="new").order_by("created_at", "pk")
        return rows if self._asked.get("whose") == "all" else rows.owned_by(actor)

    def _after(self, lead: Lead) -> int | None:
        """The next one that waits; after the last one the first."""
        others = self._queue().exclude(pk=lead.pk)
        later = Q(created_at__gt=lead.created_at) | Q(created_at=lead.created_at, pk__gt=lead.pk)
        keys: list[int | None] = [rows.values_list("pk", flat=True).first() for rows in (others.filter(later), others)]
        return keys[0] or keys[1]


def _reasons(acts: Any) -> list[tuple[str, str]]:
    return reasons_for(LEAD_MACHINE, "disqualified") if "disqualify" in acts else []


def _neighbours(pk: int, waiting: Sequence[Waiting]) -> tuple[int | None, int | None]:
    keys = [one.pk for one in waiting]
    if pk not in keys:
        return None, (keys[0] if keys else None)
    place = keys.index(pk)
    return (keys[place - 1] if place else None), (keys[place + 1] if place + 1 < len(keys) else None)


def _refuse_undone(run: BulkRun) -> None:
    """A run of one record that did nothing is a refusal, with its reason; the act is undone as a whole."""
    row = run.rows.get()
    if row.outcome not in {BulkRow.Outcome.DONE, BulkRow.Outcome.SAME}:
        raise Conflict(row.reason or str(BulkRow.Outcome(row.outcome).label))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 19 else None
