"""The people whom most tests are about: two units below the head office, and someone in each role of a story."""

from dataclasses import dataclass
from typing import Any

from crm.users.models import BusinessUnit, Role, User, UserRole
from crm.users.rights import READ_ONLY, SALES_MANAGER, SALESPERSON
from tests.factories.users import UnitFactory, UserFactory


@dataclass(frozen=True)
class Cast:
    """`rep_a` and `rep_b` work for `manager` in the north; `rep_c` works alone in the south. All sign in with
    `tests.factories.users.PASSWORD` under their field name."""

    head_office: BusinessUnit
    north: BusinessUnit
    south: BusinessUnit
    administrator: User
    manager: User
    rep_a: User
    rep_b: User
    rep_c: User
    read_only: User


def make_cast() -> Cast:
    """In few statements, since most tests begin with it."""
    head_office = UnitFactory.create(name="Head office")
    north, south = (
        UnitFactory.build(name="North", parent=head_office),
        UnitFactory.build(name="South", parent=head_office),
    )
    BusinessUnit.objects.bulk_create([north, south])
    manager = _person("manager", "Mara Manager", north)
    manager.save()
    people = {
        "administrator": _person("administrator", "Ada Administrator", head_office, is_administrator=True),
        "rep_a": _person("rep_a", "Anna North", north, manager=manager),
        "rep_b": _person("rep_b", "Ben North", north, manager=manager),
        "rep_c": _person("rep_c", "Cara South", south),
        "read_only": _person("read_only", "Rob Reader", head_office),
    }
    User.objects.bulk_create(people.values())
    cast = Cast(head_office=head_office, north=north, south=south, manager=manager, **people)
    _give_roles(cast)
    return cast


def _person(username: str, name: str, unit: BusinessUnit, **values: Any) -> User:
    return UserFactory.build(username=username, name=name, business_unit=unit, **values)


def _give_roles(cast: Cast) -> None:
    named = {role.name: role for role in Role.objects.filter(name__in=(READ_ONLY, SALES_MANAGER, SALESPERSON))}
    given = {cast.manager: SALES_MANAGER, cast.read_only: READ_ONLY}
    given |= dict.fromkeys((cast.rep_a, cast.rep_b, cast.rep_c), SALESPERSON)
    UserRole.objects.bulk_create(UserRole(user=person, role=named[name]) for person, name in given.items())
