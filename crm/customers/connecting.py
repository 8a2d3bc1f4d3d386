"""Which records can be connected, and a connection as it reads from one of its ends. Apps above register theirs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.core.addresses import screen_url
from crm.core.folding import fold
from crm.core.screens.history.names import names_of
from crm.customers.models import Connection, ConnectionRole

type Find = Callable[[str, Any], Any]

MOST_OFFERED = 12
MOST_READ = 200


@dataclass(frozen=True, kw_only=True)
class Connectable:
    """One table whose records can be connected. `find(text, actor)` gives those that a typed name may mean."""

    model: type[models.Model]
    find: Find
    position: int = 100

    @property
    def noun(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name).capitalize()


_registry: dict[str, Connectable] = {}


def register_connectable(*tables: Connectable) -> None:
    for table in tables:
        _registry[table.noun] = table


def connectables() -> list[Connectable]:
    return sorted(_registry.values(), key=lambda table: (table.position, table.noun))


def connectable(noun: str) -> Connectable | None:
    return _registry.get(noun)


def by_name(model: type[models.Model]) -> Find:
    """Records that the actor sees, by number or the beginning of their name; inactive ones take part in nothing new."""
    names = {field.name for field in model._meta.concrete_fields}

    def find(text: str, actor: Any) -> Any:
        rows: Any = model._default_manager.all()
        meant = Q(sort_key__startswith=fold(text))
        if "number" in names:
            meant |= Q(number__iexact=text)
        return rows.visible_to(actor).filter(meant).exclude(state="inactive").order_by("sort_key", "pk")

    return find


def people_by_name(model: type[models.Model]) -> Find:
    """Everybody who works here; their names are no secret."""

    def find(text: str, _actor: Any) -> Any:
        rows = model._default_manager.filter(is_active=True)
        return rows.filter(Q(name__istartswith=text) | Q(username__iexact=text)).order_by("name", "pk")

    return find


@dataclass(frozen=True, slots=True)
class Side:
    """A connection from one end: the other record, its role, and the role of this one."""

    connection: Connection
    model: type[models.Model]
    pk: int
    role: ConnectionRole | None
    own_role: ConnectionRole | None


def side_of(connection: Connection, record: models.Model) -> Side:
    kind = ContentType.objects.get_for_model(record).pk
    if (connection.a_type_id, connection.a_id) == (kind, record.pk):
        other, pk, role, own = connection.b_type_id, connection.b_id, connection.b_role, connection.a_role
    else:
        other, pk, role, own = connection.a_type_id, connection.a_id, connection.a_role, connection.b_role
    model: Any = ContentType.objects.get_for_id(other).model_class()
    return Side(connection, model, pk, role, own)


@dataclass(frozen=True, slots=True)
class SeenSide:
    """What somebody who sees both ends reads. `url` is empty for people, who have no page."""

    side: Side
    name: str
    url: str


def seen_sides(record: models.Model, sides: Iterable[Side], actor: Any) -> list[SeenSide]:
    """Those whose other end this person sees, with its name; one query for all tables."""
    listed = list(sides)
    keys: dict[type[models.Model], set[Any]] = {}
    for side in listed:
        keys.setdefault(side.model, set()).add(side.pk)
    names = names_of(keys, actor)
    return [
        SeenSide(side, names[side.model, side.pk], screen_url(side.model, "detail", side.pk))
        for side in listed
        if (side.model, side.pk) in names
    ]


def stored_connections(record: models.Model) -> Any:
    """All of them, whoever sees them: what is shown goes through `seen_sides`."""
    return Connection.objects.of_record(record).select_related("a_role", "b_role")


def connections_of(record: models.Model, actor: Any) -> list[SeenSide]:
    """The newest ones first; at most `MOST_READ` are looked at. Two queries."""
    rows = stored_connections(record).order_by("-pk")[:MOST_READ]
    return seen_sides(record, (side_of(row, record) for row in rows), actor)


def role_words(role: ConnectionRole | None) -> str:
    return role.name if role else _("no role")
