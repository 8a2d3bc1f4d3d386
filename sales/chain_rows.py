"""One row of each table of the chain in the same shape, so that a whole line is read by one query."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.core import format as shown
from crm.core.access import READ
from crm.core.addresses import screen_url
from crm.core.badges import Badge, state_badge
from crm.core.prepared import prepared, rights_key
from leads.models import Lead
from leads.values import source_label
from sales.models import Invoice, Opportunity, Order, Quote

_MOST_NAMED = 20
_MODELS: tuple[type[Any], ...] = (Lead, Opportunity, Quote, Order, Invoice)
_AMOUNT: models.Field[Any, Any] = models.DecimalField(max_digits=19, decimal_places=4)
# What happened, by the day that tells it; the first that is there counts.
_ACTS: Mapping[type[Any], tuple[tuple[str, Any], ...]] = {
    Lead: (),
    Opportunity: (
        ("actual_close_on", gettext_lazy("Closed %(day)s")),
        ("estimated_close_on", gettext_lazy("Closes %(day)s")),
    ),
    Quote: (
        ("won_on", gettext_lazy("Won %(day)s")),
        ("closed_on", gettext_lazy("Closed %(day)s")),
        ("activated_at", gettext_lazy("Active since %(day)s")),
    ),
    Order: (
        ("canceled_on", gettext_lazy("Canceled %(day)s")),
        ("fulfilled_on", gettext_lazy("Delivered %(day)s")),
        ("ordered_on", gettext_lazy("Ordered %(day)s")),
    ),
    Invoice: (("paid_on", gettext_lazy("Paid %(day)s")), ("due_on", gettext_lazy("Due %(day)s"))),
}
_DAYS = 3
NOTHING = Q(pk__in=())
"""The condition that no row meets: its table is not asked."""


@dataclass(frozen=True, slots=True)
class StoryNode:
    """A node of the vertical line, as `components/line_vertical.html` reads it."""

    word: str | Promise
    state: str
    label: str
    url: str
    note: str
    amount: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class ChainRow:
    """`name` is number or topic; `text` who a lead is, and from where. `days` are those of `_ACTS`."""

    model: type[Any]
    pk: int
    name: str
    revision: int
    state: str
    status_reason: str
    text: str
    source: str
    days: tuple[dt.date | None, ...]
    created_at: dt.datetime
    amount: Decimal | None

    @property
    def label(self) -> str:
        if self.model is Invoice and not self.name:
            return str(_("Draft"))
        if self.revision:
            return str(_("%(number)s · rev %(revision)s") % {"number": self.name, "revision": self.revision})
        return self.name or self.text

    @property
    def url(self) -> str:
        return screen_url(self.model, "detail", self.pk)

    def as_node(self, word: str | Promise, state: str) -> StoryNode:
        return StoryNode(
            word=word,
            state=state,
            label=self.label,
            url=self.url,
            note=self._note(),
            amount=shown.money(self.amount) if self.amount else "",
            badge=state_badge(self.model.machine, self.state, self.status_reason),
        )

    def _note(self) -> str:
        """ "Closed 15 Sep 2026 · 43 days"."""
        if self.model is Lead:
            return " · ".join(part for part in (self.text, source_label(self.source)) if part)
        acts = zip(_ACTS[self.model], self.days, strict=False)
        words, day = next(
            ((words, day) for (_name, words), day in acts if day), (_("Created %(day)s"), self.created_at)
        )
        said = str(words % {"day": shown.day(day)})
        if self.model is Opportunity and self.days[0]:
            spent = (self.days[0] - timezone.localdate(self.created_at)).days
            said += " · " + ngettext("%(days)d day", "%(days)d days", spent) % {"days": spent}
        return said


def row_of(record: Any) -> ChainRow:
    """The record in hand in the same shape."""
    days = [_as_day(getattr(record, name)) for name, _words in _ACTS[type(record)]]
    return ChainRow(
        model=type(record),
        pk=record.pk,
        name=str(getattr(record, "number", None) or getattr(record, "topic", "")) if _is_named(record) else "",
        revision=getattr(record, "revision", 0),
        state=record.state,
        status_reason=record.status_reason,
        text=str(record) if isinstance(record, Lead) else "",
        source=record.source,
        days=(*days, *[None] * (_DAYS - len(days))),
        created_at=record.created_at,
        amount=_amount_of(record),
    )


def _is_named(record: Any) -> bool:
    """An invoice without a number is a draft; a lead has a topic, but that is not its name."""
    return bool(getattr(record, "number", "")) or isinstance(record, Opportunity)


def _amount_of(record: Any) -> Decimal | None:
    if isinstance(record, Opportunity):
        return record.estimated_revenue if record.actual_revenue is None else record.actual_revenue
    return getattr(record, "total_amount", None)


def _as_day(value: Any) -> dt.date | None:
    return timezone.localdate(value) if isinstance(value, dt.datetime) else value


def read_rows(
    of: type[Any], conditions: Mapping[type[Any], Q], user: Any, keys: Mapping[str, int | None]
) -> dict[type[Any], list[ChainRow]]:
    """By table the rows that meet its condition and that this person sees, the oldest first. One query at most.

    The conditions depend on nothing but the table `of` whose line it is, but for their slots, whose values `keys` are.
    """
    asked = {model: condition for model, condition in conditions.items() if condition != NOTHING}
    found: dict[type[Any], list[ChainRow]] = {}
    if not asked:
        return found
    key = ("line", of._meta.label, *(rights_key(model, user, READ) for model in asked))
    for place, *values in prepared(key, lambda: _arms(asked, user)).tuples(**keys):
        pk, name, revision, state, reason, text, source, *days, created_at, amount = values
        model = _MODELS[place]
        row = ChainRow(model, pk, name, revision, state, reason, text, source, tuple(days), created_at, amount)
        found.setdefault(model, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: row.pk)
    return found


def _arms(asked: Mapping[type[Any], Q], user: Any) -> Any:
    first, *others = (_arm(model, condition, user) for model, condition in asked.items())
    return first.union(*others, all=True)


def _arm(model: type[Any], condition: Q, user: Any) -> Any:
    """The newest twenty of one table, with as many columns of the same types as every other arm."""
    days = [Cast(F(name), models.DateField()) for name, _words in _ACTS[model]]
    nothing = [Cast(Value(None), models.DateField()) for _number in range(_DAYS - len(days))]
    columns = {
        "arm_name": Cast(F("topic" if model is Opportunity else "number"), models.TextField()),
        "arm_revision": F("revision") if model is Quote else Value(0),
        "arm_state": Cast(F("state"), models.TextField()),
        "arm_reason": Cast(F("status_reason"), models.TextField()),
        "arm_text": Cast(F("name") if model is Lead else Value(""), models.TextField()),
        "arm_source": Cast(F("source"), models.TextField()),
        **{f"arm_day_{number}": day for number, day in enumerate([*days, *nothing])},
        "arm_created": F("created_at"),
        "arm_amount": _amount(model),
    }
    rows = model._default_manager.visible_to(user).filter(condition).order_by("-pk")
    place = Value(_MODELS.index(model), output_field=models.IntegerField())
    return rows.annotate(arm=place, **columns).values_list("arm", "pk", *columns)[:_MOST_NAMED]


def _amount(model: type[Any]) -> Any:
    if model is Lead:
        return Cast(Value(None), _AMOUNT)
    if model is Opportunity:
        return Cast(Coalesce("actual_revenue", "estimated_revenue"), _AMOUNT)
    return Cast(F("total_amount"), _AMOUNT)
