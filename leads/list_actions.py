"""What can be done with a marketing list."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.access import READ, WRITE
from crm.core.actions import Action, performing
from crm.core.addresses import screen_url
from crm.users.assigning import assign_action
from leads.list_forms import AddByQueryForm
from leads.models import MarketingList
from leads.services import lists as services


def _add_by_query(list_id: int, values: Mapping[str, Any], actor: Any) -> str:
    services.add_by_query(list_id=list_id, query=values["query"], actor=actor, at=timezone.now())
    return screen_url(MarketingList, "detail", list_id)


ADD = Action(
    name="add",
    label=_("Add by query"),
    model=MarketingList,
    right=WRITE,
    form=AddByQueryForm,
    perform=_add_by_query,
    obstacle=services.fill_obstacle,
    url_name="leads:marketing_list_add",
    done=_("Members added"),
    position=10,
)
SNAPSHOT = Action(
    name="snapshot",
    label=_("Take a snapshot"),
    model=MarketingList,
    right=READ,
    creates=MarketingList,
    perform=performing(services.take_snapshot, "list_id"),
    url_name="leads:marketing_list_snapshot",
    confirm=_("A locked list of those who are on it now and whom you see. It belongs to you."),
    done=_("Snapshot taken"),
    position=20,
)
LOCK = Action(
    name="lock",
    label=_("Lock"),
    model=MarketingList,
    right=WRITE,
    perform=performing(services.lock_list, "list_id"),
    obstacle=services.fill_obstacle,
    url_name="leads:marketing_list_lock",
    confirm=_("Nobody is put on it or taken off it until it is unlocked."),
    done=_("List locked"),
    position=30,
)
UNLOCK = Action(
    name="unlock",
    label=_("Unlock"),
    model=MarketingList,
    right=WRITE,
    perform=performing(services.unlock_list, "list_id"),
    obstacle=services.unlock_obstacle,
    url_name="leads:marketing_list_unlock",
    confirm=_("Members can be added and removed again."),
    done=_("List unlocked"),
    position=40,
)
DEACTIVATE = Action(
    name="deactivate",
    label=_("Deactivate"),
    model=MarketingList,
    right=WRITE,
    move="deactivate",
    perform=performing(services.deactivate_list, "list_id"),
    url_name="leads:marketing_list_deactivate",
    confirm=_("The list is used for nothing new. Its members stay."),
    done=_("List deactivated"),
    position=50,
)
ACTIVATE = Action(
    name="activate",
    label=_("Activate"),
    model=MarketingList,
    right=WRITE,
    move="activate",
    perform=performing(services.activate_list, "list_id"),
    url_name="leads:marketing_list_activate",
    confirm=_("The list can be used again."),
    done=_("List activated"),
    position=60,
)
ACTS = (ADD, SNAPSHOT, LOCK, UNLOCK, DEACTIVATE, ACTIVATE, assign_action(MarketingList))
