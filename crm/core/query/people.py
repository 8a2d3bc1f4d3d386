"""Whom the words `me`, `team`, `reports` and a name mean. `crm.users` knows people and registers itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """Keys of people and of teams."""

    people: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()


class People(Protocol):
    """People and teams are no secret among those who sign in."""

    def named(self, text: str, *, whole: bool) -> Found:
        """Each word of the text begins a word of the name; with `whole`, the text is the name."""

    def team_of(self, actor: Any) -> Found:
        """The actor's teams and everybody in them, the actor included."""

    def reports_of(self, actor: Any) -> Found:
        """Those who report to the actor, all the way down."""

    def suggest(self, text: str, most: int) -> Sequence[str]:
        """Names of active people and of teams which the text begins."""


_registered: list[People] = []


def register_people(people: People) -> None:
    _registered[:] = [people]


def people() -> People:
    return _registered[0]
