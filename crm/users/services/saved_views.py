"""Keeping, changing, sharing and arranging views of lists."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.core.access import READ, WRITE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Conflict, Invalid
from crm.core.transactions import service
from crm.users.models import SavedView, SavedViewTeam, Team, User, ViewDefault, ViewPin
from crm.users.reach import reach_of

MOST_VIEWS = 200
LONGEST_QUERY = 4000
_KEPT_KEY = re.compile(r"saved-([0-9]{1,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewValues:
    """What a view keeps, each as the address of the list says it."""

    name: str
    query: str = ""
    columns: str = ""
    sort: str = ""
    density: str = ""
    grouping: str = ""
    layout: str = ""


@service("view.saved")
def save_view(*, noun: str, values: ViewValues, actor: User, at: dt.datetime) -> SavedView:
    """A new view of the actor's own, pinned as a tab."""
    _check(values)
    if SavedView.objects.filter(owner=actor, noun=noun).count() >= MOST_VIEWS:
        raise Conflict(_("You keep %(count)s views of this list already. Delete one first.") % {"count": MOST_VIEWS})
    view = SavedView(owner=actor, noun=noun, **_columns(values))
    _save(view)
    ViewPin.objects.create(user=actor, view=view)
    return view


@service("view.updated")
def update_view(*, view_id: int, values: ViewValues, version: int | None, actor: Actor, at: dt.datetime) -> SavedView:
    """Change what a view keeps. `version` is that on which the actor looked; an older one is refused."""
    view = lock_for(SavedView, view_id, actor, WRITE)
    if version is not None and version != view.version:
        raise Conflict(_("Somebody else has changed this view since you opened it."))
    _check(values)
    for name, value in _columns(values).items():
        setattr(view, name, value)
    _save(view)
    return view


@service("view.shared")
def share_view(*, view_id: int, team_ids: Collection[int], actor: Actor, at: dt.datetime) -> SavedView:
    """Exactly these teams see the view. Only one's own teams can be added or left out; administrators choose any."""
    view = lock_for(SavedView, view_id, actor, WRITE)
    within = set(teams_within_reach(actor).values_list("pk", flat=True))
    if beyond := set(team_ids) - within - _shared_with(view):
        raise Invalid(
            _("You can share a view with your own teams."), field="teams", details=[str(key) for key in sorted(beyond)]
        )
    wanted = set(team_ids) | (_shared_with(view) - within)
    view.shares.exclude(team__in=wanted).delete()
    SavedViewTeam.objects.bulk_create(
        SavedViewTeam(view=view, team_id=team) for team in sorted(wanted - _shared_with(view))
    )
    _forget_of_those_who_lost(view)
    return view


@service("view.deleted")
def delete_view(*, view_id: int, actor: Actor, at: dt.datetime) -> None:
    lock_for(SavedView, view_id, actor, WRITE).delete()


@service("view.pinned")
def pin_view(*, view_id: int, actor: User, at: dt.datetime) -> None:
    ViewPin.objects.get_or_create(user=actor, view=_seen(view_id, actor))


@service("view.unpinned")
def unpin_view(*, view_id: int, actor: User, at: dt.datetime) -> None:
    ViewPin.objects.filter(user=actor, view=_seen(view_id, actor)).delete()


@service("view.made_default")
def open_list_with(*, noun: str, key: str, actor: User, at: dt.datetime) -> None:
    """The list of this table opens with this view: `saved-7`, or the key of one of its own."""
    kept = _KEPT_KEY.fullmatch(key)
    view = _seen(int(kept[1]), actor) if kept else None
    if view is not None and view.noun != noun:
        raise Invalid(_("This view belongs to another list."))
    ViewDefault.objects.update_or_create(user=actor, noun=noun, defaults={"key": key, "view": view})


def teams_within_reach(actor: Any) -> Any:
    """The teams with which somebody may share a view."""
    if getattr(actor, "actor_kind", "") not in {"user", ""}:
        return Team.objects.all()
    reach = reach_of(actor)
    if reach is None:
        return Team.objects.none()
    return Team.objects.all() if reach.is_administrator else Team.objects.filter(pk__in=reach.team_ids)


def _seen(view_id: int, actor: Any) -> SavedView:
    return lock_for(SavedView, view_id, actor, READ)


def _shared_with(view: SavedView) -> set[int]:
    return set(view.shares.values_list("team_id", flat=True))


def _forget_of_those_who_lost(view: SavedView) -> None:
    """Who does not see the view any more keeps neither its tab nor opens a list with it."""
    seers = User.objects.filter(team_memberships__team__in=_shared_with(view)).values("pk")
    for arrangement in (ViewPin.objects.filter(view=view), ViewDefault.objects.filter(view=view)):
        arrangement.exclude(user=view.owner).exclude(user__in=seers).exclude(user__is_administrator=True).delete()


def _columns(values: ViewValues) -> Mapping[str, str]:
    return {field.name: getattr(values, field.name).strip() for field in fields(values)}


def _check(values: ViewValues) -> None:
    if not values.name.strip():
        raise Invalid(_("Give the view a name."), field="name")
    if len(values.query) > LONGEST_QUERY:
        raise Invalid(_("This query is too long to be kept."), field="query")


def _save(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if "one_view_per_name" not in str(error):
            raise
        raise Invalid(_("You have a view of this name already."), field="name") from error
