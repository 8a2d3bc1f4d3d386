"""The list of marketing lists."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.core.tables import (
    ChoiceColumn,
    Column,
    DateTimeColumn,
    LinkColumn,
    LookupColumn,
    OwnerColumn,
    StateColumn,
    Table,
)
from leads.list_counts import seen_members
from leads.models import MarketingList
from leads.states import LIST_MACHINE


def _locked(is_locked: Any) -> str:
    return gettext("yes") if is_locked else ""


class MarketingListTable(Table):
    model = MarketingList
    columns = (
        LinkColumn(_("Name"), "name", sort="sort_key"),
        ChoiceColumn(_("Kind"), "kind", MarketingList.Kind.choices),
        ChoiceColumn(_("Of"), "members_are", MarketingList.Members.choices, place="sub"),
        LookupColumn(_("Members"), seen_members, place="amount"),
        StateColumn(_("State"), LIST_MACHINE),
        Column(_("Locked"), "is_locked", render=_locked),
        DateTimeColumn(_("Created"), "created_at", sort="created_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "sort_key"
