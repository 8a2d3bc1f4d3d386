"""Quotes, orders and invoices: their acts, panels, search and navigation, and the line above every record."""

from django.utils.translation import gettext_lazy as _

from crm.core.context import NavEntry, register_nav
from crm.core.search import SearchSource, register_search
from sales import chain
from sales.actions import invoices, orders, quotes
from sales.models import Invoice, Order, Quote
from sales.models.documents import DOCUMENT_WORDS
from sales.panels import documents as panels


def register() -> None:
    for acts in (quotes, orders, invoices):
        acts.register_actions()
    panels.register()
    chain.register()
    _appear()


def _appear() -> None:
    for position, (model, label, new_label, icon) in enumerate(
        (
            (Quote, _("Quotes"), _("Quote"), "file-text"),
            (Order, _("Orders"), _("Order"), "package"),
            (Invoice, _("Invoices"), _("Invoice"), "receipt"),
        ),
        start=3,
    ):
        noun = model._meta.model_name
        register_search(
            SearchSource(
                model=model,
                label=label,
                url_name=f"sales:{noun}_detail",
                title="name",
                subtitle="number",
                words=DOCUMENT_WORDS,
                icon=icon,
                position=position * 10,
            )
        )
        register_nav(
            NavEntry(
                label,
                f"sales:{noun}_list",
                icon,
                "line",
                f"sales.read_{noun}",
                position * 10,
                new_label=new_label,
                new_url_name=f"sales:{noun}_create",
            )
        )
