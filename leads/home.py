"""What the first page says of leads: new ones with the clock since they arrived, and the node of the funnel."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Sum, When
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import Activity
from crm.core import format as shown
from crm.core.access import may_create
from crm.core.actions import actions_for
from crm.core.addresses import screen_url
from crm.customers.countries import country_code
from crm.users.home import MOST_SHOWN, Body, Day, FunnelNode, HomePanel, register_funnel_node, register_home_panel
from leads.models import Lead
from leads.states import LeadState
from leads.touch import clock_html, target_of

_COLUMNS = (
    "pk",
    "name",
    "company",
    "country",
    "topic",
    "created_at",
    "contacted_at",
    "respond_by",
    "estimated_value",
    "currency__code",
)


@dataclass(frozen=True, slots=True)
class NewLead:
    """A lead that waits for its first touch; the addresses are empty without the right."""

    clock: SafeString
    name: str
    note: str
    amount: str
    url: str
    call_url: str
    qualify_url: str


def _open(user: Any) -> Any:
    return Lead.objects.visible_to(user).owned_by(user).filter(state=LeadState.OPEN)


def new_leads(day: Day) -> Body:
    """Those that have waited longest stand first."""
    waiting = _open(day.user).filter(status_reason="new").order_by("created_at", "pk")
    found = list(waiting.values_list(*_COLUMNS)[: MOST_SHOWN + 1])
    calls, qualifies = may_create(day.user, Activity), day.user.has_perm("leads.qualify_lead")
    rows = [_row(row, day, calls=calls, qualifies=qualifies) for row in found[:MOST_SHOWN]]
    return Body(
        rows,
        nothing=gettext_lazy("No new lead is waiting for you."),
        count=_count(len(found)),
        action=(gettext_lazy("Triage"), reverse("leads:lead_triage")),
    )


def _count(number: int) -> str:
    if number > MOST_SHOWN:
        return _("more than %(number)d waiting") % {"number": MOST_SHOWN}
    return _("%(number)d waiting") % {"number": number} if number else ""


def _row(row: tuple[Any, ...], day: Day, *, calls: bool, qualifies: bool) -> NewLead:
    pk, name, company, country, topic, arrived, contacted, due, value, currency = row
    firm = ", ".join(part for part in (company, country_code(country)) if part)
    call = f"{screen_url(Activity, 'create')}?kind=phone_call&regarding=leads.lead:{pk}"
    return NewLead(
        clock=clock_html(LeadState.OPEN, arrived, contacted, None, day.now, due=due, target=target_of(day.user)),
        name=name,
        note=" · ".join(part for part in (firm, topic) if part and part != name),
        amount="" if value is None else shown.money_html(value, day.code(currency or ""), digits=0),
        url=screen_url(Lead, "detail", pk),
        call_url=call if calls else "",
        qualify_url=_qualify_url(pk) if qualifies else "",
    )


def _qualify_url(pk: int) -> str:
    """Qualifying lies in an app above, which has registered its act."""
    act = next((act for act in actions_for(Lead) if act.name == "qualify"), None)
    return reverse(act.url_name, args=[pk]) if act else ""


def _of_which_new(amount: Decimal) -> str:
    return _("%(number)d new") % {"number": amount} if amount else ""


def register() -> None:
    register_home_panel(
        HomePanel(
            name="new leads",
            title=gettext_lazy("New leads"),
            template="leads/home_new.html",
            body=new_leads,
            permission="leads.read_lead",
            position=10,
        )
    )
    register_funnel_node(
        FunnelNode(
            name="leads",
            word=gettext_lazy("Leads"),
            all_label=gettext_lazy("All open leads"),
            url_name="leads:lead_list",
            everything="open",
            permission="leads.read_lead",
            rows=_open,
            amount=Sum(Case(When(status_reason="new", then=1), default=0, output_field=DecimalField())),
            words=_of_which_new,
            position=10,
        )
    )
