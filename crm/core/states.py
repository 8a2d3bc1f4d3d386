"""State machines: one table of moves that Python, the database and the tests all read.

A record has a `state` (the machine) and a `status_reason` (the human detail inside a state).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField

from crm.core.errors import IllegalMove, Invalid

ANY = "*"
"""In a pair: any reason of that state, those that administrators added included."""

type Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Move:
    """One named move: from every source pair to every target pair; the first target is the default."""

    name: str
    sources: tuple[Pair, ...]
    targets: tuple[Pair, ...]


@dataclass(frozen=True)
class StateMachine:
    """The whole life of one noun.

    `reasons` maps each state to its reasons, the default one first. `extensible` names the states in which
    administrators may add reasons. `labels` gives words for states and reasons.
    """

    noun: str
    reasons: Mapping[str, tuple[str, ...]]
    moves: tuple[Move, ...]
    extensible: frozenset[str] = frozenset()
    labels: Mapping[str, Any] = field(default_factory=dict)

    @property
    def initial(self) -> Pair:
        state = next(iter(self.reasons))
        return state, self.reasons[state][0]

    def move(self, name: str) -> Move:
        return next(move for move in self.moves if move.name == name)

    def label(self, key: str) -> str:
        return str(self.labels.get(key) or key.replace("_", " ").capitalize())

    def state_choices(self) -> list[tuple[str, Any]]:
        return [(state, self.labels.get(state) or state.capitalize()) for state in self.reasons]

    def reason_choices(self, state: str) -> list[tuple[str, str]]:
        """The reasons that ship with the product; `crm.core.reasons` adds those of the administrators."""
        return [(reason, self.label(reason)) for reason in self.reasons[state]]

    def holds(self, pair: Pair, patterns: Iterable[Pair]) -> bool:
        return any(pair[0] == state and reason in (ANY, pair[1]) for state, reason in patterns)

    def can(self, name: str, record: "StateModel") -> bool:
        return self.holds((record.state, record.status_reason), self.move(name).sources)

    def allows(self, name: str) -> Callable[[Any], bool]:
        """The guard for `@transition(conditions=[…])`."""

        def allowed(record: "StateModel") -> bool:
            return self.can(name, record)

        allowed.__name__ = f"allows_{name}"
        return allowed

    def reason_after(self, name: str, reason: str = "") -> str:
        """The reason that the move ends in: the given one if the move may end so, else the default."""
        targets = self.move(name).targets
        if not reason:
            return next(target for _state, target in targets if target != ANY)
        if not any(self.holds((state, reason), targets) and self.fits(state, reason) for state, _r in targets):
            raise Invalid(_("Choose one of the listed reasons."), field="status_reason")
        return reason

    def fits(self, state: str, reason: str) -> bool:
        """May a record of this state carry this reason?"""
        if reason in self.reasons[state]:
            return True
        others = {r for other, reasons in self.reasons.items() if other != state for r in reasons}
        return state in self.extensible and reason not in others

    def refusal(self, record: "StateModel", name: str) -> str:
        """A sentence naming the state that forbids the move."""
        return _("This %(noun)s is %(state)s, so it cannot be changed that way (%(move)s).") % {
            "noun": record._meta.verbose_name,
            "state": self.described(record),
            "move": name.replace("_", " "),
        }

    def described(self, record: "StateModel") -> str:
        state, reason = self.label(record.state).lower(), self.label(record.status_reason)
        return state if reason.lower() == state else f"{state} ({reason})"

    def check(self, name: str, record: "StateModel") -> None:
        if not self.can(name, record):
            raise IllegalMove(self.refusal(record, name))

    def constraint(self, name: str) -> models.CheckConstraint:
        """Ties each state to its reasons."""
        condition = Q()
        for state, reasons in self.reasons.items():
            others = sorted({r for other, rs in self.reasons.items() if other != state for r in rs} - set(reasons))
            allowed = ~Q(status_reason__in=others) if state in self.extensible else Q(status_reason__in=reasons)
            condition |= Q(state=state) & allowed
        return models.CheckConstraint(condition=condition, name=name)

    def trigger(self, name: str) -> pgtrigger.Trigger:
        """The same table in the database: no `update()`, merge or SQL console goes around it."""
        legal = " OR ".join(
            f"({_pair_sql('OLD', source)} AND {_pair_sql('NEW', target)})"
            for move in self.moves
            for source in move.sources
            for target in move.targets
        )
        return pgtrigger.Trigger(
            name=name,
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("state", "status_reason"),
            condition=pgtrigger.AnyChange("state", "status_reason"),
            func=f"""
                IF NOT ({legal or "FALSE"}) THEN
                    RAISE EXCEPTION 'A {self.noun} does not go from % (%) to % (%)',
                        OLD.state, OLD.status_reason, NEW.state, NEW.status_reason USING ERRCODE = '23514';
                END IF;
                RETURN NEW;
            """,
        )


def _pair_sql(row: str, pair: Pair) -> str:
    state, reason = pair
    state_sql = f"{row}.state = '{state}'"
    return state_sql if reason == ANY else f"{state_sql} AND {row}.status_reason = '{reason}'"


class StateModel(models.Model):
    """A record whose state moves only through its transition methods.

    The class names its `machine` and declares `state = StateField(machine)` and
    `status_reason = ReasonField(machine)`.
    """

    machine: ClassVar[StateMachine]
    idle_states: ClassVar[frozenset[str]] = frozenset({"inactive", "retired"})
    """In these a record takes part in nothing new: nobody chooses it any more."""
    state: Any
    status_reason: Any

    class Meta:
        abstract = True

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        # The library's own fix switches protection off on the field that all threads share; a protected
        # field may be set while it is absent, so the old value leaves this one instance first.
        fields = None if fields is None else list(fields)
        if fields is None or "state" in fields:
            self.__dict__.pop("state", None)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)

    def clean_fields(self, exclude: Any = None) -> None:
        # Validation writes cleaned values back, which a protected field refuses.
        super().clean_fields(exclude={*(exclude or ()), "state"})

    @property
    def state_label(self) -> str:
        return self.machine.label(self.state)

    @property
    def reason_label(self) -> str:
        return self.machine.label(self.status_reason)


def state_field(machine: StateMachine) -> Any:
    """The protected state column. Choices stay in the machine, so that migrations do not follow labels."""
    words = gettext_lazy("state")
    return FSMField(default=machine.initial[0], protected=True, max_length=20, editable=False, verbose_name=words)


def reason_field(machine: StateMachine) -> Any:
    words = gettext_lazy("status reason")
    return models.CharField(default=machine.initial[1], max_length=40, editable=False, verbose_name=words)
