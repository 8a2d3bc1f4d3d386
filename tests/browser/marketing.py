"""The pages of campaigns, responses, marketing lists and reports; see `pages.py`."""

from collections.abc import Mapping
from typing import Any

LISTS = (
    "leads:campaign_list",
    "leads:campaign_response_list",
    "leads:marketing_list_list",
)
RECORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "leads:campaign": (
        ("campaign", "campaign launched", "campaign suspended", "campaign inactive", "campaign long"),
        ("timeline", "details", "related", "history"),
    ),
    "leads:marketing_list": (
        ("marketing list", "marketing list locked", "marketing list inactive", "marketing list dynamic"),
        ("details", "history"),
    ),
    "leads:campaign_response": (
        ("campaign response", "campaign response closed", "campaign response of a customer"),
        ("details", "history"),
    ),
}
WRONG: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "leads:campaign": ("name", {"name": "", "starts_on": "soon", "expected_response": "400"}),
    "leads:marketing_list": ("name", {"name": "", "kind": "dynamic", "query": "shoe:44"}),
    "leads:campaign_response": ("subject", {"subject": "", "campaign": "No such", "received_on": "soon"}),
}
MOVES: Mapping[str, str] = {
    "leads:campaign_prepare": "campaign",
    "leads:campaign_launch": "campaign",
    "leads:campaign_suspend": "campaign launched",
    "leads:campaign_resume": "campaign suspended",
    "leads:campaign_complete": "campaign launched",
    "leads:campaign_cancel": "campaign",
    "leads:campaign_deactivate": "campaign",
    "leads:campaign_reopen": "campaign inactive",
    "leads:campaign_assign": "campaign",
    "leads:campaign_cost_create": "campaign",
    "leads:campaign_cost_edit": "campaign cost",
    "leads:campaign_cost_delete": "campaign cost",
    "leads:marketing_list_add": "marketing list",
    "leads:marketing_list_snapshot": "marketing list dynamic",
    "leads:marketing_list_lock": "marketing list",
    "leads:marketing_list_unlock": "marketing list locked",
    "leads:marketing_list_deactivate": "marketing list",
    "leads:marketing_list_activate": "marketing list inactive",
    "leads:marketing_list_assign": "marketing list",
    "leads:campaign_response_make_lead": "campaign response",
    "leads:campaign_response_link": "campaign response",
    "leads:campaign_response_close": "campaign response",
    "leads:campaign_response_cancel": "campaign response",
    "leads:campaign_response_reopen": "campaign response closed",
    "leads:campaign_response_assign": "campaign response",
    "sales:campaign_response_make_opportunity": "campaign response of a customer",
    "leads:campaign_activity_create": "campaign",
    "leads:campaign_activity_progress": "campaign activity distributed",
    "leads:campaign_activity_edit": "campaign activity",
    "leads:campaign_activity_delete": "campaign activity",
    "leads:campaign_activity_distribute": "campaign activity",
    "leads:campaign_activity_undo": "campaign activity distributed",
}
#: Name, address, and what else is said of the page.
REPORTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("reports", "reports:reports", {}),
    ("reports, no right", "reports:reports", {"who": "guest"}),
    ("campaign performance", "reports:campaign_performance", {}),
    ("campaign performance, nothing", "reports:campaign_performance", {"who": "newcomer", "query": "period=last-year"}),
    ("lead sources", "reports:source_effectiveness", {"who": "hoarder"}),
    ("leads per period", "reports:leads_per_period", {}),
    ("leads per period, with errors", "reports:leads_per_period", {"query": "by=shoe&first=soon"}),
)
