import datetime as dt
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, transaction

from crm.core import history
from crm.core.bulk import copy_rows
from crm.core.models import Currency, ExchangeRate
from crm.users.models import Territory


def test_copied_rows_hold_what_was_given_and_their_defaults(db: None) -> None:
    euro = Currency.objects.get(code="EUR")
    rows = [(euro.pk, dt.date(2026, 1, day), Decimal("1.2345678901")) for day in range(1, 4)]
    assert copy_rows(ExchangeRate, ["currency", "valid_from", "rate"], rows) == 3
    assert list(ExchangeRate.objects.order_by("valid_from").values_list("valid_from__day", "rate")) == [
        (1, Decimal("1.2345678901")),
        (2, Decimal("1.2345678901")),
        (3, Decimal("1.2345678901")),
    ]


def test_awkward_text_arrives_unchanged(db: None) -> None:
    awkward = ["tab\there", "line\nbreak", "back\\slash", "\\N", '"quoted"', "Ω € 🙂", ""]
    rows = [(f"name {number}", text) for number, text in enumerate(awkward)]
    copy_rows(Territory, ["name", "description"], rows)
    assert list(Territory.objects.order_by("name").values_list("description", flat=True)) == awkward


def test_a_bad_row_leaves_none_of_them(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(Territory, ["name", "description"], [("Coast", ""), ("Coast", "")])
    with pytest.raises(DataError), transaction.atomic():
        copy_rows(Territory, ["name", "description"], [("x" * 101, "")])
    assert Territory.objects.count() == 0


def test_copied_rows_are_in_history(db: None) -> None:
    with history.action("territory.copied"):
        copy_rows(Territory, ["name", "description"], [(f"T{number}", "") for number in range(1000)])
    events = history.event_model(Territory)._default_manager
    assert events.filter(pgh_label="insert", pgh_context__action="territory.copied").count() == 1000


def test_nothing_to_copy_is_no_error(db: None) -> None:
    assert copy_rows(Territory, ["name"], []) == 0
