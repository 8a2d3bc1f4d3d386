"""Asking a captcha service whether an answer is right.

All services here speak one protocol: a POST of `secret`, `response` and `remoteip`, answered with JSON that says
`success`. Another one that does so is one more entry of `SERVICES`.
"""

import json
import logging
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from django.conf import settings

from leads.capture.reading import Submission
from leads.capture.spam import Reason

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CaptchaService:
    """`box` is the class of the element that its script fills; `hosts` are what a page must let in."""

    script: str
    verify: str
    box: str
    hosts: tuple[str, ...]


SERVICES = {
    "recaptcha": CaptchaService(
        "https://www.google.com/recaptcha/api.js",
        "https://www.google.com/recaptcha/api/siteverify",
        "g-recaptcha",
        ("https://www.google.com", "https://www.gstatic.com"),
    ),
    "hcaptcha": CaptchaService(
        "https://js.hcaptcha.com/1/api.js",
        "https://api.hcaptcha.com/siteverify",
        "h-captcha",
        ("https://hcaptcha.com", "https://*.hcaptcha.com"),
    ),
    "turnstile": CaptchaService(
        "https://challenges.cloudflare.com/turnstile/v0/api.js",
        "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        "cf-turnstile",
        ("https://challenges.cloudflare.com",),
    ),
}

ANSWERS = ("g-recaptcha-response", "h-captcha-response", "cf-turnstile-response", "captcha-response")
"""Fields in which the widgets of these services send their answer."""

_PATIENCE = 3
_LONGEST_ANSWER = 10_000


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A service that leads elsewhere is not the one that was set up."""

    def redirect_request(self, *_args: object, **_options: object) -> None:
        return None


_opener = urllib.request.build_opener(_NoDetours)


def is_set_up() -> bool:
    return bool(settings.CAPTCHA_SECRET and settings.CAPTCHA_SITE_KEY)


def captcha_service() -> CaptchaService:
    return SERVICES[settings.CAPTCHA]


def captcha_sign(submission: Submission, address: str | None) -> Reason | None:
    """What is wrong with the captcha of a post, None for nothing. Takes at most some seconds and never raises."""
    answer = next(filter(None, (submission.first(name).strip() for name in ANSWERS)), "")
    if not answer or len(answer) > _LONGEST_ANSWER:
        return Reason.CAPTCHA_MISSING
    try:
        return None if _is_right(answer, address) else Reason.CAPTCHA_WRONG
    except (OSError, ValueError, urllib.error.URLError) as error:
        logger.warning("The captcha service did not answer as it should: %s", type(error).__name__)
        return Reason.CAPTCHA_DOWN


def _is_right(answer: str, address: str | None) -> bool:
    asked = {"secret": settings.CAPTCHA_SECRET, "response": answer, **({"remoteip": address} if address else {})}
    request = urllib.request.Request(captcha_service().verify, urllib.parse.urlencode(asked).encode())  # noqa: S310 - one of ours
    with _opener.open(request, timeout=_PATIENCE) as response:
        said = json.loads(response.read(_LONGEST_ANSWER))
    if not isinstance(said, dict) or "success" not in said:
        raise ValueError("not an answer of a captcha service")
    return said["success"] is True
