"""Whom a query means by `me`, `team`, `reports` and by a name."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from crm.core.folding import fold
from crm.core.query import folded
from crm.core.query.people import Found
from crm.users.models import Team, TeamMembership, User
from crm.users.reach import reach_of


class Colleagues:
    """`crm.core.query.people.People` over the tables of this app."""

    def named(self, text: str, *, whole: bool) -> Found:
        wanted = fold(text)
        if not wanted:
            return Found()
        fits = _is_called if whole else _begins
        people = User.objects.filter(_any_word("name", wanted) | _any_word("username", wanted))
        teams = Team.objects.filter(_any_word("name", wanted))
        return Found(
            tuple(pk for pk, *names in people.values_list("pk", "name", "username") if fits(names, wanted)),
            tuple(pk for pk, name in teams.values_list("pk", "name") if fits([name], wanted)),
        )

    def team_of(self, actor: Any) -> Found:
        teams = _teams(actor)
        people = TeamMembership.objects.filter(team_id__in=teams).values_list("user_id", flat=True) if teams else ()
        own = [actor.pk] if getattr(actor, "pk", None) else []
        return Found(tuple(sorted({*own, *people})), teams)

    def reports_of(self, actor: Any) -> Found:
        reach = reach_of(actor) if getattr(actor, "pk", None) else None
        return Found(reach.report_ids if reach else ())

    def suggest(self, text: str, most: int) -> Sequence[str]:
        wanted = fold(text)
        condition = _any_word("name", wanted) if wanted else Q()
        people = User.objects.filter(condition, is_active=True).order_by("name").values_list("name", flat=True)
        teams = Team.objects.filter(condition).order_by("name").values_list("name", flat=True)
        found = [name for rows in (people, teams) for name in rows[: most * 4] if _begins([name], wanted)]
        return list(dict.fromkeys(found))[:most]


def _teams(actor: Any) -> tuple[int, ...]:
    reach = reach_of(actor) if getattr(actor, "pk", None) else None
    return reach.team_ids if reach else ()


def _any_word(column: str, wanted: str) -> Q:
    """The database narrows, Python decides."""
    return Q(**{f"{column}__regex": folded.containing(wanted.split(maxsplit=1)[0])})


def _is_called(names: Iterable[str], wanted: str) -> bool:
    return any(fold(name) == wanted for name in names)


def _begins(names: Iterable[str], wanted: str) -> bool:
    """Each word begins a word of the same name."""
    return any(all(_begins_any(fold(name).split(), word) for word in wanted.split()) for name in names)


def _begins_any(words: Sequence[str], beginning: str) -> bool:
    return any(word.startswith(beginning) for word in words)
