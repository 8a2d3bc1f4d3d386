"""The page behind the one-time link of the first start."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from crm.core.actors import SYSTEM
from crm.core.errors import NotFound
from crm.users.forms import SetupForm
from crm.users.services.setup import is_setup_open, set_up_organisation
from crm.users.sessions import DEVICE


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch")
class SetupView(FormView[SetupForm]):
    template_name = "setup.html"
    form_class = SetupForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_setup_open(self.kwargs["token"]):
            raise NotFound(_("This link has been used or was never valid."))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SetupForm) -> HttpResponse:
        user = set_up_organisation(
            token=self.kwargs["token"], first_start=form.first_start(), actor=SYSTEM, at=timezone.now()
        )
        login(self.request, user)
        self.request.session[DEVICE] = self.request.META.get("HTTP_USER_AGENT", "")
        return redirect("home")

    def form_invalid(self, form: SetupForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
