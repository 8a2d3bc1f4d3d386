"""The people whom most tests are about: two units below the head office, and someone in each role of a story."""

from dataclasses import dataclass

from crm.users.models import BusinessUnit, User
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
    head_office = UnitFactory.create(name="Head office")
    north = UnitFactory.create(name="North", parent=head_office)
    south = UnitFactory.create(name="South", parent=head_office)
    manager = _person("manager", "Mara Manager", north, SALES_MANAGER)
    return Cast(
        head_office=head_office,
        north=north,
        south=south,
        administrator=UserFactory.create(
            username="administrator", name="Ada Administrator", business_unit=head_office, is_administrator=True
        ),
        manager=manager,
        rep_a=_person("rep_a", "Anna North", north, SALESPERSON, manager),
        rep_b=_person("rep_b", "Ben North", north, SALESPERSON, manager),
        rep_c=_person("rep_c", "Cara South", south, SALESPERSON),
        read_only=_person("read_only", "Rob Reader", head_office, READ_ONLY),
    )


def _person(username: str, name: str, unit: BusinessUnit, role: str, manager: User | None = None) -> User:
    return UserFactory.create(username=username, name=name, business_unit=unit, manager=manager, role=role)
