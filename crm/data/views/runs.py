"""Bulk acts on a list: the preview with what is asked, the runs of a person, one run, and taking it back."""

import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import Link, visible_names
from crm.core.addresses import screen_url
from crm.core.errors import Conflict, Forbidden, NotFound
from crm.core.idempotency import FIELD, new_key, run_once
from crm.core.screens.filling import FormRefused, refusals_at
from crm.core.screens.lists import ListView
from crm.core.screens.lists.selections import selection
from crm.core.screens.nouns import list_view_of, model_of
from crm.data.acts import EXPORT, Act, act_for, act_of, acts_for, fields_to_edit
from crm.data.merge.services import MERGE
from crm.data.models import BulkRow, BulkRun
from crm.data.services.runs import MOST, Preview, preview, run_of, runs_of, start_run, undo_obstacle, undo_of, undo_run

#: Parameters of the bar, which are none of the list.
_OWN = ("pick", "scope", "act", "field")
_NOT_SENT = {"csrfmiddlewaretoken", FIELD, "expected"}
_MOST_PICKED = 500
_MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """The records that the bar sent: those that were picked, or all that match the list; only what the actor sees."""

    rows: "models.QuerySet[Any, Any]"
    is_all: bool
    notices: tuple[str, ...] = ()
    #: What of the address was left out did not say which rows are meant.
    is_exact: bool = True


