"""What people choose for themselves."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from crm.core.errors import Invalid
from crm.core.transactions import service
from crm.core.values import set_values
from crm.core.writing import CHOICES
from crm.users.models import User
from crm.users.start_pages import start_pages

SETTINGS = ("time_zone", "language", *CHOICES, "theme", "density", "start_page")


@service("settings.changed")
def change_settings(*, values: Mapping[str, Any], actor: User, at: dt.datetime) -> User:
    """Of the actor alone. `values` are some of `SETTINGS`; what is empty follows the organisation."""
    person = _locked(actor)
    start_page = values.get("start_page", "")
    if start_page and start_page not in dict(start_pages(person)):
        raise Invalid(_("There is no such page for you. Choose another one."), field="start_page")
    set_values(person, values, SETTINGS)
    person.save(update_fields=list(values))
    return person


@service("sessions.ended")
def end_other_sessions(*, session_key: str, actor: User, at: dt.datetime) -> User:
    """Every session of this person ends but the one of this key, which the caller lets live on."""
    person = _locked(actor)
    person.session_seed = get_random_string(32)
    person.save(update_fields=["session_seed"])
    person.sessions.exclude(session_key=session_key).delete()
    return person


def _locked(actor: User) -> User:
    return User.objects.select_for_update().get(pk=actor.pk)
