"""The first start: a one-time link, and the organisation with its first administrator."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.core.actors import SYSTEM, Actor
from crm.core.errors import NotFound
from crm.core.foundations import lay_foundations
from crm.core.history import action
from crm.core.models import Currency, Organisation
from crm.core.transactions import service
from crm.users.models import BusinessUnit, Role, SetupToken, User, UserRole
from crm.users.rights import ADMINISTRATOR


@dataclass(frozen=True, kw_only=True)
class FirstStart:
    """What the set-up page asks for. `login`, `email` and `password` are those of the administrator."""

    organisation: str
    base_currency: Currency
    time_zone: str
    name: str
    email: str
    login: str
    password: str


def make_setup_token() -> str | None:
    """A new token, or None when somebody can sign in already. Only its hash is kept."""
    if User.objects.exists():
        return None
    token = secrets.token_urlsafe(32)
    with action("setup.link_made", actor=SYSTEM):
        SetupToken.objects.create(token_hash=_hash(token))
    return token


def is_setup_open(token: str) -> bool:
    return SetupToken.objects.filter(token_hash=_hash(token)).exists() and not User.objects.exists()


@service("organisation.set_up")
def set_up_organisation(*, token: str, first_start: FirstStart, actor: Actor, at: dt.datetime) -> User:
    """Fill in the organisation and make its first administrator; every link is used up afterwards."""
    # All links are locked, so that two people with two links make one administrator.
    hashes = list(SetupToken.objects.select_for_update().order_by("pk").values_list("token_hash", flat=True))
    if _hash(token) not in hashes or User.objects.exists():
        raise NotFound(_("This link has been used or was never valid."))
    lay_foundations()
    _fill_organisation(first_start)
    user = _make_administrator(first_start)
    SetupToken.objects.all().delete()
    return user


def _fill_organisation(first_start: FirstStart) -> None:
    organisation = Organisation.load()
    organisation.name = first_start.organisation
    organisation.base_currency = first_start.base_currency
    organisation.time_zone = first_start.time_zone
    organisation.save()


def _make_administrator(first_start: FirstStart) -> User:
    unit = BusinessUnit.objects.filter(parent=None).order_by("pk").first()
    if unit is None:
        unit = BusinessUnit.objects.create(name=first_start.organisation[:100])
    user = User.objects.create_user(
        first_start.login,
        first_start.password,
        name=first_start.name,
        email=first_start.email,
        business_unit=unit,
        is_administrator=True,
    )
    UserRole.objects.create(user=user, role=Role.objects.get(name=ADMINISTRATOR))
    return user


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
