"""What can be done with a lead, without qualifying it: `sales` adds that."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.core.access import WRITE
from crm.core.actions import Action
from crm.core.addresses import screen_url
from crm.users.assigning import assign_action
from leads.forms import DisqualifyForm
from leads.models import Lead
from leads.services.assignment import assign_by_rules, in_words, proposed
from leads.services.leads import closing_warnings, contact_lead, disqualify_lead, reopen_lead


def _url(lead_id: int) -> str:
    return screen_url(Lead, "detail", lead_id)


def _contact(lead_id: int, _values: Mapping[str, Any], actor: Any) -> str:
    contact_lead(lead_id=lead_id, actor=actor, at=timezone.now())
    return _url(lead_id)


def _disqualify(lead_id: int, values: Mapping[str, Any], actor: Any) -> str:
    disqualify_lead(
        lead_id=lead_id, reason=values["status_reason"], note=values["note"], actor=actor, at=timezone.now()
    )
    return _url(lead_id)


def _reopen(lead_id: int, _values: Mapping[str, Any], actor: Any) -> str:
    reopen_lead(lead_id=lead_id, actor=actor, at=timezone.now())
    return _url(lead_id)


def _assign_by_rules(lead_id: int, _values: Mapping[str, Any], actor: Any) -> str:
    assign_by_rules(lead_ids=[lead_id], actor=actor, at=timezone.now())
    seen = Lead.objects.visible_to(actor).filter(pk=lead_id).exists()
    return _url(lead_id) if seen else screen_url(Lead, "list")


def _only_open(lead: Lead) -> str:
    if lead.state == "open":
        return ""
    return _now("This lead is %(state)s. Rules assign only open leads.") % {"state": lead.state_label.lower()}


def _proposal(lead: Lead, actor: Any) -> Mapping[str, Any]:
    decision = proposed(lead_id=lead.pk, actor=actor, at=timezone.now())
    return {"decision": decision, "steps": in_words(decision) if decision else []}


def _warnings(lead: Lead, actor: Any) -> Mapping[str, Any]:
    return {"warnings": closing_warnings(lead, actor)}


CONTACT = Action(
    name="contact",
    label=_("Mark as contacted"),
    model=Lead,
    right=WRITE,
    move="contact",
    perform=_contact,
    url_name="leads:lead_contact",
    confirm=_("Somebody has spoken or written to this lead. Completing a call, e-mail or meeting does this by itself."),
    done=_("Marked as contacted"),
    position=30,
)
DISQUALIFY = Action(
    name="disqualify",
    label=_("Disqualify"),
    model=Lead,
    right="disqualify",
    move="disqualify",
    perform=_disqualify,
    url_name="leads:lead_disqualify",
    form=DisqualifyForm,
    done=_("Lead disqualified"),
    many=True,
    danger=True,
    position=40,
    template="leads/lead_disqualify.html",
    context=_warnings,
)
REOPEN = Action(
    name="reopen",
    label=_("Reopen"),
    model=Lead,
    right="reopen",
    move="reopen",
    perform=_reopen,
    url_name="leads:lead_reopen",
    confirm=_("The lead is open and new again. What a qualification made is taken back, if nothing holds it."),
    done=_("Lead reopened"),
    position=50,
)
ASSIGN = assign_action(Lead)
ASSIGN_BY_RULES = Action(
    name="assign-by-rules",
    label=_("Assign by the rules"),
    model=Lead,
    right="assign",
    perform=_assign_by_rules,
    url_name="leads:lead_assign_by_rules",
    obstacle=_only_open,
    confirm=_("Give it to whom the rules name? Whose turn it is may have changed until then."),
    done=_("Assigned"),
    position=91,
    template="leads/lead_assign_by_rules.html",
    context=_proposal,
)
