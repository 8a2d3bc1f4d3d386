"""What the page of a lead tells: the facts that matter, all fields, and how far it has come."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from activities.next_steps import next_step_of
from crm.core import format as shown
from crm.core.markup import Pattern
from crm.core.reasons import reasons_for
from crm.core.record_names import Pair
from crm.core.screens.details import Fact, KeyFact, Section, Stage
from crm.customers.links import linked_names, mail_link, phone_link, web_link
from crm.customers.models import Account, Contact
from crm.customers.views.facts import amount, preference_facts
from leads.campaign_links import campaign_link, response_link
from leads.models import Lead
from leads.states import LEAD_MACHINE
from leads.touch import clock_of

_SCORE = Pattern('<span class="score">{} <meter min="0" max="100" value="{}" aria-hidden="true"></meter></span>')


def head_facts(lead: Lead, user: Any) -> list[Fact]:
    clock = clock_of(lead, user)
    is_open = lead.state == "open"
    return [
        (_("Estimated value"), amount(lead.estimated_value, lead.currency, user)),
        (_("Estimated close"), shown.day(lead.estimated_close_on)),
        (_("Score"), score_bar(lead.score)),
        (_("First touch"), clock),
        (_("Next step"), next_step_of(lead, user) if is_open else ""),
    ]


def score_bar(score: int | None) -> str:
    """The number with a bar; nothing where there is no score."""
    return "" if score is None else _SCORE(score, score)


def key_facts(lead: Lead, user: Any) -> list[Fact | KeyFact]:
    (account,) = linked_names(user, [_pair(Account, lead.existing_account_id)])
    phone = "phone" if lead.phone or not lead.mobile else "mobile"
    budget = (amount(lead.budget_amount, lead.currency, user), lead.get_budget_status_display())
    decides = (_("yes") if lead.decision_maker else "", lead.get_purchase_process_display())
    return [
        KeyFact(_("E-mail"), mail_link(lead.email), "email"),
        KeyFact(_("Phone"), phone_link(lead.phone or lead.mobile), phone),
        KeyFact(_("Source"), lead.source_label, "source"),
        KeyFact(_("Campaign"), campaign_link(lead, user), "campaign"),
        KeyFact(_("Rating"), lead.get_rating_display(), "rating"),
        KeyFact(_("Budget"), _joined(*budget), "budget_amount"),
        KeyFact(_("Timeframe"), lead.get_purchase_timeframe_display(), "purchase_timeframe"),
        KeyFact(_("Decision maker"), _joined(*decides), "decision_maker"),
        KeyFact(_("Need"), lead.get_need_display(), "need"),
        KeyFact(_("Account"), account, "existing_account"),
    ]


def sections(lead: Lead, user: Any) -> list[Section]:
    preferring: Any = lead  # a lead has the preferences of a customer without being one
    return [
        Section(_("Lead"), _lead_facts(lead)),
        Section(_("Person"), _person_facts(lead)),
        Section(_("Company"), _company_facts(lead, user)),
        Section(_("Interest"), _interest_facts(lead, user)),
        Section(_("Preferences"), preference_facts(preferring)),
        Section(_("Origin"), _origin_facts(lead, user)),
    ]


def stages(lead: Lead) -> list[Stage]:
    """New, Contacted, and how it ended; notes are the time spent, or the day."""
    now, contacted = timezone.now(), lead.contacted_at
    new, touched = LEAD_MACHINE.label("new"), LEAD_MACHINE.label("contacted")
    if lead.state == "open" and lead.status_reason == "new":
        first = [Stage(new, "current", shown.duration(now - lead.created_at)), Stage(touched, "next")]
    else:
        until = contacted or lead.closed_at or now
        first = [Stage(new, "done", shown.duration(until - lead.created_at)), _contacted(lead, touched, now)]
    return [*first, _end(lead)]


def _contacted(lead: Lead, label: str, now: dt.datetime) -> Stage:
    if lead.contacted_at is None:
        return Stage(label, "next", _("skipped"))
    is_open = lead.state == "open"
    spent = shown.duration((lead.closed_at or now) - lead.contacted_at)
    return Stage(label, "current" if is_open else "done", spent)


def _end(lead: Lead) -> Stage:
    if lead.state == "disqualified":
        return Stage(LEAD_MACHINE.label("disqualified"), "failed", shown.day(lead.closed_at))
    status: Any = "done" if lead.state == "qualified" else "next"
    return Stage(LEAD_MACHINE.label("qualified"), status, shown.day(lead.closed_at))


def _joined(*parts: str) -> str:
    """The first part, the second in grey behind it."""
    filled = [part for part in parts if part]
    if len(filled) < len(parts):
        return "".join(filled)
    return format_html('{} <span class="muted">· {}</span>', filled[0], filled[1].lower())


def _pair(model: Any, pk: int | None) -> Pair | None:
    return None if pk is None else (model, pk)


def _lead_facts(lead: Lead) -> list[Fact]:
    return [
        (_("Number"), lead.number),
        (_("Topic"), lead.topic),
        (_("Created"), shown.moment(lead.created_at)),
        (_("First contact"), shown.moment(lead.contacted_at)),
        (_("Closed"), shown.moment(lead.closed_at)),
        *_closing_facts(lead),
        (_("Description"), lead.description),
    ]


def _closing_facts(lead: Lead) -> list[Fact]:
    if lead.state != "disqualified":
        return []
    reasons = dict(reasons_for(LEAD_MACHINE, "disqualified"))
    return [
        (_("Reason"), reasons.get(lead.status_reason, lead.reason_label)),
        (_("Note"), lead.disqualify_note),
    ]


def _person_facts(lead: Lead) -> list[Fact]:
    return [
        (_("Salutation"), lead.salutation),
        (_("Job title"), lead.job_title),
        (_("E-mail"), mail_link(lead.email)),
        (_("Second e-mail"), mail_link(lead.email2)),
        (_("Business phone"), phone_link(lead.phone)),
        (_("Mobile phone"), phone_link(lead.mobile)),
        (_("Fax"), lead.fax),
    ]


def _company_facts(lead: Lead, user: Any) -> list[Fact]:
    town = " ".join(part for part in (lead.postal_code, lead.city) if part)
    address = (lead.street, town, lead.state_or_province, lead.country)
    pairs = [_pair(Account, lead.existing_account_id), _pair(Contact, lead.existing_contact_id)]
    account, contact = linked_names(user, pairs)
    return [
        (_("Company"), lead.company),
        (_("Existing account"), account),
        (_("Existing contact"), contact),
        (_("Website"), web_link(lead.website)),
        (_("Address"), ", ".join(part.replace("\n", ", ") for part in address if part)),
        (_("Industry"), lead.industry),
        (_("Employees"), shown.quantity(lead.employees)),
        (_("Annual revenue"), amount(lead.annual_revenue, lead.currency, user)),
    ]


def _interest_facts(lead: Lead, user: Any) -> list[Fact]:
    return [
        (_("Estimated value"), amount(lead.estimated_value, lead.currency, user)),
        (_("Estimated close"), shown.day(lead.estimated_close_on)),
        (_("Source"), lead.source_label),
        (_("Rating"), lead.get_rating_display()),
        (_("Budget"), amount(lead.budget_amount, lead.currency, user)),
        (_("Budget status"), lead.get_budget_status_display()),
        (_("Timeframe"), lead.get_purchase_timeframe_display()),
        (_("Purchase process"), lead.get_purchase_process_display()),
        (_("Need"), lead.get_need_display()),
        (_("Decision maker"), _("yes") if lead.decision_maker else ""),
    ]


def _origin_facts(lead: Lead, user: Any) -> list[Fact]:
    """Where the lead came from; all of it is text that a stranger may have written."""
    utm = (lead.utm_source, lead.utm_medium, lead.utm_campaign, lead.utm_term, lead.utm_content)
    return [
        (_("Source campaign"), campaign_link(lead, user)),
        (_("Campaign response"), response_link(lead, user)),
        (_("Campaign as sent"), lead.campaign_code),
        (_("UTM"), " / ".join(part for part in utm if part)),
        (_("Referrer"), lead.referrer),
        (_("Consent"), lead.consent_text),
    ]
