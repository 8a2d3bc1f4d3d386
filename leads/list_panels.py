"""What the page of a marketing list shows beside its fields: who is on it, and the ways to put more there."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from crm.core.access import WRITE
from crm.core.panels import Panel, register_panels
from crm.core.screens.buttons import rights_on
from crm.data.services.imports import may_import
from leads.list_filters import members_url
from leads.list_importing import LIST_MEMBERS
from leads.models import MarketingList
from leads.services.lists import fill_obstacle


def members_context(found: MarketingList, user: Any) -> Mapping[str, Any]:
    may_fill = bool(rights_on(found, user, {WRITE})[WRITE])
    obstacle = fill_obstacle(found) if may_fill else ""
    asked = {"noun": LIST_MEMBERS.noun, "chosen": f"{LIST_MEMBERS.chosen[0]}:{found.pk}"}
    imports = may_fill and not obstacle and may_import(user)
    return {
        "members_url": members_url(found),
        "import_url": f"{reverse('data:import_new')}?{urlencode(asked)}" if imports else "",
        "obstacle": obstacle,
    }


def register() -> None:
    register_panels(
        MarketingList,
        Panel(
            name="members",
            title=_("Members"),
            template="leads/panels/list_members.html",
            context=members_context,
            position=10,
            column="side",
        ),
    )
