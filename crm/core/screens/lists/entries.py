"""What else can be done with a list as it stands there: entries of its menu, registered by apps above."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode

from crm.core.screens.lists.named_views import MenuItem

PARAMETER = "list"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """Leads to `url_name` with the address of the list as `?list=`, for those who have the right."""

    label: str | Promise
    url_name: str
    permission: str
    #: Whether the list at an address has this entry.
    applies: Callable[[str], bool] = lambda _address: True


_entries: dict[str, ListEntry] = {}


def register_list_entries(*entries: ListEntry) -> None:
    for entry in entries:
        _entries[entry.url_name] = entry


def entry_items(actor: Any, address: str) -> list[MenuItem]:
    """`address` is the path of the list with what it asks for."""
    return [
        MenuItem(entry.label, f"{reverse(entry.url_name)}?{urlencode({PARAMETER: address})}")
        for entry in _entries.values()
        if actor.has_perm(entry.permission) and entry.applies(address)
    ]
