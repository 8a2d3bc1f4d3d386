"""Leads from files."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.actors import SYSTEM
from crm.core.fields import Kind
from crm.core.folding import company_key
from crm.core.numbering import take_numbers
from crm.customers import keys
from crm.customers.importing import PHONES
from crm.data.importing.building import CREATED, FULL_NAME, built, split_name
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.registry import Importer, Key, Same, Values
from crm.data.importing.targets import Target, status_target
from crm.users.models import User
from leads.models import AssignmentRule, Lead
from leads.services.assignment import assign_by_rules
from leads.services.leads import update_lead
from leads.states import LEAD_MACHINE
from leads.values import EDITABLE, known_source, settle

_CLOSED = ("qualified", "disqualified")
_SAID = {
    "opennotcontacted": "open:new",
    "notcontacted": "open:new",
    "attemptedtocontact": "open:new",
    "attemptingtocontact": "open:new",
    "workingcontacted": "open:contacted",
    "working": "open:contacted",
    "connected": "open:contacted",
    "inprogress": "open:contacted",
    "closedconverted": "qualified:qualified",
    "converted": "qualified:qualified",
    "closednotconverted": "disqualified:lost",
    "unqualified": "disqualified:no_longer_interested",
    "notqualified": "disqualified:no_longer_interested",
    "disqualified": "disqualified:lost",
    "lostlead": "disqualified:lost",
    "junklead": "disqualified:cannot_contact",
}


STATUS = status_target(LEAD_MACHINE, _SAID)
CLOSED_AT = Target(name="closed_at", label=_("closed"), kind=Kind.MOMENT)


def _tidy(draft: Draft, _work: Work) -> None:
    split_name(draft)
    if "source" in draft.values:
        draft.values["source"] = known_source(draft.values["source"])


def _build(draft: Draft, work: Work) -> Lead:
    lead = built(Lead, draft, work, **work.owner_fields(draft))
    settle(lead)
    _set_state(lead, draft, work)
    return lead


def _set_state(lead: Lead, draft: Draft, work: Work) -> None:
    """A lead may come in closed, with what that implies, dated as the file says."""
    if "status" not in draft.values:
        return
    state, _colon, reason = draft.values["status"].partition(":")
    lead.__dict__["state"] = state  # protected against moves, and this row is none
    lead.status_reason = reason
    moment = draft.values.get("closed_at") or work.at
    if state in _CLOSED:
        lead.closed_at = moment
    elif reason == "contacted":
        lead.contacted_at = draft.values.get("created_at") or work.at


def _number(drafts: Sequence[Draft], work: Work) -> None:
    for draft, number in zip(drafts, take_numbers("lead", len(drafts), on=work.today), strict=True):
        draft.record.number = number


def _after(drafts: Sequence[Draft], work: Work) -> Sequence[models.Model]:
    """Where nobody says whose the leads become, the assignment rules do, for people who might give leads away."""
    if work.is_owner_open and work.once("has rules", lambda: _has_rules(work.actor)):
        open_ones = {draft.record.pk: draft for draft in drafts if draft.record.state == "open"}
        assign_by_rules(lead_ids=list(open_ones), actor=SYSTEM, at=work.at)
        for key, version in Lead.objects.filter(pk__in=open_ones).values_list("pk", "version"):
            open_ones[key].version = version
    return ()


def _has_rules(actor: Any) -> bool:
    return actor.has_perm("leads.assign_lead") and AssignmentRule.objects.filter(is_active=True).exists()


def _update(pk: int, values: Values, actor: User, at: dt.datetime) -> Lead:
    return update_lead(lead_id=pk, values=values, actor=actor, at=at)


LEADS = Importer(
    model=Lead,
    columns=EDITABLE,
    targets=(FULL_NAME, STATUS, CLOSED_AT, CREATED),
    tidy=_tidy,
    build=_build,
    number=_number,
    after=_after,
    owner_help=_(
        "Of rows that name none. Left open, the assignment rules say whose they become; where none does, yours."
    ),
    update=_update,
    keys=(Key("email", "email_key", str.lower),),
    same=(
        Same(("email_key",), _("Same e-mail address")),
        Same(("phone_e164", "sort_key", "company_key"), _("Same name, company and phone number")),
    ),
    keyed={**PHONES, "company": company_key, "email": keys.email_key, "website": keys.website_domain},
    names={
        "external_id": "leadid",
        "status": "leadstatus status lifecyclestage",
        "company": "company companyname organization organisation organizationname organization1name accountname"
        " account firma unternehmen",
        "topic": "topic subject dealtitle leadtitle leadtopic",
        "estimated_value": "estvalue dealvalue amount opportunityamount value",
        "estimated_close_on": "estclosedate expectedclosedate closedate",
        "created_at": "createdate createddate createdon createdtime leadcreated",
        "closed_at": "converteddate closeddate",
        "campaign": "sourcecampaign leadcampaign campaigncode",
    },
)
