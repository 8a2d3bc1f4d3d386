"""The parameter `member_of` of the lists of leads, contacts and accounts: who is on a marketing list."""

from typing import Any

import django_filters
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from crm.core.addresses import screen_url
from crm.core.filters import register_filter
from leads.models import MarketingList
from leads.services.lists import MODELS, members_of

PARAMETER = "member_of"


def members_url(found: MarketingList) -> str:
    """The list of the records themselves, with all that lists can do."""
    asked: dict[str, str | int] = {"view": "all", PARAMETER: found.pk}
    return f"{screen_url(MODELS[found.members_are], 'list')}?{urlencode(asked)}"


class MemberOfFilter(django_filters.ModelChoiceFilter):
    """Of a list that this person sees. A list of other records has nobody here."""

    def __init__(self) -> None:
        super().__init__(queryset=MarketingList.objects.all(), label=_("On the list"))

    def filter(self, rows: Any, found: MarketingList | None) -> Any:
        if found is None:
            return rows
        if MODELS[found.members_are] is not rows.model:
            return rows.none()
        used: Any = self
        return rows.filter(pk__in=members_of(found, used.parent.actor).order_by().values("pk"))


def register() -> None:
    for model in MODELS.values():
        register_filter(model, PARAMETER, MemberOfFilter)
