"""Parts of the pages of quotes, orders and invoices, and of what they lead to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from crm.core.access import READ
from crm.core.addresses import screen_url
from crm.core.models import Organisation
from crm.core.panels import Panel, once, register_panels
from crm.core.screens.buttons import rights_on
from crm.core.tables import Table
from crm.customers.models import Account, Contact
from sales.chain import on_the_line, story_of
from sales.due import days_words
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
    return bool(quote.revision) or quote.status_reason == "revised"


def payments_of(invoice: Invoice, user: Any) -> Mapping[str, Any]:
    return {
        "payments": invoice.payments.select_related("created_by", "reversed_by"),
        "may_reverse": rights_on(invoice, user, {"reverse_payment"})["reverse_payment"],
    }


def balance_of(invoice: Invoice, _user: Any) -> Mapping[str, Any]:
    today = Organisation.load().today(timezone.now())
    due = due_words(invoice.due_on, today) if invoice.state == "issued" and invoice.due_on else ""
    return {"settled": invoice.total_amount - invoice.balance, "due": due, "is_late": invoice.is_overdue(today)}


def due_words(day: dt.date, today: dt.date) -> str:
    """ "due in 4 d", "overdue 12 d"."""
    words = days_words(day, today)
    return words if day < today else say("due %(when)s") % {"when": words}


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


def _on_the_line(model: type[Any]) -> Any:
    """As the line tells it, which is read for every page."""
    return lambda record, user: bool(on_the_line(model, record, user))


_OF_CUSTOMERS: tuple[type[Table], ...] = (OpportunityQuotesTable, OpportunityOrdersTable, OpportunityInvoicesTable)


def _exists(table: type[Table], column: str) -> Any:
    """Asked of all documents of a customer in one query."""
    place = _OF_CUSTOMERS.index(table)
    return lambda record, user: once(record, "documents", user, lambda: _which_exist(column, record, user))[place]


def _which_exist(column: str, record: Any, user: Any) -> Sequence[bool]:
    managers: list[Any] = [table.model._default_manager for table in _OF_CUSTOMERS]
    found = [manager.for_action(user, READ).filter(**{column: record}).order_by() for manager in managers]
    asked = {f"has_{place}": Exists(rows) for place, rows in enumerate(found)}
    rows: Any = type(record)._default_manager
    answer: Sequence[bool] = rows.filter(pk=record.pk).order_by().values_list(*asked.values()).first() or (False,) * 3
    return answer


def _list_panel(name: str, title: Any, table: type[Table], column: str, *, position: int, shown: Any = None) -> Panel:
    return Panel(
        name=name,
        title=title,
        template=_ROWS,
        context=_listed(table, column),
        shown=shown or _exists(table, column),
        lazy=shown is None,
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
        _list_panel("orders", _("Orders"), OpportunityOrdersTable, "quote", position=30, shown=_on_the_line(Order)),
    )
    register_panels(
        Order,
        _list_panel(
            "invoices", _("Invoices"), OpportunityInvoicesTable, "order", position=30, shown=_on_the_line(Invoice)
        ),
    )
    register_panels(
        Invoice,
        _side_panel("balance", _("Balance"), balance_of, 2, is_numbered),
        Panel(
            name="payments",
            title=_("Payments"),
            template="sales/panels/payments.html",
            context=payments_of,
            shown=is_numbered,
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
            _list_panel("quotes", _("Quotes"), OpportunityQuotesTable, column, position=24),
            _list_panel("orders", _("Orders"), OpportunityOrdersTable, column, position=26),
            _list_panel("invoices", _("Invoices"), OpportunityInvoicesTable, column, position=28),
        )
