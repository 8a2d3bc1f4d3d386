"""What the first page says of sales: four nodes of the funnel, quotes and deals that need somebody, my month."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import DecimalField, Exists, F, Max, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activities.models import Activity, TimelineLink
from activities.states import LIVE
from crm.core import format as shown
from crm.core.access import may_create
from crm.core.addresses import screen_url
from crm.customers.models import Account, Contact
from crm.users.home import Body, Day, FunnelNode, HomePanel, register_funnel_node, register_home_panel
from sales.home_month import my_month
from sales.models import Invoice, Opportunity, Order, Quote
from sales.states import InvoiceState, OpportunityState, OrderState, QuoteState

_MOST = 5
_EXPIRING = dt.timedelta(days=14)
_SOON = 7
_TO_INVOICE = (OrderState.ACTIVE, OrderState.FULFILLED)


@dataclass(frozen=True, slots=True)
class Row:
    """A document or deal with what is wrong with it, and the address of what mends that ("" without the right)."""

    name: str
    url: str
    note: str
    amount: str = ""
    words: str = ""
    is_pressing: bool = False
    act_url: str = ""


def _mine(model: Any, user: Any) -> Any:
    return model.objects.visible_to(user).owned_by(user)


def _customer(user: Any) -> Coalesce:
    """The customer's name, if the reader may see the customer."""
    accounts = Account.objects.visible_to(user).filter(pk=OuterRef("customer_account_id")).values("name")[:1]
    contacts = Contact.objects.visible_to(user).filter(pk=OuterRef("customer_contact_id")).values("full_name")[:1]
    return Coalesce(Subquery(accounts), Subquery(contacts), Value(""))


def expiring_quotes(day: Day) -> Body:
    """Active quotes whose last day is near or has passed, the nearest first."""
    soon = _mine(Quote, day.user).filter(state=QuoteState.ACTIVE, expires_on__lte=day.today + _EXPIRING)
    columns = ("pk", "name", "number", "expires_on", "total_amount", "currency__code", "customer")
    found = list(soon.annotate(customer=_customer(day.user)).order_by("expires_on", "pk").values(*columns)[: _MOST + 1])
    revises = day.user.has_perm("sales.revise_quote")
    return Body(
        [_quote(row, day, revises=revises) for row in found[:_MOST]],
        nothing=gettext_lazy("No quote of yours is about to expire."),
        count=_number(found),
        action=(gettext_lazy("All quotes"), reverse("sales:quote_list")),
    )


def _quote(row: dict[str, Any], day: Day, *, revises: bool) -> Row:
    left = (row["expires_on"] - day.today).days
    amount = shown.money_html(row["total_amount"], day.code(row["currency__code"]))
    return Row(
        name=row["customer"] or row["name"],
        url=screen_url(Quote, "detail", row["pk"]),
        note=row["number"],
        amount=amount,
        words=_days_left(left),
        is_pressing=left <= _SOON,
        act_url=reverse("sales:quote_revise", args=[row["pk"]]) if revises else "",
    )


def _days_left(days: int) -> str:
    if days < 0:
        return _("expired")
    if days == 0:
        return _("today")
    return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}


def quiet_deals(day: Day) -> Body:
    """Open opportunities without anything planned, the longest quiet first."""
    kind = ContentType.objects.get_for_model(Opportunity).pk
    planned = Activity.objects.filter(regarding_type_id=kind, regarding_id=OuterRef("pk"), state__in=LIVE)
    told = TimelineLink.objects.filter(target_type_id=kind, target_id=OuterRef("pk"), at__lte=day.now)
    last = told.order_by().values("target_id").annotate(last=Max("at")).values("last")
    rows = _mine(Opportunity, day.user).filter(~Exists(planned), state=OpportunityState.OPEN)
    rows = rows.annotate(last_at=Coalesce(Subquery(last), F("created_at")), customer=_customer(day.user))
    found = list(rows.order_by("last_at", "pk").values("pk", "topic", "customer", "last_at")[: _MOST + 1])
    plans = may_create(day.user, Activity)
    return Body(
        [_deal(row, day, plans=plans) for row in found[:_MOST]],
        nothing=gettext_lazy("Every open deal of yours has a next step."),
        count=_number(found),
        action=(gettext_lazy("All deals"), reverse("sales:opportunity_list")),
    )


def _deal(row: dict[str, Any], day: Day, *, plans: bool) -> Row:
    days = (day.now - row["last_at"]).days
    quiet = ngettext("%(days)d day quiet", "%(days)d days quiet", days) % {"days": days}
    plan = f"{screen_url(Activity, 'create')}?kind=task&regarding=sales.opportunity:{row['pk']}"
    return Row(
        name=row["topic"],
        url=screen_url(Opportunity, "detail", row["pk"]),
        note=" · ".join(part for part in (row["customer"], quiet) if part),
        act_url=plan if plans else "",
    )


def _number(found: list[Any]) -> str:
    number = str(len(found) or "")
    return number if len(found) <= _MOST else f"{_MOST}+"


def register() -> None:
    for node in _nodes():
        register_funnel_node(node)
    for panel in _panels():
        register_home_panel(panel)


def _panels() -> list[HomePanel]:
    return [
        HomePanel(
            name="quotes",
            title=gettext_lazy("Quotes about to expire"),
            template="sales/home_quotes.html",
            body=expiring_quotes,
            permission="sales.read_quote",
            position=30,
            column="half",
        ),
        HomePanel(
            name="deals",
            title=gettext_lazy("Deals without a next step"),
            template="sales/home_deals.html",
            body=quiet_deals,
            permission="sales.read_opportunity",
            position=40,
            column="half",
        ),
        HomePanel(
            name="month",
            title=gettext_lazy("My month"),
            template="sales/home_month.html",
            body=my_month,
            permission="sales.read_opportunity",
            position=10,
            column="side",
        ),
    ]


def _sum(what: Any) -> Coalesce:
    return Coalesce(Sum(what), Decimal(0), output_field=DecimalField())


def _nodes() -> list[FunnelNode]:
    """Amounts are in the base currency; what is unpaid is the open share of the total in it."""
    unpaid = F("balance") * F("base_total_amount") / NullIf(F("total_amount"), Decimal(0))
    return [
        _node(Opportunity, _sum("base_estimated_revenue"), "%(amount)s", 20, state=OpportunityState.OPEN),
        _node(Quote, _sum("base_total_amount"), gettext_lazy("%(amount)s out"), 30, state=QuoteState.ACTIVE),
        _node(Order, _sum("base_total_amount"), gettext_lazy("%(amount)s to invoice"), 40, state__in=_TO_INVOICE),
        _node(Invoice, _sum(unpaid), gettext_lazy("%(amount)s unpaid"), 50, state=InvoiceState.ISSUED),
    ]


def _node(model: Any, amount: Any, pattern: Any, position: int, **open_rows: Any) -> FunnelNode:
    noun = model._meta.model_name
    return FunnelNode(
        name=noun,
        word=capfirst(model._meta.verbose_name_plural),
        all_label=format_lazy(gettext_lazy("All {nouns}"), nouns=model._meta.verbose_name_plural),
        url_name=f"sales:{noun}_list",
        everything="all",
        permission=f"sales.read_{noun}",
        rows=lambda user: _mine(model, user).filter(**open_rows),
        amount=amount,
        words=lambda amount: str(pattern) % {"amount": shown.money(amount, digits=0)} if amount else "",
        position=position,
    )
