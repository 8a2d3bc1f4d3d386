"""Leads from files."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.core.fields import Choice, Kind
from crm.core.numbering import take_numbers
from crm.core.reasons import reasons_for
from crm.data.importing.building import CREATED, FULL_NAME, built, split_name
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.registry import Importer, Key, Same, Values
from crm.data.importing.targets import Target
from crm.users.models import User
from leads.models import Lead
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


class _Statuses(Sequence[Choice]):
    """State and reason in one word, those of the administrators included, read when they are looked at."""

    def __len__(self) -> int:
        return len(self._read())

    def __getitem__(self, place: Any) -> Any:
        return self._read()[place]

    def _read(self) -> list[Choice]:
        return [
            (f"{state}:{reason}", label)
            for state in LEAD_MACHINE.reasons
            for reason, label in reasons_for(LEAD_MACHINE, state)
        ]


STATUS = Target(name="status", label=_("status"), kind=Kind.CHOICE, choices=_Statuses(), synonyms=_SAID)
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


def _update(pk: int, values: Values, actor: User, at: dt.datetime) -> Lead:
    return update_lead(lead_id=pk, values=values, actor=actor, at=at)


LEADS = Importer(
    model=Lead,
    columns=EDITABLE,
    targets=(FULL_NAME, STATUS, CLOSED_AT, CREATED),
    tidy=_tidy,
    build=_build,
    number=_number,
    update=_update,
    keys=(Key("email", "email_key", str.lower),),
    same=(
        Same(("email_key",), _("Same e-mail address")),
        Same(("sort_key", "company_key", "phone_e164"), _("Same name, company and phone number")),
    ),
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
