"""Marketing lists: made, filled, locked, copied, and who is on them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.access import READ, WRITE, check_create, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Invalid
from crm.core.folding import fold
from crm.core.query import QueryError, condition, parse
from crm.core.transactions import service
from crm.core.values import save, set_values
from crm.customers.models import Account, Contact
from crm.users.models import Team, User
from crm.users.services.ownership import owner_fields
from leads.models import Lead, ListMember, MarketingList

MOST_AT_ONCE = 50_000
LIST_FIELDS = ("name", "kind", "members_are", "query", "purpose", "skips_opted_out", "needs_consent")
#: What stays as it was when the list was made.
FIXED = ("kind", "members_are")
MODELS: Mapping[str, type[Lead] | type[Contact] | type[Account]] = {
    "lead": Lead,
    "contact": Contact,
    "account": Account,
}
_FIELDS = {"marketing_list_query_fits_kind": "query", "marketing_list_consent_of_leads": "needs_consent"}
_BATCH = 2_000


@service("marketing_list.created")
def create_list(
    *, values: Mapping[str, Any], owner: User | Team, actor: Actor, at: dt.datetime, is_demo: bool = False
) -> MarketingList:
    check_create(actor, MarketingList)
    found = MarketingList(**owner_fields(owner), is_demo=is_demo)
    _set_and_save(found, values, actor)
    return found


@service("marketing_list.changed")
def update_list(*, list_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> MarketingList:
    found = _lock_active(list_id, actor)
    if any(name in values and values[name] != getattr(found, name) for name in FIXED):
        raise Invalid(_("Kind and members of a list stay as they were made. Make a new list."), field="kind")
    _set_and_save(found, values, actor)
    return found


def _set_and_save(found: MarketingList, values: Mapping[str, Any], actor: Actor) -> None:
    set_values(found, values, LIST_FIELDS)
    found.query = found.query.strip()
    if found.query:
        condition_for(found, found.query, actor)
    found.sort_key = fold(found.name)
    save(found, fields=_FIELDS)


def condition_for(found: MarketingList, query: str, actor: Any) -> models.Q:
    """Whom the query means for this reader; `Invalid` where it cannot be understood."""
    try:
        return condition(parse(query), MODELS[found.members_are], actor, timezone.localtime())
    except QueryError as error:
        raise Invalid(error.sentence, field="query") from error


def _lock_active(list_id: int, actor: Actor) -> MarketingList:
    found = lock_for(MarketingList, list_id, actor, WRITE)
    if found.state != "active":
        raise Conflict(_("This list is inactive. Activate it first."))
    return found


def fill_obstacle(found: MarketingList) -> str:
    """Why nobody can be put on the list or taken off it."""
    if found.kind == MarketingList.Kind.DYNAMIC:
        return _("A dynamic list asks its query. Change that, or take a snapshot.")
    if found.state != "active":
        return _("This list is inactive. Activate it first.")
    return _("This list is locked. Unlock it first.") if found.is_locked else ""


def lock_to_fill(list_id: int, actor: Actor) -> MarketingList:
    found = lock_for(MarketingList, list_id, actor, WRITE)
    if obstacle := fill_obstacle(found):
        raise Conflict(obstacle)
    return found


@service("marketing_list.filled")
def add_members(*, list_id: int, keys: Sequence[int], actor: Actor, at: dt.datetime) -> list[int]:
    """Put records on the list, as far as the actor sees them and they are not inactive; gives the keys of new ones."""
    found = lock_to_fill(list_id, actor)
    rows: Any = MODELS[found.members_are]._default_manager
    return put_on(found, rows.visible_to(actor).exclude(state="inactive").filter(pk__in=keys), actor)


@service("marketing_list.filled")
def add_by_query(*, list_id: int, query: str, actor: Actor, at: dt.datetime) -> int:
    """Everybody whom the query finds now and the actor sees. Gives how many are new."""
    found = lock_to_fill(list_id, actor)
    rows: Any = MODELS[found.members_are]._default_manager
    meant = rows.visible_to(actor).exclude(state="inactive").filter(condition_for(found, query, actor))
    if meant[MOST_AT_ONCE : MOST_AT_ONCE + 1].exists():
        raise Invalid(
            _("At most %(most)s records at once. Narrow the query.") % {"most": f"{MOST_AT_ONCE:,}"}, field="query"
        )
    return len(put_on(found, meant, actor))


def put_on(found: MarketingList, rows: Any, actor: Actor) -> list[int]:
    """Of the locked list: those of the rows that are not yet on it. Twice the same is once."""
    noun = found.members_are
    known = ListMember.objects.filter(list=found).values(noun)
    keys = list(rows.exclude(pk__in=known).order_by("pk").values_list("pk", flat=True))
    by = actor if isinstance(actor, User) else None
    ListMember.objects.bulk_create(
        (ListMember(list=found, added_by=by, **{f"{noun}_id": key}) for key in keys), batch_size=_BATCH
    )
    count_members(found)
    return keys


@service("marketing_list.emptied")
def remove_members(*, list_id: int, keys: Sequence[int], actor: Actor, at: dt.datetime) -> list[int]:
    """Take records off the list; gives the keys of those that were on it."""
    found = lock_to_fill(list_id, actor)
    noun = found.members_are
    rows = ListMember.objects.filter(list=found, **{f"{noun}__in": keys})
    gone = list(rows.values_list(noun, flat=True))
    rows.delete()
    count_members(found)
    return gone


def count_members(found: MarketingList) -> None:
    """Keep how many are on the list now."""
    found.member_count = ListMember.objects.filter(list=found).count()
    found.save(update_fields=["member_count"])


def members_of(found: MarketingList, actor: Any) -> Any:
    """The records on the list, of all that there are: whoever shows them narrows to what is seen. A dynamic list asks
    its query with the rights of the actor, and finds nobody where that means nothing for them."""
    rows: Any = MODELS[found.members_are]._default_manager.all()
    if found.kind == MarketingList.Kind.STATIC:
        noun = found.members_are
        on_it = ListMember.objects.filter(list=found, **{f"{noun}__isnull": False})
        return rows.filter(pk__in=on_it.values(noun))
    try:
        return rows.filter(condition_for(found, found.query, actor))
    except Invalid:
        return rows.none()


@service("marketing_list.locked")
def lock_list(*, list_id: int, actor: Actor, at: dt.datetime) -> MarketingList:
    """Nobody is put on it or taken off it until it is unlocked."""
    found = lock_to_fill(list_id, actor)
    found.is_locked = True
    found.save(update_fields=["is_locked"])
    return found


@service("marketing_list.unlocked")
def unlock_list(*, list_id: int, actor: Actor, at: dt.datetime) -> MarketingList:
    found = _lock_active(list_id, actor)
    if obstacle := unlock_obstacle(found):
        raise Conflict(obstacle)
    found.is_locked = False
    found.save(update_fields=["is_locked"])
    return found


def unlock_obstacle(found: MarketingList) -> str:
    return "" if found.is_locked else _("This list is not locked.")


@service("marketing_list.copied")
def take_snapshot(*, list_id: int, actor: Actor, at: dt.datetime) -> MarketingList:
    """A static, locked list of those who are on this one now and whom the actor sees. It belongs to the actor."""
    source = lock_for(MarketingList, list_id, actor, READ)
    check_create(actor, MarketingList)
    owner: Any = actor if isinstance(actor, User) else (source.owner or source.owner_team)
    day = timezone.localtime(at).date().isoformat()
    copy = MarketingList(**owner_fields(owner), snapshot_of=source, is_demo=source.is_demo)
    copied = ("members_are", "purpose", "skips_opted_out", "needs_consent")
    _set_and_save(copy, {"name": f"{source.name[:180]} {day}", **_of(source, copied)}, actor)
    rows = members_of(source, actor).visible_to(actor).exclude(state="inactive")
    if rows[MOST_AT_ONCE : MOST_AT_ONCE + 1].exists():
        raise Conflict(_("A snapshot holds at most %(most)s records.") % {"most": f"{MOST_AT_ONCE:,}"})
    put_on(copy, rows, actor)
    copy.is_locked = True
    copy.save(update_fields=["is_locked"])
    return copy


def _of(record: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


@service("marketing_list.deactivated")
def deactivate_list(*, list_id: int, actor: Actor, at: dt.datetime) -> MarketingList:
    found = lock_for(MarketingList, list_id, actor, WRITE)
    found.deactivate()
    found.save()
    return found


@service("marketing_list.activated")
def activate_list(*, list_id: int, actor: Actor, at: dt.datetime) -> MarketingList:
    found = lock_for(MarketingList, list_id, actor, WRITE)
    found.activate()
    found.save()
    return found
