"""The record that something was closed stays with what was closed."""

from typing import Any

import pytest
from django.utils import timezone

from activities.models import Activity
from activities.regarding import Ref
from activities.services.activities import change_regarding
from activities.services.closing import Closing, record_closes
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.errors import Conflict
from crm.customers.models import Account
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory

pytestmark = pytest.mark.django_db


def act() -> dict[str, Any]:
    return {"actor": SYSTEM, "at": timezone.now()}


def test_it_moves_to_no_other_record(cast: Cast) -> None:
    closed, other = (AccountFactory.create(owner=cast.rep_a) for _count in range(2))
    record = record_closes(closings=[Closing(regarding=closed, subject="Won")], **act())[0]
    with pytest.raises(Conflict, match="stays with that record"):
        change_regarding(activity_id=record.pk, regarding=Ref.to(other), **act())
    assert Activity.objects.get().regarding_id == closed.pk


def test_it_goes_into_the_bin_only_with_what_was_closed(cast: Cast) -> None:
    closed = AccountFactory.create(owner=cast.rep_a)
    record = record_closes(closings=[Closing(regarding=closed, subject="Won")], **act())[0]
    with pytest.raises(Conflict) as refusal:
        delete_record(model=Activity, record_id=record.pk, **act())
    assert refusal.value.details == ("This says that something was closed, which stays as its history.",)
    assert Activity.objects.count() == 1
    delete_record(model=Account, record_id=closed.pk, **act())
    assert Activity.objects.count() == 0
