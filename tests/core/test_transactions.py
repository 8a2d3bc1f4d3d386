import datetime as dt
import threading

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from crm.core.actors import SYSTEM, Actor
from crm.core.errors import Conflict, IllegalMove
from crm.core.transactions import in_one_piece, retried, service
from crm.users.models import Territory
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.together import at_once

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


class Deadlock(Exception):
    sqlstate = "40P01"


def pushed_aside(sqlstate: str = "40P01") -> OperationalError:
    error = OperationalError("deadlock detected")
    cause = Deadlock()
    cause.sqlstate = sqlstate
    error.__cause__ = cause
    return error


@service("territory.named")
def name_territory(*, name: str, actor: Actor, at: dt.datetime) -> Territory:
    territory = Territory.objects.create(name=name)
    if name == "refused":
        raise Conflict("No.")
    return territory


@service("territory.pair_named")
def name_two(*, second: str, actor: Actor, at: dt.datetime) -> list[Territory]:
    made = [name_territory(name="first", actor=actor, at=at)]
    try:
        made.append(name_territory(name=second, actor=actor, at=at))
    except Conflict:
        made.append(name_territory(name="instead", actor=actor, at=at))
    return made


@service("lead.reopened_by_hand")
def reopen_by_hand(*, lead_id: int, actor: Actor, at: dt.datetime) -> None:
    Lead.objects.get(pk=lead_id).reopen()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_leaves_nothing_behind() -> None:
    with pytest.raises(Conflict):
        name_territory(name="refused", actor=SYSTEM, at=AT)
    assert Territory.objects.count() == 0


def test_a_refusal_caught_inside_undoes_only_its_own_part(db: None) -> None:
    name_two(second="refused", actor=SYSTEM, at=AT)
    assert sorted(Territory.objects.values_list("name", flat=True)) == ["first", "instead"]


@service("territory.pair_named_in_one_piece")
def name_two_in_one_piece(*, second: str, actor: Actor, at: dt.datetime) -> None:
    with in_one_piece():
        name_two(second=second, actor=actor, at=at)


def test_in_one_piece_a_refusal_caught_inside_undoes_everything(db: None) -> None:
    with pytest.raises(TransactionManagementError):
        name_two_in_one_piece(second="refused", actor=SYSTEM, at=AT)
    assert Territory.objects.count() == 0


def test_in_one_piece_the_services_inside_need_no_savepoints(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        name_two_in_one_piece(second="second", actor=SYSTEM, at=AT)
    assert sum(query["sql"].count("RELEASE SAVEPOINT") for query in queries) == 1
    assert sorted(Territory.objects.values_list("name", flat=True)) == ["first", "second"]


def test_a_move_that_the_machine_refuses_becomes_a_sentence(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    with pytest.raises(IllegalMove, match=r"This lead is open \(New\)"):
        reopen_by_hand(lead_id=lead.pk, actor=SYSTEM, at=AT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_work_pushed_aside_is_tried_three_times(sqlstate: str) -> None:
    tries: list[int] = []

    def succeed_at_last() -> str:
        Territory.objects.create(name=f"try {len(tries)}")
        tries.append(1)
        if len(tries) < 3:
            raise pushed_aside(sqlstate)
        return "done"

    assert retried(succeed_at_last) == "done"
    assert [territory.name for territory in Territory.objects.all()] == ["try 2"]


@pytest.mark.django_db(transaction=True)
def test_work_pushed_aside_a_third_time_is_refused() -> None:
    tries: list[int] = []

    def never() -> None:
        tries.append(1)
        raise pushed_aside()

    with pytest.raises(Conflict, match="Please try again"):
        retried(never)
    assert len(tries) == 3


@pytest.mark.django_db(transaction=True)
def test_other_errors_are_not_tried_again() -> None:
    tries: list[int] = []

    def broken() -> None:
        tries.append(1)
        raise OperationalError("the server has gone away")

    with pytest.raises(OperationalError, match="gone away"):
        retried(broken)
    assert len(tries) == 1


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_the_outer_one_is_repeated_whole() -> None:
    outer: list[int] = []

    def once_more() -> str:
        outer.append(1)
        if len(outer) == 1:
            retried(lambda: (_ for _ in ()).throw(pushed_aside()))
        return "done"

    assert retried(once_more) == "done"
    assert len(outer) == 2


@pytest.mark.django_db(transaction=True)
def test_a_real_deadlock_is_solved_by_trying_again() -> None:
    """Two works lock the same two rows in opposite order, and wait for each other once."""
    coast, hills = Territory.objects.create(name="coast"), Territory.objects.create(name="hills")
    both_have_one = threading.Barrier(2)
    tries: list[str] = []

    def change(first: Territory, second: Territory, mark: str) -> str:
        tries.append(mark)
        Territory.objects.filter(pk=first.pk).update(description=mark)
        if tries.count(mark) == 1:
            both_have_one.wait(5)
        Territory.objects.filter(pk=second.pk).update(description=mark)
        return mark

    works = [lambda: retried(lambda: change(coast, hills, "a")), lambda: retried(lambda: change(hills, coast, "b"))]
    assert at_once(works) == ["a", "b"]
    assert len(tries) == 3
    coast.refresh_from_db()
    hills.refresh_from_db()
    assert coast.description == hills.description


def test_a_service_runs_in_one_transaction(db: None) -> None:
    seen: list[bool] = []

    @service("territory.looked_at")
    def look(*, actor: Actor, at: dt.datetime) -> None:
        seen.append(transaction.get_connection().in_atomic_block)

    look(actor=SYSTEM, at=AT)
    assert seen == [True]
