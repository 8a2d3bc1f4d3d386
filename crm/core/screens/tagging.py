"""The tags of a record: the card on its page, and the form that changes them in place or on a page of its own."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.core import htmx
from crm.core.access import WRITE, find_for
from crm.core.addresses import screen_url
from crm.core.errors import Invalid, NotFound
from crm.core.idempotency import new_key, run_once
from crm.core.models import Tag, TaggedModel
from crm.core.panels import Panel, register_for_all
from crm.core.screens.buttons import rights_on
from crm.core.screens.nouns import model_of, noun_of
from crm.core.tags import CREATE_TAG, split_names, tag_record, tags_of, untag_record

_SUGGESTED = 200
_REGION = "panel-tags"


class TagsView(View):
    """`<noun>/<id>/tags/`: GET shows the form; POST `add` puts tags on the record, `remove` takes one off."""

    def get(self, request: HttpRequest, noun: str, pk: int) -> HttpResponse:
        return self._page(self._record(noun, pk))

    def post(self, request: HttpRequest, noun: str, pk: int) -> HttpResponse:
        record = self._record(noun, pk)
        try:
            url = run_once(request, lambda: self._change(record))
        except Invalid as refusal:
            return self._page(record, refusal.sentence)
        if htmx.asks_for(request, _REGION):
            return self._page(self._record(noun, pk))
        htmx.toast(request, _("Tags saved"))
        return htmx.go_to(request, url)

    def _record(self, noun: str, pk: int) -> Any:
        return find_for(_tagged_model(noun), pk, self.request.user, WRITE)

    def _change(self, record: Any) -> str:
        sent, actor = self.request.POST, cast(Any, self.request.user)
        removed = sent.get("remove", "")
        if removed:
            keys = [int(removed)] if removed.isascii() and removed.isdecimal() and len(removed) < 19 else []
            untag_record(model=type(record), record_id=record.pk, tag_ids=keys, actor=actor, at=timezone.now())
        else:
            names = split_names(sent.get("add", ""))
            tag_record(model=type(record), record_id=record.pk, names=names, actor=actor, at=timezone.now())
        return screen_url(type(record), "detail", record.pk)

    def _page(self, record: Any, refusal: str = "") -> HttpResponse:
        detail_url = screen_url(type(record), "detail", record.pk)
        nouns = (str(record._meta.verbose_name_plural).capitalize(), screen_url(type(record), "list"))
        context = {
            "record": record,
            "title": _("Tags"),
            "lead": str(record),
            "trail": [nouns, (str(record), detail_url), (_("Tags"), "")],
            "tags": tags_of(record),
            "known": Tag.objects.values_list("name", flat=True)[:_SUGGESTED],
            "may_create": self.request.user.has_perm(CREATE_TAG),
            "refusal": refusal,
            "typed": self.request.POST.get("add", "") if refusal else "",
            "edit_url": self.request.path,
            "panel_url": f"{detail_url}?panel=tags",
            "cancel_url": detail_url,
            "idempotency_key": new_key(),
        }
        template = "screens/tags.html#editor" if htmx.asks_for(self.request, _REGION) else "screens/tags.html"
        return htmx.varies(render(self.request, template, context, status=422 if refusal else 200))


def _tagged_model(noun: str) -> type[TaggedModel]:
    model = model_of(noun)
    if not issubclass(model, TaggedModel):
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return model


def _tags_context(record: Any, user: Any) -> Mapping[str, Any]:
    may_write = rights_on(record, user, {WRITE})[WRITE]
    url = reverse("core:record_tags", args=[noun_of(type(record)), record.pk]) if may_write else ""
    return {"tags": tags_of(record), "edit_url": url}


TAGS = Panel(
    name="tags",
    title=gettext_lazy("Tags"),
    template="screens/tags_panel.html",
    context=_tags_context,
    position=5,
    column="side",
    shown=lambda record, _user: isinstance(record, TaggedModel),
)


def register() -> None:
    register_for_all(TAGS)
