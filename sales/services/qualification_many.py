"""Qualifying leads without looking at each: only where the preview leaves nothing for a person to decide."""

import datetime as dt
from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext as _

from crm.core.access import lock_for
from crm.core.actors import Actor
from crm.core.transactions import service
from crm.customers.models import Account, Contact
from crm.data.acts import HeldBack
from leads.models import Lead
from leads.states import LEAD_MACHINE
from sales.models import Opportunity, Qualification
from sales.services.qualification import QUALIFY, qualify_locked
from sales.services.qualification_choices import SKIP, Create, CustomerChoice, Use
from sales.services.qualification_preview import CREATE, USE, CustomerSection, QualificationPreview, preview

_MODELS = {"account": Account, "contact": Contact}


@service("lead.qualified")
def qualify_as_usual(*, lead_id: int, with_opportunity: bool, actor: Actor, at: dt.datetime) -> Qualification:
    """As the preview proposes. `HeldBack` with the reasons where a person has to choose; then nothing is written."""
    lead = lock_for(Lead, lead_id, actor, QUALIFY)
    LEAD_MACHINE.check("qualify", lead)
    proposal = preview(lead, actor)
    reasons = list(why_held_back(proposal, with_opportunity=with_opportunity))
    if reasons:
        raise HeldBack(reasons[0], details=reasons[1:])
    return qualify_locked(
        lead=lead,
        account=_choice(proposal.account),
        contact=_choice(proposal.contact),
        opportunities=[Create()] if with_opportunity else [],
        actor=actor,
        at=at,
    )


def why_held_back(proposal: QualificationPreview, *, with_opportunity: bool) -> Iterator[str]:
    """In sentences; none where the lead can be qualified without a person."""
    sections = (proposal.account, proposal.contact)
    for section in sections:
        yield from _of_section(section)
    if not any(_is_wanted(section) or section.candidates for section in sections):
        yield _("Neither a company nor a person is named, so there would be no customer.")
    if with_opportunity and not proposal.opportunity.may_create:
        yield _no_right(Opportunity)


def _of_section(section: CustomerSection) -> Iterator[str]:
    if section.candidates and section.candidates[0].is_given:
        return
    for candidate in section.candidates[:1]:
        reasons = ", ".join(str(reason) for reason in candidate.reasons)
        yield _("“%(name)s” may be the same: %(reasons)s.") % {"name": candidate.record, "reasons": reasons}
    if not section.candidates and section.values.get(_NAMES[section.kind]) and not section.may_create:
        yield _no_right(_MODELS[section.kind])


_NAMES = {"account": "name", "contact": "last_name"}


def _no_right(model: type[models.Model]) -> str:
    return _("You may not create %(nouns)s.") % {"nouns": model._meta.verbose_name_plural}


def _is_wanted(section: CustomerSection) -> bool:
    return section.default in {CREATE, USE}


def _choice(section: CustomerSection) -> CustomerChoice:
    if section.default == USE and section.chosen_id is not None:
        return Use(section.chosen_id)
    return Create() if section.default == CREATE else SKIP
