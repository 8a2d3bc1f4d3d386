"""The views of a list: those that its app declares, and those that people keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise

type Text = str | Promise


@dataclass(frozen=True, slots=True)
class SystemView:
    """A named part of a list, shown as a tab. Each attribute is what the address of the list says under that name.

    `default` is the view with which the list opens for who has not chosen another. `filter(queryset, user)` narrows
    by what no query can say.
    """

    key: str
    label: Text
    query: str = ""
    default: bool = False
    filter: Callable[[Any, Any], Any] = lambda rows, _user: rows
    columns: str = ""
    sort: str = ""
    density: str = ""
    group: str = ""
    layout: str = ""


@dataclass(frozen=True, slots=True)
class KeptView(SystemView):
    """A view that somebody keeps. Who `may_change` it is its owner, or an administrator where it is shared."""

    pk: int = 0
    version: int = 0
    owner: str = ""
    is_mine: bool = False
    may_change: bool = False
    is_shared: bool = False
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What a person keeps of one list; `default` is the key of the view with which it opens for them."""

    views: tuple[KeptView, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """What can be done with the view that a list shows: a link, or a button that posts to its address."""

    label: Text
    url: str
    posts: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How views are kept. `read(model, actor)` costs at most one query.

    `menu(model, chosen, shown, changed)` gives what can be done with the chosen view of a list: `shown` holds what the
    list shows now, by the names of the address, and `changed` says whether that is not what the view keeps.
    """

    read: Callable[[type[models.Model], Any], Kept]
    menu: Callable[[type[models.Model], SystemView | None, Mapping[str, str], bool], list[MenuItem]]


_keeping: list[Keeping] = []


def register_keeping(keeping: Keeping) -> None:
    """`crm.users` keeps the views of people."""
    _keeping[:] = [keeping]


def kept_views(model: type[models.Model], actor: Any) -> Kept:
    return _keeping[0].read(model, actor) if _keeping else Kept()


def menu_of(
    model: type[models.Model], chosen: SystemView | None, shown: Mapping[str, str], *, changed: bool
) -> list[MenuItem]:
    return _keeping[0].menu(model, chosen, shown, changed) if _keeping else []
