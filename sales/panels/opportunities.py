"""Parts of pages that tell of opportunities: on customers, on the opportunity itself, and where it came from."""

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Competitor
from crm.core.access import READ, may_create
from crm.core.addresses import screen_url
from crm.core.panels import Panel, once, register_panels
from crm.core.prepared import Slot, prepared, rights_key
from crm.core.tables import Table
from crm.customers.models import Account, Contact
from leads.models import Lead
from leads.values import source_label
from sales.chain import on_the_line
from sales.models import Invoice, Opportunity, Order, QualificationResult, Quote
from sales.tables.opportunities import (
    CustomerOpportunitiesTable,
    OpportunityInvoicesTable,
    OpportunityOrdersTable,
    OpportunityQuotesTable,
)

MOST_SHOWN = 20
_ROWS = "customers/panels/rows.html"
_KINDS: Mapping[str, Any] = {"account": Account, "contact": Contact, "opportunity": Opportunity}


def _rows(table: type[Table], found: Any) -> dict[str, Any]:
    rows = list(found.order_by("-created_at", "-pk").values_list(*table.fields())[: MOST_SHOWN + 1])
    return {
        "table": table,
        "columns": table.heads("", lambda _token: ""),
        "rows": rows[:MOST_SHOWN],
        "more": len(rows) > MOST_SHOWN,
    }


def opportunities_of(customer: Account | Contact, user: Any) -> Mapping[str, Any]:
    visible = Opportunity.objects.visible_to(user)
    if isinstance(customer, Account):
        found, parameter = visible.filter(customer_account=customer), "customer_account"
    else:
        found, parameter = visible.filter(customer_contact=customer), "customer_contact"
    list_url = reverse("sales:opportunity_list")
    may_make = customer.state == "active" and may_create(user, Opportunity)
    return {
        **_rows(CustomerOpportunitiesTable, found),
        "all_url": f"{list_url}?view=all&customer_account={customer.pk}",
        "new_url": f"{reverse('sales:opportunity_create')}?{parameter}={customer.pk}" if may_make else "",
        "new_label": _("New opportunity"),
        "nothing": _("No opportunities yet."),
    }


def dealings_with(contact: Contact, user: Any) -> Mapping[str, Any]:
    return {**_dealings(contact, user), "all_url": reverse("sales:opportunity_list")}


def _dealings(contact: Contact, user: Any) -> Mapping[str, Any]:
    """Where the person is only the one dealt with. Whether there are any is read off the same rows."""
    found = Opportunity.objects.visible_to(user).filter(contact=contact, customer_contact__isnull=True)
    return once(contact, "dealings", user, lambda: _rows(CustomerOpportunitiesTable, found))


def has_dealings(contact: Contact, user: Any) -> bool:
    return bool(_dealings(contact, user)["rows"])


def quotes_of(opportunity: Opportunity, user: Any) -> Mapping[str, Any]:
    may_make = opportunity.is_editable and may_create(user, Quote)
    return {
        **_rows(OpportunityQuotesTable, _made_of(Quote, opportunity, user)),
        "new_url": reverse("sales:opportunity_create_quote", args=[opportunity.pk]) if may_make else "",
        "new_label": _("New quote"),
        "nothing": _("No quotes yet."),
        "all_url": f"{screen_url(Quote, 'list')}?view=all",
    }


def orders_of(opportunity: Opportunity, user: Any) -> Mapping[str, Any]:
    return {
        **_rows(OpportunityOrdersTable, _made_of(Order, opportunity, user)),
        "all_url": f"{screen_url(Order, 'list')}?view=all",
    }


def invoices_of(opportunity: Opportunity, user: Any) -> Mapping[str, Any]:
    return {
        **_rows(OpportunityInvoicesTable, _made_of(Invoice, opportunity, user)),
        "all_url": f"{screen_url(Invoice, 'list')}?view=all",
    }


def _made_of(model: Any, opportunity: Opportunity, user: Any) -> Any:
    return model.objects.visible_to(user).filter(opportunity=opportunity)


def has_orders(opportunity: Opportunity, user: Any) -> bool:
    return bool(on_the_line(Order, opportunity, user))


def has_invoices(opportunity: Opportunity, user: Any) -> bool:
    return bool(on_the_line(Invoice, opportunity, user))


def competitors_of(opportunity: Opportunity, user: Any) -> Mapping[str, Any]:
    """Those that this person may see; whoever got the deal is marked."""
    seen = Competitor.objects.visible_to(user)
    rows = opportunity.opportunity_competitors.filter(competitor__in=seen).select_related("competitor")
    return {"competitors": rows.order_by("competitor__sort_key", "pk"), "lost_to": opportunity.lost_to_id}


