"""A look at a record from its list: what its page says first, in a panel beside the rows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import READ, find_for
from crm.core.addresses import screen_url
from crm.core.badges import badge_of
from crm.core.errors import NotFound
from crm.core.screens.buttons import buttons_for
from crm.core.screens.facts import filled, shown_key_facts
from crm.core.screens.nouns import detail_view_of, model_of


class PeekView(View):
    """`<noun>/<id>/peek/`: heading, facts and the next move, as the page of the record declares them."""

    def get(self, request: HttpRequest, noun: str, pk: int) -> HttpResponse:
        model = model_of(noun)
        declared = detail_view_of(model)
        if declared is None:
            raise NotFound(_("There is nothing at this address, or you may not see it."))
        page: Any = declared()
        page.setup(request, pk=pk)
        record = find_for(model, pk, request.user, READ, related=page.related)
        url = screen_url(model, "detail", pk)
        context = {
            "record": record,
            "title": page.heading(record),
            "lead": page.subtitle(record),
            "badge": badge_of(record),
            "facts": filled(page.facts(record)),
            "key_facts": shown_key_facts(page.key_facts(record), ""),
            "primary": buttons_for(record, request.user, page.edit_obstacle(record)).primary,
            "url": url,
            "trail": [
                (str(model._meta.verbose_name_plural).capitalize(), screen_url(model, "list")),
                (str(record), url),
            ],
        }
        return htmx.varies(
            render(request, "screens/peek.html#panel" if htmx.asks(request) else "screens/peek.html", context)
        )
