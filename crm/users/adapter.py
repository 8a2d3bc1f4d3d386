"""What Throughline changes about allauth: nobody signs up, and nothing depends on what the request says of itself."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.errors import TooMany
from crm.users.models import User
from crm.users.sessions import DEVICE
from crm.users.start_pages import start_url


@dataclass(frozen=True, slots=True)
class _Site:
    """What mail calls us: by the address that people use, whatever Host the request came with."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        with history.action("user.signed_in", actor=user):
            super().login(request, user)
        request.session[DEVICE] = request.META.get("HTTP_USER_AGENT", "")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where nobody asked for a page: the one that the person has chosen to start with."""
        return start_url(request.user)

    def set_password(self, user: User, password: str) -> None:
        """Also after a forgotten one, when nobody is signed in yet."""
        with history.action("user.password_changed", actor=user):
            super().set_password(user, password)

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of ours: other names that this server answers to, such as localhost, are other places."""
        path = url or ""
        return path.startswith("/") and path.isprintable() and url_has_allowed_host_and_scheme(path, allowed_hosts=None)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Too many attempts are refused as a whole, with 429 instead of a form that looks as if it had been read."""
        if code == "too_many_login_attempts":
            raise TooMany(_("There were too many attempts to sign in. Wait five minutes, then try again."))
        error: ValidationError = super().validation_error(code, *args)
        return error

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Attempts are counted by person: allauth's key would begin anew with each spelling, address and port."""
        said = str(credentials.get("email") or credentials.get("username") or "").lower()
        people = User.objects.annotate(small=Lower("username")).filter(Q(small=said) | Q(email=said))
        person = people.order_by("pk").values_list("pk", flat=True).first()
        return f"person {person}" if person else f"nobody {said}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link goes to a mailbox, so its host must not come from whoever asked for it."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.BASE_URL}{path.replace('UID-KEY', key)}"

    def format_email_subject(self, subject: str) -> str:
        return f"{_site().name}: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Also without a request, from a task."""
        self.render_mail(template_prefix, email, {**context, "email": email, "current_site": _site()}).send()


def _site() -> _Site:
    return _Site(name="Throughline", domain=urlsplit(settings.BASE_URL).netloc)
