"""A form sent twice takes effect once. The form here is a request that makes a territory."""

import datetime as dt
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from crm.core.errors import Conflict, Invalid
from crm.core.idempotency import FIELD, forget_old_keys, new_key, run_once
from crm.users.models import IdempotencyKey, Territory, User
from tests.factories.cast import Cast
from tests.factories.users import UserFactory
from tests.together import at_once


def sent(user: User, key: str, name: str = "Coast", path: str = "/territories/new/") -> HttpRequest:
    request = RequestFactory().post(path, {"name": name, FIELD: key, "csrfmiddlewaretoken": new_key()})
    request.user = user
    return request


def make(request: HttpRequest) -> str:
    return run_once(request, lambda: f"/territories/{Territory.objects.create(name=request.POST['name']).pk}/")


def test_the_second_answer_is_the_first_one_again(cast: Cast) -> None:
    key = new_key()
    first = make(sent(cast.rep_a, key))
    assert make(sent(cast.rep_a, key)) == first == f"/territories/{Territory.objects.get().pk}/"


def test_another_form_makes_another_record(cast: Cast) -> None:
    make(sent(cast.rep_a, new_key()))
    make(sent(cast.rep_a, new_key(), name="Hills"))
    assert Territory.objects.count() == 2


def test_the_same_key_of_another_person_is_another_form(cast: Cast) -> None:
    key = new_key()
    make(sent(cast.rep_a, key))
    make(sent(cast.rep_b, key, name="Hills"))
    assert Territory.objects.count() == 2


@pytest.mark.parametrize("changed", [{"name": "Hills"}, {"path": "/elsewhere/"}])
def test_the_same_key_with_other_values_is_refused(cast: Cast, changed: dict[str, Any]) -> None:
    key = new_key()
    make(sent(cast.rep_a, key))
    with pytest.raises(Conflict, match="already sent with other values"):
        make(sent(cast.rep_a, key, **changed))
    assert [territory.name for territory in Territory.objects.all()] == ["Coast"]


@pytest.mark.django_db(transaction=True)
def test_a_refused_form_may_be_corrected_under_its_key() -> None:
    user, key = UserFactory.create(), new_key()

    def refuse() -> str:
        Territory.objects.create(name="half")
        raise Invalid("No.")

    with pytest.raises(Invalid):
        run_once(sent(user, key), refuse)
    assert (Territory.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
    make(sent(user, key, name="Hills"))
    assert [territory.name for territory in Territory.objects.all()] == ["Hills"]


def test_a_form_without_a_key_is_done_each_time(cast: Cast) -> None:
    make(sent(cast.rep_a, ""))
    make(sent(cast.rep_a, "", name="Hills"))
    assert (Territory.objects.count(), IdempotencyKey.objects.count()) == (2, 0)


def test_keys_are_forgotten_after_a_week(cast: Cast) -> None:
    make(sent(cast.rep_a, new_key()))
    now = timezone.now()
    assert forget_old_keys(now + dt.timedelta(days=6, hours=23)) == 0
    assert forget_old_keys(now + dt.timedelta(days=7, hours=1)) == 1
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_make_one_record() -> None:
    user, key = UserFactory.create(), new_key()
    answers = at_once([lambda: make(sent(user, key))] * 10)
    assert Territory.objects.count() == 1
    assert answers == [f"/territories/{Territory.objects.get().pk}/"] * 10
