"""Parts of the pages of quotes, orders and invoices, and of what they lead to."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.core.access import READ
from crm.core.addresses import screen_url
from crm.core.panels import Panel, register_panels
from crm.core.screens.buttons import rights_on
from crm.core.tables import Table
from crm.customers.models import Account, Contact
from sales.chain import story_of
from sales.models import Invoice, Opportunity, Order, Quote
from sales.panels.lines import lines_panel
from sales.panels.totals import totals_panel
from sales.tables.opportunities import OpportunityInvoicesTable, OpportunityOrdersTable, OpportunityQuotesTable

_ROWS = "customers/panels/rows.html"


_MOST_SHOWN = 20


def story(record: Any, user: Any) -> Mapping[str, Any]:
    return {"nodes": story_of(record, user)}


def revisions_of(quote: Quote, user: Any) -> Mapping[str, Any]:
    visible = Quote.objects.visible_to(user).filter(number=quote.number)
    return {"revisions": visible.select_related("currency").order_by("-revision"), "current": quote}


def has_revisions(quote: Quote, _user: Any) -> bool:
    return bool(quote.revision) or quote.revisions.exists()


def payments_of(invoice: Invoice, user: Any) -> Mapping[str, Any]:
    return {
        "payments": invoice.payments.select_related("created_by", "reversed_by"),
        "may_reverse": rights_on(invoice, user, {"reverse_payment"})["reverse_payment"],
    }


def has_payments(invoice: Invoice, _user: Any) -> bool:
    return invoice.payments.exists()


def balance_of(invoice: Invoice, _user: Any) -> Mapping[str, Any]:
    return {"paid": invoice.paid_amount, "is_settled": invoice.state == "paid"}


def is_numbered(invoice: Invoice, _user: Any) -> bool:
    return bool(invoice.number)


def _listed(table: type[Table], column: str) -> Any:
    """Rows of the table that refer to the record by this column."""

    def context(record: Any, user: Any) -> Mapping[str, Any]:
        found: Any = table.model._default_manager.visible_to(user)  # type: ignore[attr-defined]  # guarded models only
        newest = found.filter(**{column: record}).order_by("-created_at", "-pk")
        rows = list(newest.values_list(*table.fields())[: _MOST_SHOWN + 1])
        return {
            "table": table,
            "columns": table.heads("", lambda _token: ""),
            "rows": rows[:_MOST_SHOWN],
            "more": len(rows) > _MOST_SHOWN,
            "all_url": f"{screen_url(table.model, 'list')}?view=all",
            "nothing": _("None yet."),
        }

    return context


def _exists(table: type[Table], column: str) -> Any:
    def exists(record: Any, user: Any) -> bool:
        rows: Any = table.model._default_manager
        return bool(rows.for_action(user, READ).filter(**{column: record}).exists())

    return exists


def _list_panel(name: str, title: Any, table: type[Table], column: str, position: int) -> Panel:
    return Panel(
        name=name,
        title=title,
        template=_ROWS,
        context=_listed(table, column),
        shown=_exists(table, column),
        position=position,
    )


def register() -> None:
    for model in (Opportunity, Quote, Order, Invoice):
        register_panels(model, lines_panel(), totals_panel())
    for document in (Quote, Order, Invoice):
        register_panels(document, _side_panel("story", _("The line"), story, 30))
    register_panels(
        Quote,
        _side_panel("revisions", _("Revisions"), revisions_of, 20, has_revisions),
        _list_panel("orders", _("Orders"), OpportunityOrdersTable, "quote", 30),
    )
    register_panels(Order, _list_panel("invoices", _("Invoices"), OpportunityInvoicesTable, "order", 30))
    register_panels(
        Invoice,
        _side_panel("balance", _("Balance"), balance_of, 2, is_numbered),
        Panel(
            name="payments",
            title=_("Payments"),
            template="sales/panels/payments.html",
            context=payments_of,
            shown=has_payments,
            position=20,
            tab="lines",
        ),
    )
    _register_customers()


def _side_panel(name: str, title: Any, context: Any, position: int, shown: Any = lambda _record, _user: True) -> Panel:
    template = f"sales/panels/{name}.html"
    return Panel(
        name=name, title=title, template=template, context=context, shown=shown, position=position, column="side"
    )


def _register_customers() -> None:
    for model, column in ((Account, "customer_account"), (Contact, "customer_contact")):
        register_panels(
            model,
            _list_panel("quotes", _("Quotes"), OpportunityQuotesTable, column, 24),
            _list_panel("orders", _("Orders"), OpportunityOrdersTable, column, 26),
            _list_panel("invoices", _("Invoices"), OpportunityInvoicesTable, column, 28),
        )
