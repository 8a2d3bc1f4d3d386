"""Which pages of the demonstration are pictured, by the words under the pictures. Django must be set up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import reverse
from playwright.sync_api import Page as Tab

from bench import acts

type Act = Callable[[Tab], None]


@dataclass(frozen=True)
class Screen:
    """`record` names table and state of the record that is shown, `args` what else the address takes; `act` is done on
    the page before its picture.
    """

    title: str
    address: str
    record: tuple[str, dict[str, Any]] | None = None
    query: str = ""
    args: tuple[str, ...] = ()
    who: str = "anton"
    act: Act | None = None

    @property
    def name(self) -> str:
        """The first part of the names of its files."""
        return "-".join("".join(letter if letter.isalnum() else " " for letter in self.title.lower()).split())

    def url(self) -> str:
        """Of the newest record in this state that belongs to the seller, where there is one."""
        path = reverse(self.address, args=[_pk(*self.record, who=self.who)] if self.record else self.args)
        return f"{path}?{self.query}" if self.query else path


def _pk(label: str, columns: dict[str, Any], who: str) -> int:
    rows = apps.get_model(label)._default_manager.filter(**columns)
    names = {field.name for field in rows.model._meta.fields}
    own = rows.filter(owner__username=who) if "owner" in names else rows
    found = own.order_by("-pk").first() or rows.order_by("-pk").first()
    if found is None:
        raise LookupError(f"The demonstration has no {label} with {columns}.")
    return int(found.pk)


_LEAD = ("leads.Lead", {"state": "open"})
_WON = ("sales.Opportunity", {"state": "won"})
_QUOTE = ("sales.Quote", {"state": "draft"})
_ACTIVE_QUOTE = ("sales.Quote", {"state": "active"})
_ACCOUNT = ("customers.Account", {"state": "active", "qualification_results__isnull": False})
_POST = ("leads.CapturedPost", {"verdict": "spam"})
_FORM: tuple[str, dict[str, Any]] = ("leads.CaptureForm", {})
_VISITORS = ("leads.MarketingList", {"name": "Fair visitors"})

GROUPS: dict[str, tuple[Screen, ...]] = {
    "Signing in": (
        Screen("Sign in", "account_login", who=""),
        Screen("Password forgotten", "account_reset_password", who=""),
        Screen("Two-step sign-in", "mfa_index"),
        Screen("Change password", "account_change_password"),
    ),
    "Today and search": (
        Screen("Today", "home"),
        Screen("Today of a manager", "home", who="mara"),
        Screen("Search", "core:search", query="q=an"),
        Screen("Nothing found", "core:search", query="q=zzzz"),
        Screen("Palette", "home", act=acts.ask_palette),
        Screen("Notifications", "notifications"),
        Screen("Settings", "settings"),
        Screen("Days away", "leads:absences"),
    ),
    "Leads": (
        Screen("Leads", "leads:lead_list"),
        Screen("All leads", "leads:lead_list", query="view=all", who="mara"),
        Screen("No lead matches", "leads:lead_list", query="view=all&q=zzzz"),
        Screen("Leads in groups", "leads:lead_list", query="view=all&group=rating&q=state:open+created:this-month"),
        Screen("How the list looks", "leads:lead_list", query="view=all&panel=look"),
        Screen("A condition for the list", "leads:lead_list", query="view=all&panel=filter"),
        Screen("A field that is not there", "leads:lead_list", query="view=all&q=ratin:hot"),
        Screen("Keep a view", "view_create", query="noun=leads.lead&columns=name,company&q=rating:hot"),
        Screen("Ticked leads", "leads:lead_list", query="view=all", act=acts.tick_three),
        Screen("Assign ticked leads", "leads:lead_list", query="view=all", who="mara", act=acts.assign_three),
        Screen("A look at a lead", "leads:lead_list", query="view=all", act=acts.peek),
        Screen("Export leads", "data:export", query="list=%2Fleads%2F%3Fview%3Dall", who="mara"),
        Screen("Lead", "leads:lead_detail", _LEAD),
        Screen("Lead details", "leads:lead_detail", _LEAD, query="tab=details"),
        Screen("Lead history", "leads:lead_detail", _LEAD, query="tab=history"),
        Screen("Qualified lead", "leads:lead_detail", ("leads.Lead", {"state": "qualified"})),
        Screen("Qualify a lead", "sales:lead_qualify", _LEAD),
        Screen("Disqualify a lead", "leads:lead_disqualify", _LEAD),
        Screen("New lead", "leads:lead_create"),
        Screen("New lead with errors", "leads:lead_create", act=acts.send_empty),
        Screen("Lead saved by somebody else", "leads:lead_edit", _LEAD, act=acts.send_stale),
        Screen("Other moves of a lead", "leads:lead_detail", _LEAD, act=acts.open_menu),
    ),
    "Leads that come in": (
        Screen("New leads one after the other", "leads:lead_triage", query="whose=all", who="mara"),
        Screen("Business cards", "data:cards", act=acts.paste_cards),
        Screen("Business cards checked", "data:cards", act=acts.check_cards),
        Screen("Quarantine", "leads:quarantine", who="admin"),
        Screen("A post in the quarantine", "leads:quarantine_post", _POST, who="admin"),
        Screen("Lead forms", "leads:capture_form_list", query="view=all", who="admin"),
        Screen("Lead form", "leads:capture_form_detail", _FORM, who="admin"),
        Screen("Where rules send a lead", "leads:lead_assign_by_rules", _LEAD, who="mara"),
        Screen("Qualification map", "sales:qualification_map", who="admin"),
    ),
    "Imports, duplicates and merges": (
        Screen("New import", "data:import_new", query="noun=leads", who="mara"),
        Screen("Columns of a file", "data:import_new", query="noun=leads", who="mara", act=acts.upload),
        Screen("Rehearsed import", "data:import_new", query="noun=leads", who="mara", act=acts.rehearse),
        Screen("Import", "data:import_new", query="noun=leads", who="mara", act=acts.write),
        Screen("Imports", "data:imports", who="mara"),
        Screen("Duplicates", "data:duplicates", query="table=leads", who="mara"),
        Screen("Merge", "leads:lead_list", query="view=all&q=state:open", who="mara", act=acts.merge_two),
    ),
    "Campaigns and reports": (
        Screen("Campaigns", "leads:campaign_list", query="view=all", who="mara"),
        Screen("Campaign", "leads:campaign_detail", ("leads.Campaign", {"code": "SEARCH"}), who="mara"),
        Screen("Planned campaign", "leads:campaign_detail", ("leads.Campaign", {"code": "TOUR"}), who="mara"),
        Screen("Marketing lists", "leads:marketing_list_list", query="view=all", who="mara"),
        Screen("Marketing list", "leads:marketing_list_detail", _VISITORS, who="mara"),
        Screen("Responses", "leads:campaign_response_list", query="view=all", who="mara"),
        Screen("Reports", "reports:reports", who="mara"),
        Screen("Campaign performance", "reports:campaign_performance", who="mara"),
        Screen("Lead source effectiveness", "reports:source_effectiveness", who="mara"),
        Screen("Leads per period", "reports:leads_per_period", who="mara"),
    ),
    "Opportunities": (
        Screen("Opportunities", "sales:opportunity_list"),
        Screen("Board of opportunities", "sales:opportunity_list", query="view=open&layout=board", who="mara"),
        Screen("Opportunity", "sales:opportunity_detail", ("sales.Opportunity", {"state": "open"})),
        Screen("Won opportunity", "sales:opportunity_detail", _WON),
        Screen("Lines of an opportunity", "sales:opportunity_detail", _WON, query="tab=lines"),
        Screen("Close as lost", "sales:opportunity_lose", ("sales.Opportunity", {"state": "open"})),
        Screen("New opportunity", "sales:opportunity_create"),
    ),
    "Quotes": (
        Screen("Quotes", "sales:quote_list"),
        Screen("Quote", "sales:quote_detail", _QUOTE),
        Screen("Lines of a quote", "sales:quote_lines", _QUOTE),
        Screen("Active quote", "sales:quote_detail", _ACTIVE_QUOTE),
        Screen("Create an order", "sales:quote_create_order", _ACTIVE_QUOTE),
        Screen("Edit a quote", "sales:quote_edit", _QUOTE),
    ),
    "Orders and invoices": (
        Screen("Orders", "sales:order_list"),
        Screen("Order", "sales:order_detail", ("sales.Order", {})),
        Screen("Invoices", "sales:invoice_list"),
        Screen("Issued invoice", "sales:invoice_detail", ("sales.Invoice", {"state": "issued"})),
        Screen("Paid invoice", "sales:invoice_detail", ("sales.Invoice", {"state": "paid"})),
        Screen("Record a payment", "sales:invoice_pay", ("sales.Invoice", {"state": "issued"})),
    ),
    "Customers": (
        Screen("Accounts", "customers:account_list"),
        Screen("Account", "customers:account_detail", _ACCOUNT),
        Screen("Related to an account", "customers:account_detail", _ACCOUNT, query="tab=related"),
        Screen("Contacts", "customers:contact_list"),
        Screen("Contact", "customers:contact_detail", ("customers.Contact", {"state": "active"})),
        Screen("Delete a contact", "customers:contact_delete", ("customers.Contact", {"state": "active"})),
    ),
    "Activities": (
        Screen("Activities", "activities:activity_list"),
        Screen("Activity", "activities:activity_detail", ("activities.Activity", {"kind": "task"})),
        Screen("New activity", "activities:activity_create", query="kind=appointment"),
    ),
    "Catalogue": (
        Screen("Products", "catalog:product_list"),
        Screen("Product", "catalog:product_detail", ("catalog.Product", {"state": "active"})),
        Screen("Price list", "catalog:price_list_detail", ("catalog.PriceList", {})),
        Screen("New product", "catalog:product_create", who="admin"),
    ),
    "Refusals and thanks": (
        Screen("Not found", "leads:lead_list", act=lambda tab: acts.go(tab, "/leads/999999/")),
        Screen("Not allowed", "catalog:product_create"),
        Screen("Not possible now", "sales:quote_activate", _ACTIVE_QUOTE),
        Screen("Thanks after a post", "account_login", who="", act=acts.send_post),
    ),
    "Administration": (
        Screen("Administration", "admin:index", who="admin"),
        Screen("People", "admin:users_user_changelist", who="admin"),
        Screen("Assignment rules", "admin:leads_assignmentrule_changelist", who="admin"),
        Screen("Score rules", "admin:leads_scorerule_changelist", who="admin"),
        Screen("New field", "admin:core_customfield_add", who="admin"),
    ),
}
