"""A record that is inserted by the compiled statement is the same as one that Django has saved."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crm.core.history import action, events_of
from crm.core.inserting import insert
from crm.core.models import Currency
from crm.users.services.ownership import owner_fields
from leads.models import CapturedPost, Lead
from leads.values import settle
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
_DIFFERS = {"id", "number", "created_at", "updated_at"}


def lead(cast: Cast, number: str, **values: Any) -> Lead:
    made = Lead(**owner_fields(cast.rep_a), number=number, **values)
    settle(made)
    return made


@pytest.mark.parametrize(
    "values",
    [
        {"last_name": "Ames"},
        {
            "last_name": "O'Hara %s \\ \u202e",
            "custom": {"a": ["ü", None, 1.5], "b": "it's"},
            "tags": [3, 5],
            "employees": 0,
            "annual_revenue": Decimal("12.5000"),
            "estimated_close_on": dt.date(2026, 2, 28),
            "consent_at": AT,
            "do_not_email": True,
            "score": -1 + 1,
        },
    ],
)
def test_it_stores_what_saving_stores(cast: Cast, values: dict[str, Any]) -> None:
    currency = Currency.objects.get(code="EUR")
    saved, inserted = (lead(cast, f"LEAD-{number}", currency=currency, **values) for number in (1, 2))
    with action("lead.created", actor=cast.rep_b):
        saved.save(force_insert=True)
        insert(inserted)

    rows = list(Lead.objects.order_by("pk").values())
    assert [row["id"] for row in rows] == [saved.pk, inserted.pk]
    first, second = ({name: value for name, value in row.items() if name not in _DIFFERS} for row in rows)
    assert first == second
    stored = Lead.objects.get(pk=inserted.pk)
    assert (stored.created_by, stored.version) == (cast.rep_b, 1)
    assert (inserted.version, inserted.created_at, inserted._state.adding) == (1, stored.created_at, False)
    (event,) = events_of(inserted)
    assert (event.pgh_label, event.pgh_context["action"]) == ("insert", "lead.created")  # type: ignore[attr-defined]
    inserted.topic = "Changed"
    inserted.save()
    assert Lead.objects.filter(topic="Changed").count() == 1


def test_bytes_arrays_and_addresses_are_kept() -> None:
    post = CapturedPost(
        path="/capture/x/", body=b"\x00\xff'%s", headers={"a": "b"}, fields=[["k", ["v"]]], flags=["one", "it's"],
        verdict="unknown_form", remote_address="2001:db8::1", received_at=AT,
    )  # fmt: skip
    insert(post)
    kept = CapturedPost.objects.get()
    assert (bytes(kept.body), kept.headers, kept.fields) == (b"\x00\xff'%s", {"a": "b"}, [["k", ["v"]]])
    assert (kept.flags, kept.remote_address, kept.received_at) == (["one", "it's"], "2001:db8::1", AT)
    assert (kept.reasons, kept.spam_score, kept.lead, kept.error) == ([], 0, None, "")


def test_what_the_database_refuses_is_refused_as_ever(cast: Cast) -> None:
    insert(lead(cast, "LEAD-1", last_name="Ames"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(lead(cast, "LEAD-1", last_name="Ames"))
    assert Lead.objects.count() == 1
