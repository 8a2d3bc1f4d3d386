"""Business units, people and teams.

A person made here signs in with `PASSWORD`; its hash is made once, since making it is slow on purpose.
Call `UserFactory.create(…)`, which has the type of what it makes.
"""

import functools
from typing import Any

from django.contrib.auth.hashers import make_password
from factory.declarations import LazyAttribute, LazyFunction, PostGeneration, Sequence, SubFactory
from factory.django import DjangoModelFactory

from crm.users.models import BusinessUnit, Role, Team, TeamMembership, User, UserRole

PASSWORD = "correct horse battery"


@functools.cache
def hashed_password() -> str:
    return make_password(PASSWORD)


def _give_role(user: User, create: bool, role: str | None, **_kwargs: Any) -> None:
    if create and role:
        UserRole.objects.create(user=user, role=Role.objects.get(name=role))


def _add_members(team: Team, create: bool, members: list[User] | None, **_kwargs: Any) -> None:
    if create:
        TeamMembership.objects.bulk_create(TeamMembership(team=team, user=user) for user in members or [])


class UnitFactory(DjangoModelFactory[BusinessUnit]):
    """`UnitFactory.create(name="North", parent=head_office)`; without a parent a root of its own."""

    class Meta:
        model = BusinessUnit

    name = Sequence(lambda number: f"Unit {number}")


class UserFactory(DjangoModelFactory[User]):
    """`UserFactory.create(role="Salesperson")` has a shipped role; active, and in a unit of its own by default."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence(lambda number: f"person{number}")
    name = Sequence(lambda number: f"Person {number}")
    email = LazyAttribute(lambda person: f"{person.username}@example.com")
    password = LazyFunction(hashed_password)
    business_unit = SubFactory(UnitFactory)

    role = PostGeneration(_give_role)


class TeamFactory(DjangoModelFactory[Team]):
    """`TeamFactory.create(members=[anna, ben])`; an owner team unless `kind` says otherwise."""

    class Meta:
        model = Team
        skip_postgeneration_save = True

    name = Sequence(lambda number: f"Team {number}")
    business_unit = SubFactory(UnitFactory)

    members = PostGeneration(_add_members)
