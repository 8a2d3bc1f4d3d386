"""Where the hosted page of a lead form stands, and who may frame it."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.csp import CSP

from leads.capture.captcha import CaptchaService
from leads.capture.redirects import allowed_host
from leads.models import CaptureForm


def page_address(form: CaptureForm) -> str:
    return f"{settings.BASE_URL}{reverse('leads:hosted_form', args=[form.key])}"


def post_address(form: CaptureForm) -> str:
    return f"{settings.BASE_URL}{reverse('leads:capture', args=[form.key])}"


def thanks_address(form_key: str) -> str:
    return f"{settings.BASE_URL}{reverse('leads:hosted_thanks', args=[form_key])}"


def policy(hosts: Iterable[str], captcha: CaptchaService | None) -> dict[str, list[str]]:
    """The policy of a hosted page. An entry that names no host adds nothing, whatever stands in it."""
    usual: dict[str, list[str]] = settings.SECURE_CSP  # type: ignore[assignment]  # Django's own type says nothing
    rules = {name: list(sources) for name, sources in usual.items()}
    rules["frame-ancestors"] = [CSP.SELF, *_origins(hosts)]
    rules["script-src"] = [CSP.SELF]
    if captcha is not None:
        for name in ("script-src", "style-src", "connect-src", "frame-src"):
            rules[name] = [*rules.get(name, [CSP.SELF]), *captcha.hosts]
    return rules


def _origins(hosts: Iterable[str]) -> Iterable[str]:
    for entry in hosts:
        host = allowed_host(entry)
        if host and "[" not in host:
            yield f"https://*{host}" if host.startswith(".") else f"https://{host}"
            if host.startswith("."):
                yield f"https://{host[1:]}"
