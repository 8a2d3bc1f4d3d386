"""Pages of the administration, of tables that stand for the others: with a machine, with rows below, plain."""

from collections.abc import Iterator
from dataclasses import replace

from tests.browser.pages import Page

#: By model the record of the scene that its pages are shown with.
_TABLES = {
    "leads_lead": "lead with all",
    "customers_account": "account",
    "sales_quote": "quote",
    "activities_activity": "activity",
    "catalog_pricelist": "price list",
}
#: The others are made by the services of the product alone.
_ADDED_HERE = {"customers_account", "catalog_pricelist"}


def admin_pages() -> list[Page]:
    """Each name once; all are asked for by the administrator, but the last."""
    found = [*_frame(), *(page for table, record in _TABLES.items() for page in _of_table(table, record)), *_acts()]
    signed_out = Page("administration, signed out", "account_login", who="", query="next=/admin/leads/lead/")
    return [*(replace(page, who="administrator") for page in found), signed_out]


def _frame() -> Iterator[Page]:
    yield Page("administration", "admin:index")
    yield Page("administration, one app", "admin:app_list", args=("leads",))
    yield Page("administration, the first table", "admin:core_currency_changelist")


def _of_table(table: str, record: str) -> Iterator[Page]:
    name = table.partition("_")[2]
    yield Page(f"administration, {name} list", f"admin:{table}_changelist")
    yield Page(f"administration, {name} list, none", f"admin:{table}_changelist", query="q=zzzz")
    if table in _ADDED_HERE:
        yield Page(f"administration, new {name}", f"admin:{table}_add")
        yield Page(f"administration, new {name}, with errors", f"admin:{table}_add", sent={"_save": "Save"})
    for screen in ("change", "delete", "history"):
        yield Page(f"administration, {screen} {name}", f"admin:{table}_{screen}", record)


def _acts() -> Iterator[Page]:
    yield Page("administration, an act", "admin:sales_opportunity_act", "opportunity", args=("hold",))
    yield Page("administration, an act with a form", "admin:sales_opportunity_act", "opportunity", args=("lose",))
