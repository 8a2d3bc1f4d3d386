"""Giving leads to people by the rules of the administrators, each with the reason why.

The leads are locked first, in the order of their keys, then the turns of the rules in the order of the rules.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from crm.core import history
from crm.core.access import ASSIGN, lock_rows_for
from crm.core.actors import SYSTEM, Actor
from crm.core.errors import Invalid
from crm.core.models import Organisation
from crm.core.query import QueryError, condition, parse
from crm.core.transactions import service
from crm.users.models import Team, User
from crm.users.services.notifications import tell_assigned
from crm.users.services.ownership import check_owner, give_records
from leads.assignment.dealing import Candidate, least_loaded, next_in_turn
from leads.assignment.hours import Week, usual_week
from leads.models import Absence, AssignmentDecision, AssignmentRule, AssignmentTurn, Lead, WorkingHours

_LIMITED = "leads.assignment.capacity"

type Step = tuple[str, Mapping[str, str]]

_DEALT = {AssignmentRule.Way.TURN: next_in_turn, AssignmentRule.Way.LOAD: least_loaded}
_TAKEN = {
    AssignmentRule.Way.PERSON: gettext_noop("“%(rule)s” matches and gives it to %(owner)s."),
    AssignmentRule.Way.QUEUE: gettext_noop("“%(rule)s” matches and gives it to the team %(owner)s."),
    AssignmentRule.Way.TURN: gettext_noop("“%(rule)s” matches, and it is the turn of %(owner)s."),
    AssignmentRule.Way.LOAD: gettext_noop("“%(rule)s” matches, and %(owner)s has the least: %(number)s open leads."),
}
_MISSED = gettext_noop("“%(rule)s” does not match.")
_NOBODY = gettext_noop("“%(rule)s” matches, but nobody of it is available.")
_UNREADABLE = gettext_noop("“%(rule)s” cannot be read: %(reason)s")
_OFF_HOURS = gettext_noop("Nobody of “%(rule)s” is at work now, so all who are not absent count.")
_NONE_LEFT = gettext_noop("No rule takes it, so it stays where it is.")


@service("lead.assigned_by_rules")
def assign_by_rules(*, lead_ids: Sequence[int], actor: Actor, at: dt.datetime) -> list[AssignmentDecision]:
    """Give each lead to whom the first fitting rule names. One decision for each, also where no rule takes it."""
    leads = lock_rows_for(Lead.objects.filter(pk__in=lead_ids), actor, ASSIGN)
    work = _Assigning({lead.pk: lead for lead in leads}, actor, at)
    active = AssignmentRule.objects.filter(is_active=True).select_related("person", "team")
    rules = list(active.order_by("position", "pk"))
    if rules and (any(rule.capacity for rule in rules) or any(work.weeks.capacities.values())):
        _wait_for_others()
    for rule in rules:
        if not work.waiting:
            break
        work.ask(rule)
    return work.write()


def _wait_for_others() -> None:
    """Where somebody takes a limited number only one deals at a time: a person may stand under several rules, each of
    which would count alone. Taken before any turn, so that no two wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LIMITED])


def proposed(*, lead_id: int, actor: Actor, at: dt.datetime) -> AssignmentDecision | None:
    """What the rules would decide now; tried and taken back, so that nobody's turn is used up."""
    with transaction.atomic():
        found = assign_by_rules(lead_ids=[lead_id], actor=actor, at=at)
        transaction.set_rollback(True)
    return found[0] if found else None


def in_words(decision: AssignmentDecision) -> list[str]:
    return [_(sentence) % words for sentence, words in decision.steps]


def refuse_unreadable(query: str, at: dt.datetime) -> None:
    """Raise `QueryError` for what no rule can ask."""
    condition(parse(query), Lead, SYSTEM, at)


@dataclass(slots=True)
class _Case:
    """One lead on its way to an owner."""

    lead: Lead
    steps: list[Step] = field(default_factory=list)
    rule: AssignmentRule | None = None
    owner: User | Team | None = None

    def note(self, sentence: str, **words: object) -> None:
        self.steps.append((sentence, {name: str(word) for name, word in words.items()}))