class BulkView(View):
    """`/<noun>/bulk/?<list>&scope=&pick=&act=`: GET says what would happen and asks, POST does it."""

    def get(self, request: HttpRequest, noun: str) -> HttpResponse:
        if request.GET.get("act") == EXPORT:
            return HttpResponseRedirect(f"{reverse('data:export')}?{urlencode({'list': self._ticked_url()})}")
        if request.GET.get("act") == MERGE:
            return self._merging(noun)
        return self._page(None)

    def _merging(self, noun: str) -> HttpResponse:
        # Merging asks more than a bulk act does: it has a page of its own.
        if self.request.GET.get("scope") == "all":
            raise Conflict(_("Tick the records that are the same; all that match are not merged at once."))
        picked = [("id", key) for key in _keys(self.request.GET.getlist("pick"))]
        return HttpResponseRedirect(f"{reverse('data:merge_records', args=[noun])}?{urlencode(picked)}")

    def post(self, request: HttpRequest, noun: str) -> HttpResponse:
        try:
            url = run_once(request, self._starting())
        except FormRefused as refused:
            return self._page(refused.form, status=422)
        except Conflict as refusal:
            return self._page(None, status=409, refusal=" ".join([refusal.sentence, *refusal.details]))
        return htmx.go_to(request, url)

    @cached_property
    def declared(self) -> ListView:
        view = list_view_of(self.kwargs["noun"])()
        if not self.request.user.has_perm(f"{view.model._meta.app_label}.read_{view.model._meta.model_name}"):
            raise Forbidden(_("You may not see these records."))
        return view

    @cached_property
    def act(self) -> Act | None:
        """None where the act, or its field, must be chosen first."""
        asked = self.request.GET
        key = asked.get("act", "")
        if not key:
            return None
        if key == "edit":
            if not asked.get("field"):
                return None
            key = f"edit-{asked['field']}"
        return act_for(self.declared.model, key, self.request.user)

    def _starting(self) -> Callable[[], str]:
        def work() -> str:
            act, actor = self.act, cast(Any, self.request.user)
            if act is None:
                raise NotFound(_("There is no such act for these records."))
            form = act.form(self.request.POST)
            if not form.is_valid():
                raise FormRefused(form)
            chosen = self._chosen()
            self._refuse_half_understood(chosen)
            with refusals_at(form):
                run = start_run(
                    act=act,
                    form=form,
                    sent=_sent(self.request.POST),
                    rows=chosen.rows,
                    expected=_number(self.request.POST.get("expected", "")),
                    address=self._list_url(),
                    actor=actor,
                    at=timezone.now(),
                )
            return reverse("data:bulk_run", args=[run.pk])

        return work

    def _refuse_half_understood(self, chosen: Chosen) -> None:
        """What was left out of the address might have meant fewer records."""
        if not chosen.is_exact:
            raise Conflict(_("The list asked for something that was not understood."), details=chosen.notices)

    def _chosen(self) -> Chosen:
        asked, actor = self.request.GET, self.request.user
        if asked.get("scope") == "all":
            found = selection(self.declared, _of_list(asked), actor)
            return Chosen(found.visible, True, tuple(found.notices), found.exact)
        rows: Any = self.declared.model._default_manager.visible_to(actor)  # type: ignore[attr-defined]  # guarded models only
        return Chosen(rows.filter(pk__in=_keys(asked.getlist("pick"))), False)

    def _ticked_url(self) -> str:
        """The list with the chosen rows alone, in its columns and order."""
        query = _of_list(self.request.GET)
        if self.request.GET.get("scope") != "all":
            query["only"] = ",".join(map(str, _keys(self.request.GET.getlist("pick"))))
        return f"{screen_url(self.declared.model, 'list')}?{query.urlencode()}"

    def _list_url(self) -> str:
        query = _of_list(self.request.GET).urlencode()
        url = screen_url(self.declared.model, "list")
        return f"{url}?{query}" if query else url

    def _page(self, form: Any, *, status: int = 200, refusal: str = "") -> HttpResponse:
        chosen, act, actor = self._chosen(), self.act, self.request.user
        found = preview(act, chosen.rows) if act is not None else None
        held = self._held(act, chosen) if act is not None and act.looks_at else None
        # Only where all were looked at is it known how many wait.
        waiting = held["number"] if held and not held["first"] else 0
        nouns = self.declared.model._meta.verbose_name_plural
        acts = dict(acts_for(self.declared.model, actor))
        title = (
            act.label if act is not None else acts.get(self.request.GET.get("act", ""), _("Several records at once"))
        )
        missing = () if self.request.GET.get("act") else ("act",)
        context = {
            "title": title,
            "lead": str(nouns).capitalize(),
            "trail": [(str(nouns).capitalize(), self._list_url()), (title, "")],
            "form": (form if form is not None else act.form()) if act is not None else None,
            "act": act,
            "preview": found,
            "sentence": _words(found, waiting) if found is not None else "",
            "changing": found.ready - waiting if found is not None else 0,
            "held": held,
            "most": MOST,
            "notices": chosen.notices,
            "is_all": chosen.is_all,
            "acts": [] if self.request.GET.get("act") else list(acts.items()),
            "fields": fields_to_edit(self.declared.model, actor) if self._asks_for_field() else [],
            "field": self.request.GET.get("field", ""),
            "kept": [
                (name, value)
                for name, values in self.request.GET.lists()
                if name not in {"field", *missing}
                for value in values
            ],
            "refusal": refusal,
            "cancel_url": self._list_url(),
            "idempotency_key": new_key(),
        }
        return render(self.request, "data/bulk.html", context, status=status)

    def _held(self, act: Act, chosen: Chosen) -> dict[str, Any]:
        """Of the first of the chosen records, those that would be left for a person to decide, each with the reason."""
        rows: Any = act.model._default_manager.for_action(self.request.user, act.right)  # type: ignore[attr-defined]  # as above
        looked = list(rows.filter(pk__in=chosen.rows.values("pk")).order_by("pk")[: act.looks_at])
        reasons = {record: act.held_back(record) for record in looked if not act.refusal(record)}
        found = [
            (Link(str(record), act.place(record.pk) or screen_url(act.model, "detail", record.pk)), reason)
            for record, reason in reasons.items()
            if reason
        ]
        return {"rows": found, "number": len(found), "first": act.looks_at if len(looked) == act.looks_at else 0}

    def _asks_for_field(self) -> bool:
        return self.request.GET.get("act", "") == "edit"


class RunsView(View):
    """The newest runs of the person who asks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"title": _("Bulk changes"), "runs": runs_of(request.user), "trail": [(_("Bulk changes"), "")]}
        return render(request, "data/bulk_runs.html", context)


class RunView(View):
    """One run: how far it is, then what became of the records. Drawn again by itself while it runs."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = run_of(request.user, pk)
        template = "data/bulk_run.html#progress" if htmx.asks_for(request, "bulk-run") else "data/bulk_run.html"
        return htmx.varies(render(request, template, _run_context(run, request.user)))


