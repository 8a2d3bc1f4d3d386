"""Many at once on the same lead: one result, and nobody sees a deadlock."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.errors import IllegalMove, Refusal
from crm.customers.models import Account, Contact
from leads.models import Lead
from leads.services.leads import disqualify_lead, reopen_lead
from sales.models import Opportunity, Qualification, QualificationResult
from tests.factories.cast import make_cast
from tests.factories.leads import make_lead
from tests.factories.opportunities import qualify

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 20


def _at_once(acts: list[Callable[[], Any]]) -> Counter[str]:
    """Run all acts at the same moment, each in a thread of its own; count results and the kinds of refusal."""
    start, outcomes = threading.Barrier(len(acts)), list[str]()

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait()
            act()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def _made() -> tuple[int, ...]:
    models: tuple[Any, ...] = (Account, Contact, Opportunity, Qualification, QualificationResult)
    return tuple(getattr(model, "with_bin", model.objects).count() for model in models)


def test_twenty_who_qualify_the_same_lead_have_one_result() -> None:
    lead = make_lead(make_cast().rep_a)
    outcomes = _at_once([lambda: qualify(lead)] * THREADS)
    assert outcomes == {"done": 1, IllegalMove.__name__: THREADS - 1}
    assert _made() == (1, 1, 1, 1, 3)
    assert Lead.objects.get().state == "qualified"


def test_of_qualifying_and_disqualifying_exactly_one_wins() -> None:
    lead = make_lead(make_cast().rep_a)

    def disqualify() -> None:
        disqualify_lead(lead_id=lead.pk, reason="lost", actor=SYSTEM, at=timezone.now())

    outcomes = _at_once([lambda: qualify(lead), disqualify] * (THREADS // 2))
    assert outcomes == {"done": 1, IllegalMove.__name__: THREADS - 1}
    state = Lead.objects.get().state
    assert (state, _made()) in [("qualified", (1, 1, 1, 1, 3)), ("disqualified", (0, 0, 0, 0, 0))]


def test_twenty_who_take_it_back_do_so_once() -> None:
    lead = make_lead(make_cast().rep_a)
    qualify(lead)

    def reopen() -> None:
        reopen_lead(lead_id=lead.pk, actor=SYSTEM, at=timezone.now())

    outcomes = _at_once([reopen] * THREADS)
    assert outcomes == {"done": 1, IllegalMove.__name__: THREADS - 1}
    assert (Account.objects.count(), Qualification.objects.filter(undone_at__isnull=True).count()) == (0, 0)
