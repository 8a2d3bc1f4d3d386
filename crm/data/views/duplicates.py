"""Possible duplicates: the list of pairs, saying that two are not the same, and the warning while somebody types."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import WRITE, check_create, find_for
from crm.core.addresses import screen_url
from crm.core.errors import Forbidden, NotFound
from crm.core.idempotency import new_key, run_once
from crm.core.models import Job
from crm.core.screens.nouns import edit_view_of, model_of, noun_of
from crm.core.screens.second_looks import second_look
from crm.data.duplicates.dismissing import dismiss_pair
from crm.data.duplicates.listing import Pair, last_look, pairs_of
from crm.data.duplicates.nouns import DuplicateNoun, known_nouns
from crm.data.duplicates.nouns import noun_of as compared
from crm.data.duplicates.scanning import order_scan
from crm.data.merge.services import MERGE


class DuplicatesView(View):
    """`/duplicates/?table=leads`: pairs of which the person may merge both records, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = request.user
        if not actor.has_perm("data.find_duplicates"):
            raise Forbidden(_("You may not look for duplicates."))
        nouns = {noun_of(noun.model): noun for noun in known_nouns() if _may_merge(noun, actor)}
        word = request.GET.get("table", "")
        chosen = word if word in nouns else next(iter(nouns), "")
        is_dismissed = request.GET.get("show") == "dismissed"
        asked = {"table": chosen, **({"show": "dismissed"} if is_dismissed else {})}
        pairs, following = (
            pairs_of(nouns[chosen], actor, MERGE, is_dismissed=is_dismissed, after=request.GET.get("after"))
            if chosen
            else ([], "")
        )
        job = last_look()
        context = {
            "title": _("Duplicates"),
            "trail": [(_("Duplicates"), "")],
            "tables": [
                (str(noun.model._meta.verbose_name_plural).capitalize(), f"?{urlencode({'table': key})}", key == chosen)
                for key, noun in nouns.items()
            ],
            "noun": chosen,
            "pairs": [_shown(pair, nouns[chosen], chosen) for pair in pairs],
            "older": f"?{urlencode({**asked, 'after': following})}" if following else "",
            "is_dismissed": is_dismissed,
            "switch_url": f"?{urlencode({'table': chosen, **({} if is_dismissed else {'show': 'dismissed'})})}",
            "looked_at": job.finished_at if job else None,
            "is_looking": job is not None and job.state in {Job.State.WAITING, Job.State.RUNNING},
            "may_look": actor.is_superuser,
            "idempotency_key": new_key(),
        }
        return render(request, "data/duplicates.html", context)


def _may_merge(noun: DuplicateNoun, actor: Any) -> bool:
    return bool(actor.has_perm(f"{noun.model._meta.app_label}.{MERGE}_{noun.model._meta.model_name}"))


def _shown(pair: Pair, noun: DuplicateNoun, word: str) -> dict[str, Any]:
    ids = [pair.first.pk, pair.second.pk]
    return {
        "first": pair.first,
        "first_url": screen_url(noun.model, "detail", pair.first.pk),
        "second": pair.second,
        "second_url": screen_url(noun.model, "detail", pair.second.pk),
        "reason": pair.reason,
        "ids": ids,
        "merge_url": f"{reverse('data:merge_records', args=[word])}?{urlencode([('id', key) for key in ids])}",
        "idempotency_key": new_key(),
    }


class LookView(View):
    """Looking through the tables now, for administrators."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_superuser:
            raise Forbidden(_("Only administrators have the tables looked through; it is done once a day by itself."))
        actor = cast(Any, request.user)

        def work() -> str:
            order_scan(actor=actor, at=timezone.now())
            return reverse("data:duplicates")

        return htmx.go_to(request, run_once(request, work))


class DismissView(View):
    """`POST /<noun>/duplicates/dismiss/` with two ids: not the same; with `again`: they may be after all."""

    def post(self, request: HttpRequest, noun: str) -> HttpResponse:
        model, actor, sent = model_of(noun), cast(Any, request.user), request.POST
        keys = [int(one) for one in sent.getlist("id")[:3] if one.isascii() and one.isdecimal() and len(one) < 19]
        if compared(model) is None:
            raise NotFound(_("Records of this table are not compared."))

        def work() -> str:
            dismiss_pair(model=model, keys=keys, is_dismissed="again" not in sent, actor=actor, at=timezone.now())
            return f"{reverse('data:duplicates')}?{urlencode({'table': noun})}"

        url = run_once(request, work)
        htmx.toast(request, _("Noted"))
        return htmx.go_to(request, url)


class LiveView(View):
    """`POST /<noun>/duplicates/?record=5` with a form as it stands: what it looks like. Nothing is written."""

    def post(self, request: HttpRequest, noun: str) -> HttpResponse:
        model, actor = model_of(noun), request.user
        view: Any = edit_view_of(model)
        if compared(model) is None or view is None:
            raise NotFound(_("Records of this table are not compared."))
        key = request.GET.get("record", "")
        if key:
            number = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
            form = view.form_class(request.POST, actor=actor, instance=find_for(model, number, actor, WRITE))
        else:
            check_create(actor, model)
            form = view.form_class(request.POST, actor=actor)
        form.is_valid()
        return render(request, "data/duplicates_live.html", {"look": second_look(model, form, actor)})
