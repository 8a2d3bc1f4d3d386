"""What another CRM made of its leads comes in with them: which account, contact and opportunity each led to."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.fields import Kind
from crm.core.inserting import insert_new
from crm.customers.models import Account, Contact
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.registry import extend_importer
from crm.data.importing.targets import Target
from leads.models import Lead
from sales.models import Opportunity, Qualification, QualificationOutcome, QualificationResult

_RESULTS: dict[str, tuple[type[models.Model], Any]] = {
    "account": (Account, gettext_lazy("account of the qualification")),
    "contact": (Contact, gettext_lazy("contact of the qualification")),
    "opportunity": (Opportunity, gettext_lazy("opportunity of the qualification")),
}
_TARGETS = tuple(
    Target(name=f"qualified_{noun}", label=label, kind=Kind.RECORD, related=model)
    for noun, (model, label) in _RESULTS.items()
)


def register() -> None:
    extend_importer(
        Lead,
        targets=_TARGETS,
        names={
            "qualified_account": "convertedaccountid convertedaccount qualifiedaccount parentaccountid",
            "qualified_contact": "convertedcontactid convertedcontact qualifiedcontact parentcontactid",
            "qualified_opportunity": "convertedopportunityid convertedopportunity qualifyingopportunityid"
            " converteddeal",
        },
        after=_after,
    )


def _after(drafts: Sequence[Draft], work: Work) -> Sequence[models.Model]:
    """A qualified lead points to what came with it, as if it had been used: taking the lead back touches none of it."""
    linked = [draft for draft in drafts if any(draft.values.get(target.name) for target in _TARGETS)]
    for draft in linked:
        if draft.record.state != "qualified":
            draft.notes.append(_("The lead is not qualified, so what it led to is left out."))
    drafts = [draft for draft in linked if draft.record.state == "qualified"]
    made = [_qualification(draft) for draft in drafts]
    insert_new(made)
    insert_new([one for draft, kept in zip(drafts, made, strict=True) for one in _results(draft, kept)])
    return made


def _qualification(draft: Draft) -> Qualification:
    """Who qualified it no file says."""
    found = Qualification(lead=draft.record, qualified_at=_moment(draft))
    found.imported_with = draft.record.pk  # type: ignore[attr-defined]  # which row it came along with
    return found


def _moment(draft: Draft) -> dt.datetime:
    moment: dt.datetime = draft.record.closed_at
    return moment


def _results(draft: Draft, kept: Qualification) -> list[QualificationResult]:
    return [
        QualificationResult(
            qualification=kept,
            outcome=QualificationOutcome.USED,
            **{f"{noun}_id": draft.values[f"qualified_{noun}"]},
        )
        for noun in _RESULTS
        if draft.values.get(f"qualified_{noun}")
    ]