class _Assigning:
    def __init__(self, leads: Mapping[int, Lead], actor: Actor, at: dt.datetime) -> None:
        self.actor, self.at = actor, at
        self.cases = {key: _Case(lead) for key, lead in leads.items()}

    @cached_property
    def weeks(self) -> "Weeks":
        return Weeks.load()

    @property
    def waiting(self) -> dict[int, _Case]:
        return {key: case for key, case in self.cases.items() if case.owner is None}

    def ask(self, rule: AssignmentRule) -> None:
        waiting = self.waiting
        try:
            asked = condition(parse(rule.query), Lead, SYSTEM, self.at)
        except QueryError as error:
            for case in waiting.values():
                case.note(_UNREADABLE, rule=rule, reason=error.sentence)
            return
        hits = set(Lead.objects.filter(asked, pk__in=list(waiting)).values_list("pk", flat=True))
        for key, case in waiting.items():
            if key not in hits:
                case.note(_MISSED, rule=rule)
        if hits:
            self._deal(rule, [case for key, case in sorted(waiting.items()) if key in hits])

    def _deal(self, rule: AssignmentRule, cases: Sequence[_Case]) -> None:
        dealer = _Dealer(rule, self.weeks, self.at)
        for case in cases:
            if dealer.is_off_hours:
                case.note(_OFF_HOURS, rule=rule)
            owner, number = dealer.next()
            if owner is None:
                case.note(_NOBODY, rule=rule)
            else:
                case.rule, case.owner = rule, owner
                case.note(_TAKEN[AssignmentRule.Way(rule.way)], rule=rule, owner=owner, number=number)
        dealer.keep_turn()

    def write(self) -> list[AssignmentDecision]:
        groups: dict[tuple[bool, int], list[_Case]] = {}
        for case in self.cases.values():
            if case.owner is None:
                case.note(_NONE_LEFT)
            else:
                groups.setdefault((isinstance(case.owner, Team), case.owner.pk), []).append(case)
        for cases in groups.values():
            self._give(cases)
        self._set_clocks()
        return AssignmentDecision.objects.bulk_create(self._decision(case) for case in self.cases.values())

    def _give(self, cases: Sequence[_Case]) -> None:
        owner: Any = cases[0].owner
        column = "owner_team_id" if isinstance(owner, Team) else "owner_id"
        moved = [case.lead for case in cases if getattr(case.lead, column) != owner.pk]
        if moved:
            with history.action("record.assigned"):
                give_records(Lead, moved, owner)
            tell_assigned(records=moved, owner=owner, actor=self.actor, at=self.at)

    def _set_clocks(self) -> None:
        """When a first touch is due; leads of one moment are written together."""
        due = dict[dt.datetime | None, list[int]]()
        for key, case in self.cases.items():
            if case.rule is not None and case.rule.target_minutes:
                target = dt.timedelta(minutes=case.rule.target_minutes)
                due.setdefault(self.weeks.of(None).after(case.lead.created_at, target), []).append(key)
        for moment, keys in due.items():
            Lead.objects.filter(pk__in=keys).update(respond_by=moment)

    def _decision(self, case: _Case) -> AssignmentDecision:
        return AssignmentDecision(
            lead=case.lead,
            rule=case.rule,
            owner=case.owner if isinstance(case.owner, User) else None,
            owner_team=case.owner if isinstance(case.owner, Team) else None,
            steps=case.steps,
            at=self.at,
        )


class _Dealer:
    """Hands out the receivers of one rule, one after the other; locks whose turn it is where that matters."""

    def __init__(self, rule: AssignmentRule, weeks: "Weeks", at: dt.datetime) -> None:
        self.rule, self.weeks, self.at = rule, weeks, at
        self.is_off_hours = False
        self._turn: AssignmentTurn | None = None
        self._people: dict[int, User] = {}
        self._candidates: list[Candidate] = []
        if rule.way != AssignmentRule.Way.QUEUE:
            self._gather()

    def next(self) -> tuple[User | Team | None, int]:
        """The receiver, and how many open leads they had; nobody where nobody is available."""
        if self.rule.way == AssignmentRule.Way.QUEUE:
            return (self.rule.team if self._may_own(self.rule.team) else None), 0
        choose: Callable[..., Candidate | None] = _DEALT.get(AssignmentRule.Way(self.rule.way), next_in_turn)
        while (chosen := choose(self._candidates, self._turn.last_person if self._turn else None)) is not None:
            person = self._people[chosen.pk]
            if self._may_own(person):
                if self._turn is not None:
                    self._turn.last_person = chosen.pk
                chosen.open_leads += 1
                return person, chosen.open_leads - 1
            self._candidates.remove(chosen)
        return None, 0

    def keep_turn(self) -> None:
        if self._turn is not None:
            self._turn.save(update_fields=["last_person"])

    def _gather(self) -> None:
        rule = self.rule
        if rule.way in _DEALT:
            AssignmentTurn.objects.get_or_create(rule=rule)
            self._turn = AssignmentTurn.objects.select_for_update(of=("self",)).get(rule=rule)
        members = [rule.person] if rule.person else list(rule.team.members.filter(is_active=True).order_by("pk"))  # type: ignore[union-attr]  # a check of the table
        weeks = self.weeks
        away = _absent(members, weeks, self.at)
        present = [person for person in members if person.is_active and person.pk not in away]
        if rule.respects_hours:
            at_work = [person for person in present if weeks.of(person).is_open(self.at)]
            self.is_off_hours = bool(present) and not at_work
            present = at_work or present
        self._people = {person.pk: person for person in present}
        numbers = self._open_leads()
        self._candidates = [
            Candidate(key, numbers.get(key, 0), weeks.capacities.get(key) or rule.capacity) for key in self._people
        ]

    def _open_leads(self) -> dict[int, int]:
        owned = Lead.objects.filter(owner__in=self._people, state="open").order_by().values_list("owner")
        return dict(owned.annotate(Count("pk")))

    def _may_own(self, owner: Any) -> bool:
        try:
            check_owner(owner, Lead)
        except Invalid:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Weeks:
    """The hours of everybody, read once."""

    own: Mapping[int | None, WorkingHours]
    zone: str

    @classmethod
    def load(cls) -> "Weeks":
        rows = {hours.person_id: hours for hours in WorkingHours.objects.all()}
        return cls(rows, Organisation.load().time_zone)

    @property
    def capacities(self) -> dict[int | None, int | None]:
        return {key: hours.capacity for key, hours in self.own.items()}

    def zone_of(self, person: User | None) -> ZoneInfo:
        return ZoneInfo((person.time_zone if person else "") or self.zone)

    def of(self, person: User | None) -> Week:
        hours = self.own.get(person.pk if person else None) or self.own.get(None)
        zone = self.zone_of(person)
        if hours is None:
            return usual_week(zone)
        return Week(frozenset(hours.days), hours.starts_at, hours.ends_at, zone)


def _absent(people: Sequence[User], weeks: Weeks, at: dt.datetime) -> set[int]:
    """Each by the day that it is where they are."""
    today = {person.pk: at.astimezone(weeks.zone_of(person)).date() for person in people}
    near = Absence.objects.filter(person__in=people, last_on__gte=at.date() - dt.timedelta(days=1))
    rows = near.values_list("person", "first_on", "last_on")
    return {key for key, first, last in rows if first <= today[key] <= last}
