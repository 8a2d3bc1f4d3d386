"""Who a session belongs to."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from crm.users.models import User
from crm.users.reach import person_and_reach


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Signing in is allauth's; each request reads the person together with their rights."""

    def get_user(self, user_id: Any) -> Any:
        return person_and_reach(User, int(user_id))
