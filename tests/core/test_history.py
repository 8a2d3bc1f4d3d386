"""Every way to write leaves an event that names who did what."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.tasks import task
from django.urls import reverse
from django.utils import timezone

from crm.core import history
from crm.core.actors import SYSTEM, Actor
from crm.core.bulk import copy_rows
from crm.core.transactions import service
from crm.customers.models import Account
from crm.users.models import Territory
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory
from tests.fixtures import ClientFor

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def newest(model: Any) -> Any:
    return history.event_model(model)._default_manager.latest("pgh_id")


def who_did_what(event: Any) -> tuple[str, int | None, str]:
    context = event.pgh_context
    return context["action"], context["user"], context["actor_kind"]


@service("territory.split")
def split_territory(*, name: str, actor: Actor, at: dt.datetime) -> None:
    Territory.objects.create(name=f"{name} before")
    name_territory(name=name, actor=SYSTEM, at=at)
    Territory.objects.create(name=f"{name} after")


@service("territory.named")
def name_territory(*, name: str, actor: Actor, at: dt.datetime) -> None:
    Territory.objects.create(name=name)


@task
@history.action("territory.tidied", actor=SYSTEM)
def tidy_territories() -> None:
    Territory.objects.update(description="tidied")


def by_form(cast: Cast, client_for: ClientFor) -> tuple[Any, str]:
    account = AccountFactory.create(owner=cast.rep_a)
    response = client_for(cast.rep_a).post(f"/accounts/{account.pk}/deactivate/", {"status_reason": "inactive"})
    assert response.status_code == 302, response.content.decode()
    return Account, "account.deactivated"


def by_admin(cast: Cast, client_for: ClientFor) -> tuple[Any, str]:
    client_for(cast.rep_a).post(reverse("admin:users_territory_add"), {"name": "Coast"})
    return Territory, "admin.edited"


def by_service(cast: Cast, client_for: ClientFor) -> tuple[Any, str]:
    name_territory(name="Coast", actor=cast.rep_a, at=AT)
    return Territory, "territory.named"


def by_bulk_create(cast: Cast, client_for: ClientFor) -> tuple[Any, str]:
    with history.action("territory.imported", actor=cast.rep_a):
        Territory.objects.bulk_create([Territory(name="Coast"), Territory(name="Hills")])
    return Territory, "territory.imported"


def by_update(cast: Cast, client_for: ClientFor) -> tuple[Any, str]:
    Territory.objects.create(name="Coast")
    with history.action("territory.described", actor=cast.rep_a):
        Territory.objects.update(description="the sea")
    return Territory, "territory.described"


def by_copy(cast: Cast, client_for: ClientFor) -> tuple[Any, str]:
    with history.action("territory.copied", actor=cast.rep_a):
        assert copy_rows(Territory, ["name", "description"], [("Coast", ""), ("Hills", "")]) == 2
    return Territory, "territory.copied"


def by_delete(cast: Cast, client_for: ClientFor) -> tuple[Any, str]:
    territory = Territory.objects.create(name="Coast")
    with history.action("territory.deleted", actor=cast.rep_a):
        territory.delete()
    return Territory, "territory.deleted"


@pytest.mark.parametrize(
    "way", [by_form, by_admin, by_service, by_bulk_create, by_update, by_copy, by_delete], ids=lambda way: way.__name__
)
def test_every_way_to_write_names_actor_and_action(
    cast: Cast, client_for: ClientFor, way: Callable[[Cast, ClientFor], tuple[Any, str]]
) -> None:
    cast.rep_a.is_administrator = way is by_admin
    cast.rep_a.save()
    model, action = way(cast, client_for)
    assert who_did_what(newest(model)) == (action, cast.rep_a.pk, "user")


def test_a_service_inside_a_service_names_its_own_rows_only(cast: Cast) -> None:
    split_territory(name="Coast", actor=cast.rep_a, at=AT)
    events: Any = history.event_model(Territory)._default_manager.order_by("pgh_id")
    assert [(event.name, *who_did_what(event)) for event in events] == [
        ("Coast before", "territory.split", cast.rep_a.pk, "user"),
        ("Coast", "territory.named", None, "system"),
        ("Coast after", "territory.split", cast.rep_a.pk, "user"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_task_in_a_worker_names_itself() -> None:
    Territory.objects.create(name="Coast")
    tidy_territories.enqueue()
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    event = newest(Territory)
    assert (event.description, *who_did_what(event)) == ("tidied", "territory.tidied", None, "system")


def test_a_request_is_named_by_its_id(cast: Cast, client_for: ClientFor) -> None:
    response = client_for(cast.administrator).post(reverse("admin:users_territory_add"), {"name": "Coast"})
    assert newest(Territory).pgh_context["request"] == response["X-Request-ID"]


def test_an_event_of_each_change_keeps_the_values_of_its_moment(cast: Cast) -> None:
    with history.action("territory.made", actor=cast.rep_a):
        territory = Territory.objects.create(name="Coast")
        territory.name = "Hills"
        territory.save()
        territory.save()
    events = [(event.pgh_label, event.name) for event in history.events_of(territory)]  # type: ignore[attr-defined]  # columns of the event
    assert events == [("update", "Hills"), ("insert", "Coast")]


def test_an_update_of_many_rows_leaves_one_event_a_row(cast: Cast) -> None:
    with history.action("territory.made", actor=cast.rep_a):
        Territory.objects.bulk_create(Territory(name=f"T{number}") for number in range(50))
        Territory.objects.filter(name__lt="T2").update(description="few")
    events = history.event_model(Territory)._default_manager
    assert events.filter(pgh_label="insert").count() == 50
    assert events.filter(pgh_label="update").count() == Territory.objects.filter(description="few").count() == 12


def test_stamps_follow_every_way_to_write(cast: Cast) -> None:
    with history.action("account.made", actor=cast.rep_a):
        (account,) = Account.objects.bulk_create([AccountFactory.build(owner=cast.rep_a)])
    with history.action("account.changed", actor=cast.rep_b):
        Account.objects.filter(pk=account.pk).update(phone="1")
    account.refresh_from_db()
    assert (account.created_by, account.updated_by, account.version) == (cast.rep_a, cast.rep_b, 2)
    assert abs(account.updated_at - timezone.now()) < dt.timedelta(minutes=1)


def test_a_row_saved_without_a_change_keeps_its_version(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    with history.action("account.changed", actor=cast.rep_b):
        account.save()
    account.refresh_from_db()
    assert (account.version, account.updated_by) == (1, None)


def test_the_outer_action_speaks_again_after_the_inner_one(cast: Cast) -> None:
    with history.action("outer.act", actor=cast.rep_a, request_id="r1"):
        with history.action("inner.act"):
            assert history.current() == {
                "action": "inner.act",
                "user": cast.rep_a.pk,
                "actor_kind": "user",
                "actor": "Anna North",
                "request": "r1",
            }
        assert history.current()["action"] == "outer.act"
    assert history.current() == {}
