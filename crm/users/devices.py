"""Where a person is signed in: their sessions, by the names that browsers give themselves."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from crm.users.models import Session

_MOST = 20
# The first that fits: a browser calls itself by the names of those that it is like, too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    seen_at: dt.datetime
    is_this: bool


def devices_of(person: Any, session_key: str) -> Sequence[Device]:
    """This one first, then the newest; without those that a new password or the person has ended."""
    alive = Session.objects.filter(person=person.pk, expire_date__gt=timezone.now()).order_by("-seen_at")[:_MOST]
    hashed = person.get_session_auth_hash()
    found = [
        Device(device_words(session.device), session.seen_at, session.session_key == session_key)
        for session in alive
        if constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), hashed)
    ]
    return sorted(found, key=lambda device: not device.is_this)


def device_words(agent: str) -> str:
    """`Firefox on Windows`, as well as it can be told."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")
