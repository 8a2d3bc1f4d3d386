"""Merging records: choosing what stays, what came of it, and taking it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import READ, WRITE, Link, find_for, visible_names
from crm.core.addresses import screen_url
from crm.core.errors import Conflict, Invalid, NotFound, Refusal
from crm.core.idempotency import new_key, run_once
from crm.core.screens.nouns import model_of
from crm.data.merge.choosing import choices_of, chosen_from
from crm.data.merge.registry import merge_noun
from crm.data.merge.services import MERGE, MOST, merge_records
from crm.data.merge.showing import losers_of, merge_of, merges_of
from crm.data.merge.taking_back import undo_merge, undo_obstacle
from crm.data.models import Merge, MergeRow

_MOST_NAMED = 100


class MergeView(View):
    """`/<noun>/merge/?id=5&id=7&master=5`: GET shows what the records hold, POST merges what was chosen."""

    def get(self, request: HttpRequest, noun: str) -> HttpResponse:
        records = self._records()
        return self._page(records, {}, status=200)

    def post(self, request: HttpRequest, noun: str) -> HttpResponse:
        records = self._records()
        sent = {name: value for name, value in request.POST.items() if name.startswith("stays-")}
        chosen = chosen_from(sent, records, [name.removeprefix("stays-") for name in sent])
        actor = cast(Any, request.user)

        def work() -> str:
            self._refuse_stale(records)
            merge = merge_records(
                model=type(records[0]),
                master_id=records[0].pk,
                loser_ids=[record.pk for record in records[1:]],
                chosen=chosen,
                actor=actor,
                at=timezone.now(),
            )
            return reverse("data:merge", args=[merge.pk])

        try:
            url = run_once(request, work)
        except (Conflict, Invalid) as refusal:
            return self._page(records, chosen, status=refusal.status, refusal=refusal)
        htmx.toast(request, _("Merged"))
        return htmx.go_to(request, url)

    def _records(self) -> list[Any]:
        """The master first; each is hidden, forbidden, or may be merged."""
        request, actor = self.request, self.request.user
        model = model_of(self.kwargs["noun"])
        if merge_noun(model) is None:
            raise NotFound(_("Records of this table are not merged."))
        sent = request.POST if request.method == "POST" else request.GET
        keys = list(dict.fromkeys(_number(one) for one in sent.getlist("id")[: MOST + 1]))
        if not 1 < len(keys) <= MOST:
            raise NotFound(_("Tick two to %(most)s records of the list to merge them.") % {"most": MOST})
        records = [find_for(model, key, actor, READ) for key in keys]
        for record in records:
            for action in (WRITE, MERGE):
                find_for(model, record.pk, actor, action)
        master = _number(sent.get("master", "")) or records[0].pk
        return sorted(records, key=lambda record: record.pk != master)

    def _refuse_stale(self, records: list[Any]) -> None:
        for record in records:
            if self.request.POST.get(f"version-{record.pk}", "") not in {"", str(record.version)}:
                raise Conflict(
                    _("Somebody has changed “%(record)s” since you looked. Look again.") % {"record": record}
                )

    def _page(
        self, records: list[Any], chosen: dict[str, int], *, status: int, refusal: Refusal | None = None
    ) -> HttpResponse:
        model, actor = type(records[0]), self.request.user
        nouns = str(model._meta.verbose_name_plural).capitalize()
        choices = choices_of(records, actor, chosen)
        obstacles = [_obstacle(record) for record in records]
        context = {
            "title": _("Merge %(nouns)s") % {"nouns": model._meta.verbose_name_plural},
            "trail": [(nouns, screen_url(model, "list")), (_("Merge"), "")],
            "records": [self._head(record, records) for record in records],
            "differing": [choice for choice in choices if choice.differs],
            "same": [choice for choice in choices if not choice.differs],
            "obstacles": [obstacle for obstacle in obstacles if obstacle],
            "refusal": " ".join([refusal.sentence, *refusal.details]) if refusal else "",
            "cancel_url": screen_url(model, "detail", records[0].pk),
            "idempotency_key": new_key(),
        }
        return render(self.request, "data/merge.html", context, status=status)

    def _head(self, record: Any, records: list[Any]) -> dict[str, Any]:
        others = [("id", one.pk) for one in records]
        return {
            "record": record,
            "url": screen_url(type(record), "detail", record.pk),
            "is_master": record is records[0],
            "stays_url": f"?{urlencode([*others, ('master', record.pk)])}",
        }


def _obstacle(record: Any) -> str:
    noun = merge_noun(type(record))
    sentence = noun.obstacle(record) if noun else ""
    return f"{record}: {sentence}" if sentence else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


class MergesView(View):
    """The newest merges of the person who asks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"title": _("Merges"), "merges": merges_of(request.user), "trail": _trail()}
        return render(request, "data/merges.html", context)


