import datetime as dt
import threading

import pytest
from django.db import transaction

from crm.core.errors import Invalid
from crm.core.models import NumberCounter, NumberSeries
from crm.core.numbering import take_gapless_number, take_number
from tests.together import at_once

DAY = dt.date(2026, 3, 2)


class Stop(Exception):
    """Undoes a transaction."""


def gapless(*, then_undo: bool = False) -> str:
    with transaction.atomic():
        number = take_gapless_number("invoice", on=DAY)
        if then_undo:
            raise Stop
    return number


def test_a_number_is_prefix_year_and_counter(db: None) -> None:
    assert take_number("quote", on=DAY) == "QUO-2026-00001"
    assert take_number("quote", on=DAY) == "QUO-2026-00002"
    assert take_number("order", on=DAY) == "ORD-2026-00001"
    assert take_gapless_number("invoice", on=DAY) == "INV-2026-00001"
    assert take_gapless_number("credit-note", on=DAY) == "CN-2026-00001"


def test_an_administrator_sets_prefix_and_width(db: None) -> None:
    NumberSeries.objects.filter(key="quote").update(prefix="ANG/", width=3)
    assert take_number("quote", on=DAY) == "ANG/2026-001"
    NumberSeries.objects.filter(key="invoice").update(width=1)
    assert [take_gapless_number("invoice", on=DAY) for _n in range(10)][-1] == "INV-2026-10"


def test_counting_starts_anew_each_year(db: None) -> None:
    assert take_number("quote", on=dt.date(2026, 12, 31)) == "QUO-2026-00001"
    assert take_number("quote", on=dt.date(2027, 1, 1)) == "QUO-2027-00001"
    assert take_gapless_number("invoice", on=dt.date(2026, 12, 31)) == "INV-2026-00001"
    assert take_gapless_number("invoice", on=dt.date(2027, 1, 1)) == "INV-2027-00001"


def test_a_date_before_the_last_one_of_its_series_is_refused(db: None) -> None:
    take_gapless_number("invoice", on=DAY)
    with pytest.raises(Invalid, match="cannot lie before 2026-03-02") as refusal:
        take_gapless_number("invoice", on=DAY - dt.timedelta(days=1))
    assert refusal.value.field == "issued_on"
    assert take_gapless_number("invoice", on=DAY) == "INV-2026-00002"


def test_a_date_in_last_year_is_refused_once_this_year_has_a_number(db: None) -> None:
    take_gapless_number("invoice", on=dt.date(2027, 1, 2))
    with pytest.raises(Invalid, match="cannot lie before 2027-01-02"):
        take_gapless_number("invoice", on=dt.date(2026, 12, 31))
    assert not NumberCounter.objects.filter(year=2026, value__gt=0).exists()


def test_demonstration_documents_count_for_themselves(db: None) -> None:
    assert take_gapless_number("demo-invoice", on=DAY) == "DEMO-INV-2026-00001"
    assert take_gapless_number("invoice", on=DAY) == "INV-2026-00001"


def test_an_unknown_series_is_an_error_of_the_program(db: None) -> None:
    for take in (take_number, take_gapless_number):
        with pytest.raises(NumberSeries.DoesNotExist):
            take("unknown", on=DAY)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_leave_no_gap_and_no_double() -> None:
    """One of them is undone in the middle, and its number goes to the next."""
    works = [lambda number=number: gapless(then_undo=number == 7) for number in range(20)]
    answers = at_once(works)
    undone = [answer for answer in answers if isinstance(answer, Stop)]
    numbers = sorted(answer for answer in answers if isinstance(answer, str))
    assert len(undone) == 1
    assert numbers == [f"INV-2026-{value:05d}" for value in range(1, 20)]
    assert gapless() == "INV-2026-00020"


@pytest.mark.django_db(transaction=True)
def test_a_number_that_was_undone_is_given_again_in_the_order_of_commits() -> None:
    taken, released = threading.Event(), threading.Event()

    def slow() -> str:
        with transaction.atomic():
            number = take_gapless_number("invoice", on=DAY)
            taken.set()
            released.wait(5)
        return number

    def quick() -> str:
        taken.wait(5)
        threading.Timer(0.2, released.set).start()
        return gapless()

    assert at_once([slow, quick]) == ["INV-2026-00001", "INV-2026-00002"]


@pytest.mark.django_db(transaction=True)
def test_twenty_first_comers_of_a_year_get_twenty_numbers() -> None:
    day = dt.date(2031, 1, 1)
    answers = at_once([lambda: take_number("lead", on=day)] * 20)
    assert sorted(map(str, answers)) == [f"LEAD-2031-{value:05d}" for value in range(1, 21)]


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_number_of_a_sequence() -> None:
    """A creation that takes long keeps its number to itself, and others go on."""
    take_number("quote", on=DAY)
    taken, others_done = threading.Event(), threading.Event()

    def slow() -> bool:
        with transaction.atomic():
            take_number("quote", on=DAY)
            taken.set()
            return others_done.wait(5)

    def quick() -> bool:
        taken.wait(5)
        take_number("quote", on=DAY)
        others_done.set()
        return True

    assert at_once([slow, quick]) == [True, True]
