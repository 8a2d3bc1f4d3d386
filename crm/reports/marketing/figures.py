"""The figures on the way from a lead to money: what each counts, said as a query, so that its list shows the same.

The condition of an aggregate is the compiled text that the link to the list carries. A report so counts what its
reader may see, and opens exactly these records.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, Q, Sum, When
from django.db.models.functions import Round
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from crm.core.access import READ
from crm.core.addresses import screen_url
from crm.core.models import Organisation
from crm.core.query import condition, parse
from crm.core.query.dates import Days
from crm.reports.periods import term
from crm.users.filters import units_below
from leads.models import Lead
from sales.models import Invoice, Opportunity, Order

type Amount = Callable[[int], Any]
type Sums = dict[Any, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`asked` are the terms of the query, `day` the field whose days lie in the period. `amount(digits of the base
    currency)` is what is added up; without it records are counted."""

    key: str
    label: str | Promise
    model: type[models.Model]
    day: str
    asked: str = ""
    amount: Amount | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Which records a report is about beside what it asks: of which days, of whom."""

    days: Days
    owner_id: int | None = None
    unit_id: int | None = None

    def condition(self) -> Q:
        found = Q(owner=self.owner_id) if self.owner_id else Q()
        return found & Q(owning_unit__in=units_below(self.unit_id)) if self.unit_id else found

    @property
    def parameters(self) -> dict[str, int]:
        """The same for the address of a list."""
        named = {"owner": self.owner_id, "unit": self.unit_id}
        return {name: key for name, key in named.items() if key}


def _total(_digits: int) -> Any:
    return F("base_total_amount")


def _paid(digits: int) -> Any:
    """At the rate of the invoice; of one that is paid in full, its own base amount."""
    return Case(
        When(paid_amount=F("total_amount"), then=F("base_total_amount")),
        default=Round(F("paid_amount") / F("exchange_rate"), precision=digits),
    )


LEADS = Figure(key="leads", label=_("Leads"), model=Lead, day="created")
QUALIFIED = Figure(key="qualified", label=_("Qualified"), model=Lead, day="created", asked="state:qualified")
OPPORTUNITIES = Figure(key="opportunities", label=_("Opportunities"), model=Opportunity, day="created")
WON = Figure(key="won", label=_("Won"), model=Opportunity, day="actual_close", asked="state:won")
ORDERED = Figure(
    key="ordered", label=_("Ordered"), model=Order, day="ordered", asked="not state:canceled", amount=_total
)
INVOICED = Figure(
    key="invoiced", label=_("Invoiced"), model=Invoice, day="issued_on", asked="state:issued,paid", amount=_total
)
PAID = Figure(
    key="paid",
    label=_("Paid"),
    model=Invoice,
    day="issued_on",
    asked="state:issued,paid paid_amount:>0",
    amount=_paid,
)
FIGURES = (LEADS, QUALIFIED, OPPORTUNITIES, WON, ORDERED, INVOICED, PAID)


def query_text(figure: Figure, days: Days, *more: str) -> str:
    return " ".join(part for part in (*more, figure.asked, term(figure.day, days)) if part)


def list_address(figure: Figure, scope: Scope, *more: str) -> str:
    """The list with the records that the figure counts; `more` are further terms."""
    asked: dict[str, str | int] = {"view": "all", "q": query_text(figure, scope.days, *more), **scope.parameters}
    return f"{screen_url(figure.model, 'list')}?{urlencode(asked)}"


def may_read(model: type[models.Model], actor: Any) -> bool:
    return bool(actor.has_perm(f"{model._meta.app_label}.{READ}_{model._meta.model_name}"))


def sums_by(
    column: str, figures: Sequence[Figure], scope: Scope, *, actor: Any, now: dt.datetime, within: Q | None = None
) -> Sums:
    """By value of the column the figures, each of what the actor sees. One query for each table.

    `within` narrows the records of all tables; the tables have a column of that name.
    """
    found: Sums = {}
    digits = _base_digits()
    for model, own in _by_model(figures).items():
        conditions = {figure.key: condition(parse(query_text(figure, scope.days)), model, actor, now) for figure in own}
        aggregates = {figure.key: _aggregate(figure, conditions[figure.key], digits) for figure in own}
        rows: Any = model._default_manager.visible_to(actor)  # type: ignore[attr-defined]  # guarded tables only
        rows = rows.filter(scope.condition(), within or Q(), _any(conditions.values()))
        for row in rows.order_by().values(column).annotate(**aggregates):
            found.setdefault(row.pop(column), {}).update(row)
    return found


def _by_model(figures: Iterable[Figure]) -> Mapping[type[models.Model], list[Figure]]:
    found: dict[type[models.Model], list[Figure]] = {}
    for figure in figures:
        found.setdefault(figure.model, []).append(figure)
    return found


def _any(conditions: Iterable[Q]) -> Q:
    """What at least one of them asks for; one that asks for nothing means every row."""
    found = Q()
    for one in conditions:
        if not one:
            return Q()
        found |= one
    return found


def _aggregate(figure: Figure, asked: Q, digits: int) -> Any:
    if figure.amount is None:
        return Count("pk", filter=asked or None)
    return Sum(figure.amount(digits), filter=asked or None, default=Decimal(0))


def _base_digits() -> int:
    base = Organisation.load().base_currency
    return base.digits if base else 2
