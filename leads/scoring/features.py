"""What of a lead is looked at, in a few groups each, so that hundreds of closed leads already tell something. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.customers.keys import SHARED_DOMAINS

YES, NO = "yes", "no"
_ANSWERS = {YES: _("yes"), NO: _("no")}


@dataclass(frozen=True, slots=True)
class Feature:
    """`read` gives the group of a lead from its row of `COLUMNS`; "" where nothing is known."""

    name: str
    label: str | Promise
    read: Callable[[Mapping[str, Any]], str]
    words: Mapping[str, str | Promise] | None = None

    def said(self, group: str) -> str:
        return str((self.words or {}).get(group, group))


COLUMNS = (
    "source",
    "industry",
    "country",
    "rating",
    "purchase_timeframe",
    "budget_status",
    "need",
    "decision_maker",
    "email_key",
    "phone_e164",
    "mobile_e164",
    "company_key",
)


def _plain(column: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: str(row[column]).strip().casefold()[:60]


def _filled(*columns: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: YES if any(row[column] for column in columns) else NO


def _work_address(row: Mapping[str, Any]) -> str:
    domain = str(row["email_key"]).rpartition("@")[2]
    if not domain:
        return ""
    return NO if domain in SHARED_DOMAINS else YES


def _choice(name: str, label: str | Promise, choices: Mapping[str, str | Promise]) -> Feature:
    return Feature(name, label, _plain(name), choices)


def features(choices: Mapping[str, Mapping[str, str | Promise]]) -> tuple[Feature, ...]:
    """`choices` are the words of the columns that have some."""
    return (
        _choice("source", _("Source"), choices["source"]),
        Feature("industry", _("Industry"), _plain("industry")),
        Feature("country", _("Country"), _plain("country")),
        _choice("rating", _("Rating"), choices["rating"]),
        _choice("purchase_timeframe", _("Timeframe"), choices["purchase_timeframe"]),
        _choice("budget_status", _("Budget"), choices["budget_status"]),
        _choice("need", _("Need"), choices["need"]),
        Feature("decision_maker", _("Decision maker"), lambda row: YES if row["decision_maker"] else "", _ANSWERS),
        Feature("work_email", _("E-mail address of a company"), _work_address, _ANSWERS),
        Feature("phone", _("Phone number given"), _filled("phone_e164", "mobile_e164"), _ANSWERS),
        Feature("company", _("Company given"), _filled("company_key"), _ANSWERS),
    )
