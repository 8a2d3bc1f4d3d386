"""The first page after signing in, and the answer for load balancers."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from crm.core.outages import database_answers
from crm.users.home import Day, funnel, home_panels


class HomeView(TemplateView):
    template_name = "users/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        day = Day(self.request.user)
        nodes, panels = funnel(day), home_panels(self.request, day)
        owns = any(node.number for node in nodes) or any(panel.body.rows for panel in panels)
        return super().get_context_data(
            day=day,
            nodes=nodes,
            owns=owns,
            main=[panel for panel in panels if panel.column != "side"],
            side=[panel for panel in panels if panel.column == "side"],
            **kwargs,
        )


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503."""
    if not database_answers():
        return HttpResponse("the database does not answer", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
