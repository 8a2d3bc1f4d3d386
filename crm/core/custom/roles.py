"""The roles that may read or change a field. They live above the kernel, which only knows their keys."""

from collections.abc import Callable, Iterable

type Roles = Callable[[], Iterable[tuple[int, str]]]

_roles: list[Roles] = []


def register_roles(roles: Roles) -> None:
    """`crm.users` gives keys and names of all roles."""
    _roles[:] = [roles]


def role_choices() -> list[tuple[int, str]]:
    return [choice for roles in _roles for choice in roles()]
