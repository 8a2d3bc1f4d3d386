"""What is known of a form and of who posts to it: two short statements, and one while a form is flooded."""

import datetime as dt
import threading
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from crm.core.actors import SystemActor
from crm.core.models import CustomCatalogue, Organisation
from crm.core.prepared import Slot, prepared
from leads.capture.targets import IGNORED, is_added
from leads.models import CaptureForm, FieldMapping, KnownSender

MOST_READ = 20
"""Posts to one form in one second for which its record is read each time."""
_LONGEST_KEY = 40


@dataclass(frozen=True, slots=True)
class FormVisitor(SystemActor):
    """Whoever fills in a form, and the edition of the added fields that holds for them."""

    custom_version: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """`columns`: name in lower case -> column, "" for what stays with the post; `added` likewise for added fields.

    `edition` is that of the added fields.
    """

    form: CaptureForm | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    added: Mapping[str, str] = field(default_factory=dict)
    edition: uuid.UUID | None = None
    time_zone: str = "UTC"

    def day(self, at: dt.datetime) -> dt.date:
        """The organisation's day."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def visitor(self, actor: SystemActor) -> FormVisitor:
        return FormVisitor(actor.actor_kind, actor.label, custom_version=self.edition)


def terms_of(key: str) -> Terms:
    """Forms in the bin too: what they get is kept as that of an inactive form."""
    if not key or len(key) > _LONGEST_KEY:
        return Terms()
    return _flood.terms(key, monotonic())


def standings_of(*, email: str, address: str | None) -> frozenset[str]:
    """What people and administrators decided about this sender; `email` is folded."""
    domain = email.rpartition("@")[2]
    asked = {"email": email, "domain": domain, "above": domain.partition(".")[2], "address": address or ""}
    return frozenset(standing for (standing,) in prepared("standings of a sender", _standings).tuples(**asked))


class _Flood:
    """A form that gets many posts in one second is read once in it by each process, and else for each post."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._second = 0
        self._counts: Counter[str] = Counter()
        self._kept: dict[str, Terms] = {}

    def terms(self, key: str, at: float) -> Terms:
        with self._lock:
            if int(at) != self._second:
                self._second = int(at)
                self._counts.clear()
                self._kept.clear()
            self._counts[key] += 1
            kept = self._kept.get(key) if self._counts[key] > MOST_READ else None
        return kept or self._read(key)

    def _read(self, key: str) -> Terms:
        for form in prepared("terms of a lead form", _statement).records(key=key):
            found = _terms(form)
            with self._lock:
                self._kept[key] = found
            return found
        return Terms()


_flood = _Flood()


def _statement() -> "QuerySet[CaptureForm]":
    mappings = FieldMapping.objects.filter(form=OuterRef("pk")).order_by()
    forms = CaptureForm.with_bin.select_related("owner", "owner_team", "campaign").filter(key=_text("key"))
    return forms.annotate(
        said=ArraySubquery(mappings.values(pair=Concat("column", Value("="), "sent_as"))),
        edition=Subquery(CustomCatalogue.objects.values("edition")[:1]),
        time_zone=Subquery(Organisation.objects.values("time_zone")[:1]),
    )


def _standings() -> "QuerySet[KnownSender, Any]":
    known = KnownSender.objects.filter(
        Q(kind="email", value=_text("email"))
        | Q(kind="domain", value=_text("domain"))
        | Q(kind="domain", value=_text("above"))
        | Q(kind="address", value=_text("address"))
    )
    return known.order_by().values_list("standing")


def _text(name: str) -> Slot:
    return Slot(name, CharField())


def _terms(form: CaptureForm) -> Terms:
    found: Any = form  # with what the statement adds
    columns: dict[str, str] = {}
    added: dict[str, str] = {}
    for pair in found.said:
        column, _equals, name = pair.partition("=")
        is_column = not is_added(column) and column != IGNORED
        columns[name.lower()] = column if is_column else ""
        if is_added(column):
            added[name.lower()] = column
    return Terms(form, columns, added, found.edition, found.time_zone or "UTC")