class UndoView(View):
    """GET asks, POST takes the run back."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = run_of(request.user, pk)
        if obstacle := undo_obstacle(run, timezone.now()):
            raise Conflict(obstacle)
        title = _("Take back")
        url = reverse("data:bulk_run", args=[run.pk])
        context = {
            "title": title,
            "sentence": _(
                "Take back “%(what)s”? Records that somebody has changed since stay as they are and are listed."
            )
            % {"what": run.summary},
            "trail": [(_("Bulk changes"), reverse("data:bulk_runs")), (run.summary, url), (title, "")],
            "submit_label": title,
            "cancel_url": url,
            "idempotency_key": new_key(),
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = cast(Any, request.user)

        def work() -> str:
            undo = undo_run(run_id=pk, actor=actor, at=timezone.now())
            return reverse("data:bulk_run", args=[undo.pk])

        return htmx.go_to(request, run_once(request, work))


@dataclass(frozen=True, slots=True)
class Left:
    """Records of one outcome that is not the hoped for one: how many, and the first of them with their reasons."""

    label: str
    number: int
    rows: list[tuple[Link, str]]

    @property
    def more(self) -> int:
        return self.number - len(self.rows)


def _run_context(run: BulkRun, actor: Any) -> dict[str, Any]:
    numbers = dict(run.rows.values_list("outcome").annotate(models.Count("pk")))
    waiting = numbers.get(BulkRow.Outcome.WAITING, 0)
    done = numbers.get(BulkRow.Outcome.DONE, 0)
    is_running = run.finished_at is None and not run.has_stopped
    return {
        "run": run,
        "title": run.summary,
        "trail": [(_("Bulk changes"), reverse("data:bulk_runs")), (run.summary, "")],
        "done": done,
        "percent": 100 if not run.total else (run.total - waiting) * 100 // run.total,
        "handled": run.total - waiting,
        "is_running": is_running,
        "has_failed": run.has_stopped,
        "same": numbers.get(BulkRow.Outcome.SAME, 0),
        "gone": numbers.get(BulkRow.Outcome.GONE, 0),
        "left": [] if is_running else list(_left(run, numbers, actor)),
        "undone": undo_of(run),
        "may_undo": not is_running and not undo_obstacle(run, timezone.now()),
        "list_url": run.address or f"/{run.noun}/",
    }


def _left(run: BulkRun, numbers: dict[str, int], actor: Any) -> Iterable[Left]:
    outcomes = BulkRow.Outcome
    model = list_view_of(run.noun).model
    for outcome in (outcomes.HELD, outcomes.STATE, outcomes.FORBIDDEN, outcomes.MOVED_ON, outcomes.FAILED):
        if numbers.get(outcome):
            rows = list(
                run.rows.filter(outcome=outcome).order_by("pk").values_list("record_id", "reason")[:_MOST_NAMED]
            )
            names = visible_names(actor, [(model, key) for key, _reason in rows])
            links = [(_to_decide(names[model, key], key, run, actor, outcome), reason) for key, reason in rows]
            yield Left(str(outcome.label), numbers[outcome], links)


def _to_decide(link: Link, key: int, run: BulkRun, actor: Any, outcome: Any) -> Link:
    """What was held back leads to where it is decided."""
    if outcome != BulkRow.Outcome.HELD or not link.url:
        return link
    return Link(link.label, act_of(model_of(run.noun), run.act, actor).place(key) or link.url)


def _words(found: Preview, waiting: int) -> str:
    """“347 will change, 2 wait for a person, 12 you may not change, 3 are not in a state for it”."""
    parts = [_("%(n)s will change") % {"n": f"{found.ready - waiting:,}"}]
    if waiting:
        parts.append(_("%(n)s wait for a person") % {"n": f"{waiting:,}"})
    if found.forbidden:
        parts.append(_("%(n)s you may not change") % {"n": f"{found.forbidden:,}"})
    if found.state:
        parts.append(_("%(n)s are not in a state for it") % {"n": f"{found.state:,}"})
    return ", ".join(parts)


def _of_list(asked: QueryDict) -> QueryDict:
    """The parameters that are the list's own; a page of it is no part of what matches."""
    left = asked.copy()
    for name in (*_OWN, "after", "before"):
        left.pop(name, None)
    return left


def _keys(picked: list[str]) -> list[int]:
    """What is no key of a record names none."""
    return [int(one) for one in picked[:_MOST_PICKED] if one.isascii() and one.isdecimal() and len(one) < 19]


def _sent(posted: QueryDict) -> str:
    pairs = [(name, value) for name, values in posted.lists() if name not in _NOT_SENT for value in values]
    return urllib.parse.urlencode(pairs)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