def results_of(lead: Lead, user: Any) -> Mapping[str, Any]:
    """What the lead became, without what the user may not see."""
    found = prepared(results_of, _results_of_a_lead).records(lead=lead.pk)
    key = ("results", *(rights_key(model, user, READ) for model in _KINDS.values()))
    seen = set(prepared(key, lambda: _seen_of_a_lead(user)).tuples(lead=lead.pk)) if found else set()
    return {
        "qualification": found[0].qualification if found else None,
        "results": [
            {"result": one, "url": _url_of(one), "noun": one.record._meta.verbose_name}
            for one in found
            if (one.kind, one.record.pk) in seen
        ],
        "hidden": sum((one.kind, one.record.pk) not in seen for one in found),
    }


def _live_results() -> Any:
    return QualificationResult.objects.filter(qualification__lead=Slot("lead"), qualification__undone_at__isnull=True)


def _results_of_a_lead() -> Any:
    related = ("account", "contact", "opportunity", "qualification__qualified_by")
    return _live_results().select_related(*related).order_by("pk")


def _seen_of_a_lead(user: Any) -> Any:
    """Kind and key of those that this person sees."""
    first, *others = (
        model.objects.visible_to(user)
        .filter(pk__in=_live_results().filter(**{f"{kind}__isnull": False}).values(kind))
        .order_by()
        .annotate(arm=Value(kind, CharField()))
        .values_list("arm", "pk")
        for kind, model in _KINDS.items()
    )
    return first.union(*others, all=True)


def _url_of(result: QualificationResult) -> str:
    app = "sales" if result.kind == "opportunity" else "customers"
    return reverse(f"{app}:{result.kind}_detail", args=[result.record.pk])


def _leads_of(record: Any, user: Any) -> list[Lead]:
    """The visible leads from which the record came, was filled or which joined it."""
    kind = record._meta.model_name
    live = QualificationResult.objects.filter(**{kind: record}, qualification__undone_at__isnull=True)
    found = Lead.objects.visible_to(user).filter(pk__in=live.values("qualification__lead"))
    return once(record, "origin", user, lambda: list(found.order_by("pk")[:MOST_SHOWN]))


def origin_of(record: Any, user: Any) -> Mapping[str, Any]:
    return {"origins": [(lead, source_label(lead.source)) for lead in _leads_of(record, user)]}


def has_origin(record: Any, user: Any) -> bool:
    if isinstance(record, Opportunity):
        return bool(on_the_line(Lead, record, user))
    return bool(_leads_of(record, user))


def is_qualified(lead: Lead, _user: Any) -> bool:
    return bool(lead.state == "qualified")


_ORIGIN = Panel(
    name="origin",
    title=gettext_lazy("Originating lead"),
    template="sales/opportunity_origin.html",
    context=origin_of,
    shown=has_origin,
    position=20,
    column="side",
)
_OPPORTUNITIES = Panel(
    name="opportunities",
    title=gettext_lazy("Opportunities"),
    template=_ROWS,
    context=opportunities_of,
    position=20,
)
_DEALINGS = Panel(
    name="dealings",
    title=gettext_lazy("Opportunities of the company"),
    template=_ROWS,
    context=dealings_with,
    shown=has_dealings,
    position=22,
)
_RESULT = Panel(
    name="qualification",
    title=gettext_lazy("Qualification result"),
    template="sales/qualification_result.html",
    context=results_of,
    shown=is_qualified,
    position=5,
    column="side",
)


def register() -> None:
    register_panels(Account, _OPPORTUNITIES, _ORIGIN)
    register_panels(Contact, _OPPORTUNITIES, _DEALINGS, _ORIGIN)
    register_panels(Lead, _RESULT)
    register_panels(Opportunity, *_documents(), _ORIGIN)


def _documents() -> list[Panel]:
    return [
        Panel(name="quotes", title=gettext_lazy("Quotes"), template=_ROWS, context=quotes_of, position=30),
        Panel(
            name="orders",
            title=gettext_lazy("Orders"),
            template=_ROWS,
            context=orders_of,
            shown=has_orders,
            lazy=True,
            position=32,
        ),
        Panel(
            name="invoices",
            title=gettext_lazy("Invoices"),
            template=_ROWS,
            context=invoices_of,
            shown=has_invoices,
            lazy=True,
            position=34,
        ),
        Panel(
            name="competitors",
            title=gettext_lazy("Competitors"),
            template="sales/panels/competitors.html",
            context=competitors_of,
            position=36,
        ),
    ]
