"""Who uses a field: saved views, forms of websites and whatever else names it, told before it is taken away."""

from collections.abc import Callable

from crm.core.models import CustomField

type Users = Callable[[CustomField], list[str]]

_users: dict[str, Users] = {}


def register_usage(users: Users) -> None:
    """`users(field)` gives the names of what uses it, each with its noun: `View “Big ones” of Anna North`."""
    _users[f"{users.__module__}.{users.__qualname__}"] = users


def users_of(field: CustomField) -> list[str]:
    return [name for users in _users.values() for name in users(field)]
