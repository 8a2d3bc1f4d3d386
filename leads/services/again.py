"""The same person again: which open lead a post belongs to, decided once however many posts come at once."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Q

from crm.customers import keys
from leads.models import Lead


def open_lead_of(values: Mapping[str, Any]) -> Lead | None:
    """The newest open lead with the e-mail address of these columns, else with a phone of theirs; None without one.

    A phone alone says nothing where both have an address and the addresses differ: colleagues share a switchboard.
    Until the transaction ends, others with the same address or phone wait here, so that two posts make one lead.
    """
    email = keys.email_key(str(values.get("email", "")))
    phones = {keys.phone_key(str(values.get(name, ""))) for name in ("phone", "mobile")} - {""}
    if not email and not phones:
        return None
    _wait_for_others([*([f"email {email}"] if email else []), *(f"phone {phone}" for phone in phones)])
    return (email and _newest(Q(email_key=email))) or (phones and _with_phone(phones, email)) or None


def _with_phone(phones: set[str], email: str) -> Lead | None:
    alike = Q(phone_e164__in=phones) | Q(mobile_e164__in=phones)
    return _newest(alike & Q(email_key="") if email else alike)


def _newest(condition: Q) -> Lead | None:
    rows: Any = Lead.objects.filter(condition, state="open")
    found: Lead | None = rows.order_by("-pk").first()
    return found


def _wait_for_others(names: list[str]) -> None:
    """Advisory locks in one order, so that nobody waits in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name ORDER BY name",
            [sorted(names)],
        )
