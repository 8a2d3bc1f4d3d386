"""The quarantine: posts that wait for a person, the bin behind it, and one post whole."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from crm.core import htmx
from crm.core.errors import Forbidden, Invalid, NotFound
from crm.core.idempotency import new_key, run_once
from leads.models import CapturedPost, CaptureForm
from leads.services.quarantine import Decided, bin_posts, may_decide, release_posts, replay_post
from leads.waiting import SHOWN, as_waiting, forms_to_choose, page_of, post_for, whole

_TEMPLATE = "leads/quarantine.html"
_POST = "leads/quarantine_post.html"


class QuarantineView(View):
    """`?show=` waiting (as usual), binned or all; `?form=` the key of a form; `?after=` the next page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        _check_may_read(request.user)
        return listed(request)


def listed(request: HttpRequest) -> HttpResponse:
    """The list, or its region for htmx."""
    asked: Any = request.GET
    show = asked.get("show", "waiting") if asked.get("show") in SHOWN else "waiting"
    form = asked.get("form", "")
    page = page_of(request.user, show=show, form=form, after=asked.get("after", ""))
    tabs = {"waiting": _("Waiting"), "binned": _("Thrown away"), "all": _("All posts")}
    kept = f"&form={form}" if form.isdecimal() else ""
    context = {
        "title": _("Quarantine"),
        "tabs": [
            {"key": key, "label": label, "url": f"?show={key}{kept}", "current": key == show}
            for key, label in tabs.items()
        ],
        "show": show,
        "page": page,
        "may_decide": may_decide(request.user),
        "following": f"?show={show}{kept}&after={page.following}" if page.following else "",
        "idempotency_key": new_key(),
        "back": request.GET.urlencode(),
    }
    template = f"{_TEMPLATE}#region" if htmx.asks_for(request, "list") else _TEMPLATE
    return htmx.varies(render(request, template, context))


class DecideView(View):
    """POST of the list's form: `one=release-5` of a row's button, or `act=bin` with the ticked `pick`s."""

    def post(self, request: HttpRequest) -> HttpResponse:
        _check_may_read(request.user)
        act, picked = _wish(request)
        said: list[str] = []

        def work() -> str:
            said.append(_decided(request.user, act, picked, None))
            return f"{reverse('leads:quarantine')}?{request.GET.urlencode()}"

        url = run_once(request, work)
        sentence = said[0] if said else ""
        if htmx.asks_for(request, "list"):
            return htmx.toast_now(listed(request), sentence)
        htmx.toast(request, sentence)
        return htmx.go_to(request, url)


class PostView(View):
    """One post as it came, and what can be done with it. POST: `act` release (with `form`), bin or replay."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(post_for(request.user, pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor: Any = request.user
        post, sent = post_for(actor, pk), request.POST
        said: list[str] = []

        def work() -> str:
            if sent.get("act") == "replay":
                done = replay_post(post_id=post.pk, actor=actor, at=timezone.now())
                said.append(_("Read again: %(verdict)s") % {"verdict": done.get_verdict_display()})
            else:
                said.append(_decided(actor, sent.get("act", ""), [post.pk], _chosen(actor, sent.get("form", ""))))
            return reverse("leads:quarantine_post", args=[post.pk])

        try:
            url = run_once(request, work)
        except Invalid as refusal:
            return self._page(post_for(request.user, pk), refusal=refusal.sentence, status=422)
        htmx.toast(request, said[0] if said else "")
        return htmx.go_to(request, url)

    def _page(self, post: CapturedPost, *, refusal: str = "", status: int = 200) -> HttpResponse:
        context = _post_context(self.request, post) | {"refusal": refusal}
        return render(self.request, _POST, context, status=status)


class PostPeekView(View):
    """A look at a post beside the list."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        context = _post_context(request, post_for(request.user, pk))
        return htmx.varies(render(request, f"{_POST}#panel" if htmx.asks(request) else _POST, context))


def _post_context(request: HttpRequest, post: CapturedPost) -> dict[str, Any]:
    waiting = as_waiting(post)
    decides = may_decide(request.user)
    return {
        "title": waiting.name,
        "trail": [(_("Quarantine"), reverse("leads:quarantine")), (waiting.name, "")],
        "post": post,
        "waiting": waiting,
        "may_decide": decides,
        "forms": forms_to_choose(request.user) if decides and post.form_id is None and post.lead_id is None else (),
        "idempotency_key": new_key(),
        **whole(post),
    }


def _wish(request: HttpRequest) -> tuple[str, list[int]]:
    act, _dash, one = request.POST.get("one", "").partition("-")
    picked = [one] if one else request.POST.getlist("pick")
    return act or request.POST.get("act", ""), [
        int(key) for key in picked if key.isascii() and key.isdecimal() and len(key) <= 18
    ]


def _decided(actor: Any, act: str, picked: list[int], form: CaptureForm | None) -> str:
    if not picked:
        return _("Nothing is ticked.")
    if act == "release":
        return _released(release_posts(post_ids=picked, actor=actor, at=timezone.now(), form=form))
    if act == "bin":
        done = bin_posts(post_ids=picked, actor=actor, at=timezone.now()).done
        return ngettext("%(n)s post thrown away", "%(n)s posts thrown away", done) % {"n": done}
    raise NotFound(_("There is no such act."))


def _released(decided: Decided) -> str:
    words = ngettext("%(n)s post let in", "%(n)s posts let in", decided.done) % {"n": decided.done}
    if not decided.held:
        return words
    held = ngettext("%(n)s cannot become a lead", "%(n)s cannot become leads", len(decided.held))
    return f"{words}, {held % {'n': len(decided.held)}}"


def _chosen(actor: Any, key: str) -> CaptureForm | None:
    is_key = key.isascii() and key.isdecimal() and len(key) <= 18
    return forms_to_choose(actor).filter(pk=int(key)).first() if is_key else None


def _check_may_read(actor: Any) -> None:
    if not actor.has_perm("leads.read_capturedpost"):
        raise Forbidden(_("You may not see what waits in the quarantine."))
