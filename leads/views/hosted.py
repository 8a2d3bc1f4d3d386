"""The hosted page of a lead form: public, in the form's own language, whole without scripts, at home in a frame."""

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from crm.core.actors import WEB_FORM
from leads.capture.captcha import captcha_service
from leads.capture.captcha import is_set_up as captcha_is_set_up
from leads.capture.reading import read_submission
from leads.capture.redirects import safe_return_url
from leads.capture.started import START, TRAP, start_token
from leads.hosted_form import HostedForm, sent_values
from leads.hosting import policy, thanks_address
from leads.models import CaptureForm
from leads.services.capture import take_post
from leads.services.forms import form_of_key
from leads.views.capture import admission, body_of, raw_post, too_many

logger = logging.getLogger(__name__)


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class HostedFormView(View):
    """GET shows the form, POST takes it: 422 with everything typed where a field is wrong, else on to the thanks.

    There is no session here that a forged request could use, and a frame on another site has no cookies.
    """

    def get(self, request: HttpRequest, form_key: str) -> HttpResponse:
        form = form_of_key(form_key)
        return _closed(request) if form is None else _page(request, form, None)

    def post(self, request: HttpRequest, form_key: str) -> HttpResponse:
        is_flood, wait = admission(request, form_key)
        if wait:
            return too_many(request, wait)
        form, body = form_of_key(form_key), body_of(request)
        if body is None:
            return render(request, "leads/capture_too_large.html", status=413)
        if form is None:
            return _closed(request)
        post = raw_post(request, form_key, body, is_flood=is_flood)
        submission = read_submission(body=body, content_type=post.content_type)
        filled = HostedForm(form, sent_values(submission.fields))
        with translation.override(form.language):
            is_valid = filled.is_valid()
        if not is_valid:
            return _page(request, form, filled, started=submission.first(START))
        take_post(post=post, actor=WEB_FORM, at=timezone.now())
        return HttpResponseRedirect(safe_return_url(form.redirect_url, form.allowed_hosts) or thanks_address(form.key))


@method_decorator(login_not_required, name="dispatch")
class HostedThanksView(View):
    """Says the form's own thanks. Nothing of what was sent is known here."""

    def get(self, request: HttpRequest, form_key: str) -> HttpResponse:
        form = form_of_key(form_key)
        if form is None:
            return _closed(request)
        with translation.override(form.language):
            return _framed(render(request, "leads/hosted_thanks.html", {"form": form}), form)


def _page(request: HttpRequest, form: CaptureForm, filled: HostedForm | None, *, started: str = "") -> HttpResponse:
    asks = form.needs_captcha and captcha_is_set_up()
    with translation.override(form.language):
        context: dict[str, Any] = {
            "form": form,
            "filled": filled or HostedForm(form),
            "trap": TRAP,
            "start": START,
            "started": started or start_token(form.key),
            "captcha": captcha_service() if asks else None,
            "site_key": settings.CAPTCHA_SITE_KEY,
        }
        answer = render(request, "leads/hosted_form.html", context, status=422 if filled else 200)
    return _framed(answer, form)


def _framed(answer: HttpResponse, form: CaptureForm) -> HttpResponse:
    """Only pages of the form's hosts may frame it; of the two headers for that, browsers obey the policy."""
    captcha = captcha_service() if form.needs_captcha and captcha_is_set_up() else None
    answer._csp_config = policy(form.allowed_hosts, captcha)  # type: ignore[attr-defined]  # read by Django's middleware
    return answer


def _closed(request: HttpRequest) -> HttpResponse:
    """The same for a form that is switched off and for one that never was."""
    return render(request, "leads/hosted_closed.html", status=404)
