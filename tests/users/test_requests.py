"""What each request reads of its session and its person."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.users.backend import PersonBackend
from crm.users.models import Session, User
from crm.users.reach import reach_of
from tests.factories.cast import Cast
from tests.factories.users import PASSWORD
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def test_the_person_of_a_session_is_the_one_that_the_table_holds(cast: Cast) -> None:
    User.objects.filter(pk=cast.rep_a.pk).update(
        job_title="Sales", phone="+49 30 1", time_zone="Asia/Tokyo", last_login=timezone.now()
    )
    person: Any = PersonBackend().get_user(cast.rep_a.pk)
    stored = User.objects.get(pk=cast.rep_a.pk)
    for field in User._meta.concrete_fields:
        assert getattr(person, field.attname) == getattr(stored, field.attname), field.name
    assert not person._state.adding
    assert reach_of(person) == reach_of(stored)
    assert reach_of(person) is not None


def test_nobody_is_behind_a_session_of_a_person_who_is_switched_off_or_gone(cast: Cast) -> None:
    User.objects.filter(pk=cast.rep_a.pk).update(is_active=False)
    assert PersonBackend().get_user(cast.rep_a.pk) is None
    assert PersonBackend().get_user(0) is None


def test_a_page_reads_its_session_and_its_person_in_two_queries(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    client.get("/search/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/search/").status_code == 200
    read = [query["sql"] for query in queries if "users_session" in query["sql"] or "users_user" in query["sql"]]
    assert len(read) == len(queries) == 2, read


def test_a_session_that_has_run_out_or_is_unknown_signs_nobody_in(cast: Cast) -> None:
    client = Client()
    client.post("/login/", {"login": cast.rep_a.username, "password": PASSWORD})
    assert client.get("/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert client.get("/").status_code == 302
    client.cookies["sessionid"] = "x" * 32
    assert client.get("/").status_code == 302
    assert not Session.objects.filter(session_key="x" * 32).exists()
