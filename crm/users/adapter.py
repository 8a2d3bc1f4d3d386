"""What Throughline changes about allauth: nobody signs up, and signing in is named in history."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from crm.core import history
from crm.users.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        with history.action("user.signed_in", actor=user):
            super().login(request, user)

    def set_password(self, user: User, password: str) -> None:
        """Also after a forgotten one, when nobody is signed in yet."""
        with history.action("user.password_changed", actor=user):
            super().set_password(user, password)
