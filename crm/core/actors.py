"""Who does something: a person, the system itself, a website's form, a customer with a link."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Actor(Protocol):
    """What history and services need to know of the one who acts. `crm.users.User` is one."""

    @property
    def pk(self) -> Any: ...

    @property
    def actor_kind(self) -> str: ...

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SystemActor:
    """An actor without an account. It may do what its code path does and owns no rights of its own."""

    actor_kind: str
    label: str
    pk: None = None

    def __str__(self) -> str:
        return self.label


SYSTEM = SystemActor("system", "System")
WEB_FORM = SystemActor("web form", "Web form")
CUSTOMER_LINK = SystemActor("customer link", "Customer link")
