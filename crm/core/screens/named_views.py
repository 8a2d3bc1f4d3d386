"""The views of a list: those that its app declares, and those that people keep."""

from collections.abc import Callable
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
    filter: Callable[[Any, Any], Any] = lambda rows, _user: rows
    default: bool = False
    query: str = ""
    columns: str = ""
    sort: str = ""
    density: str = ""
    group: str = ""


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


type Source = Callable[[type[models.Model], Any], Kept]

_sources: list[Source] = []


def register_kept_views(source: Source) -> None:
    """`crm.users` keeps the views of people; `source(model, actor)` costs at most one query."""
    _sources[:] = [source]


def kept_views(model: type[models.Model], actor: Any) -> Kept:
    return _sources[0](model, actor) if _sources else Kept()