class MergedView(View):
    """One merge: which records became which, and what taking back has come to."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        merge = merge_of(request.user, pk)
        return render(request, "data/merged.html", _context(merge, request.user))


class UnmergeView(View):
    """GET asks, POST takes the merge back."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        merge = merge_of(request.user, pk)
        if obstacle := undo_obstacle(merge, timezone.now()):
            raise Conflict(obstacle)
        title, url = _("Take back"), reverse("data:merge", args=[merge.pk])
        context = {
            "title": title,
            "sentence": _("Take this merge back? What somebody has changed since stays as it is and is listed."),
            "trail": [*_trail(), (_("Merge"), url), (title, "")],
            "submit_label": title,
            "cancel_url": url,
            "idempotency_key": new_key(),
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = cast(Any, request.user)
        merge_of(actor, pk)

        def work() -> str:
            undo_merge(merge_id=pk, actor=actor, at=timezone.now())
            return reverse("data:merge", args=[pk])

        return htmx.go_to(request, run_once(request, work))


@dataclass(frozen=True, slots=True)
class Left:
    """Rows that were not taken back, by why."""

    label: str
    number: int
    rows: list[tuple[Link, str]]
    more: int = 0


def _context(merge: Merge, actor: Any) -> dict[str, Any]:
    model: Any = apps.get_model(merge.noun)
    return {
        "title": _("Merge"),
        "trail": [*_trail(), (_("Merge"), "")],
        "merge": merge,
        "master": visible_names(actor, [(model, merge.master_id)])[model, merge.master_id],
        "losers": [
            {"name": name, "url": screen_url(model, "detail", key) if merge.undone_at else ""}
            for key, name in losers_of(merge, actor)
        ],
        "left": list(_left(merge, actor)),
        "may_undo": not undo_obstacle(merge, timezone.now()),
        "obstacle": "" if merge.undone_at else undo_obstacle(merge, timezone.now()),
    }


def _left(merge: Merge, actor: Any) -> Iterator[Left]:
    """Hidden rows are neither named nor counted, but once."""
    for outcome in (MergeRow.Outcome.MOVED_ON, MergeRow.Outcome.FAILED):
        notes = merge.rows.filter(outcome=outcome).order_by("label", "row_key")[: _MOST_NAMED + 1]
        pairs = [((apps.get_model(row.label), row.row_key), row) for row in notes]
        names = visible_names(actor, [pair for pair, _row in pairs])
        rows = list(dict.fromkeys((names[pair], _field_words(pair[0], row)) for pair, row in pairs))
        if rows:
            yield Left(str(outcome.label), len(rows), rows)


def _field_words(model: Any, row: MergeRow) -> str:
    """Which field of the record that stayed; of other rows their table says enough."""
    if row.kind != MergeRow.Kind.FIELD:
        return ""
    [name] = row.before
    column = next((one for one in model._meta.concrete_fields if one.attname == name), None)
    return str(column.verbose_name) if column is not None else name.partition(".")[2]


def _trail() -> list[tuple[str, str]]:
    return [(_("Merges"), reverse("data:merges"))]
