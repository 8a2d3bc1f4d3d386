"""Merges against each other and against what else happens to the records, at the same moment; and a merge cut short."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.core.deletion import delete_record
from crm.core.errors import Refusal
from crm.customers.models import Account, Contact
from crm.data.merge.references import business_tables
from crm.data.merge.registry import known
from crm.data.merge.services import merge_records
from crm.data.models import Merge
from leads.models import Lead
from leads.services.leads import disqualify_lead
from sales.models import Qualification
from sales.services.qualification import Use
from tests.factories.cast import Cast, make_cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_lead
from tests.factories.opportunities import qualify
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def merging(master: Any, loser: Any, actor: Any) -> Callable[[], Any]:
    return lambda: merge_records(
        model=type(master), master_id=master.pk, loser_ids=[loser.pk], actor=actor, at=timezone.now()
    )


def _refused(answers: list[Any]) -> int:
    """Anything but a refusal is an error of ours."""
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(error, Refusal) for error in errors), errors
    return len(errors)


def test_of_two_that_are_merged_into_each_other_one_remains(cast: Cast) -> None:
    for _round in range(3):
        a, b = (AccountFactory.create(name=name, owner=cast.rep_a) for name in "AB")
        contact = ContactFactory.create(account=b, owner=cast.rep_a)

        answers = at_once([merging(a, b, cast.rep_a), merging(b, a, cast.rep_a)] * 3)

        assert _refused(answers) == 5
        [left] = Account.objects.filter(pk__in=[a.pk, b.pk])
        contact.refresh_from_db()
        assert contact.account_id == left.pk


def test_a_link_that_is_set_elsewhere_while_a_merge_begins_stays_there(cast: Cast) -> None:
    master, loser, third = (AccountFactory.create(name=name, owner=cast.rep_a) for name in "ABC")
    contact = ContactFactory.create(account=loser, owner=cast.rep_a)
    is_set = threading.Event()

    def setting() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            Contact.objects.filter(pk=contact.pk).update(account=third)
            is_set.set()
            for _try in range(200):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone() != (0,):
                    break
                time.sleep(0.02)

    def merging_then() -> Any:
        assert is_set.wait(10)
        return merging(master, loser, cast.rep_a)()

    assert not _refused(at_once([setting, merging_then]))
    contact.refresh_from_db()
    assert contact.account_id == third.pk


def test_a_ring_of_merges_leaves_one_to_which_all_points(cast: Cast) -> None:
    accounts = [AccountFactory.create(name=name, owner=cast.rep_a) for name in "ABCD"]
    people = [ContactFactory.create(account=account, owner=cast.rep_a) for account in accounts]
    ring = zip(accounts, [*accounts[1:], accounts[0]], strict=True)

    _refused(at_once([merging(master, loser, cast.rep_a) for master, loser in ring]))

    alive = set(Account.objects.values_list("pk", flat=True))
    assert {Contact.objects.get(pk=one.pk).account_id for one in people} <= alive
    assert len(alive) == 4 - Merge.objects.count()


def test_a_lead_is_merged_or_qualified_or_disqualified_or_deleted(cast: Cast) -> None:
    lead, other = (make_lead(cast.rep_a, email=f"{name}@x.example") for name in "ab")
    account, twin = (AccountFactory.create(name=name, owner=cast.rep_a) for name in ("One", "Two"))
    acts: list[Callable[[], Any]] = [
        merging(other, lead, cast.rep_a),
        merging(account, twin, cast.rep_a),
        lambda: qualify(lead, account=Use(record_id=twin.pk), actor=cast.rep_a),
        lambda: disqualify_lead(lead_id=lead.pk, reason="lost", actor=cast.rep_a, at=timezone.now()),
        lambda: delete_record(model=Lead, record_id=lead.pk, actor=cast.rep_a, at=timezone.now()),
    ]
    _refused(at_once(acts))

    lead = Lead.with_bin.get(pk=lead.pk)
    merged = Merge.objects.filter(losers__record_id=lead.pk, noun="leads.lead").count()
    qualified = Qualification.objects.filter(lead=lead).count()
    assert merged + qualified + (lead.state == "disqualified") <= 1 + (lead.deleted_at is not None and not merged)
    if Merge.objects.filter(losers__record_id=twin.pk, noun="customers.account").exists():
        results = Qualification.objects.filter(lead=lead).values_list("results__account", flat=True)
        assert twin.pk not in set(results)


def test_a_merge_that_is_cut_short_leaves_no_half(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = (AccountFactory.create(name=name, owner=cast.rep_a) for name in "AB")
    ContactFactory.create(account=b, owner=cast.rep_a)
    before = {model: sorted(map(repr, model._base_manager.values_list())) for model in business_tables()}

    class Killed(BaseException):
        """Nothing catches it, as nothing catches a killed process."""

    def kill(_records: Any) -> None:
        raise Killed

    for derived in known.derived.values():
        monkeypatch.setitem(known.derived, derived.key.model, type(derived)(derived.key, kill))
    with pytest.raises(Killed):
        merging(a, b, cast.rep_a)()

    assert {model: sorted(map(repr, model._base_manager.values_list())) for model in business_tables()} == before
