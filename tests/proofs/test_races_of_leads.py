"""One lead, many hands at the same moment: qualified once, whatever else is tried on it."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from activities.models import TimelineLink
from activities.services.activities import complete_activity
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record
from crm.core.errors import Refusal
from crm.customers.models import Account, Contact
from crm.users.services.ownership import assign_record
from leads.models import AssignmentDecision, AssignmentRule, Lead
from leads.services.assignment import assign_by_rules
from leads.services.leads import update_lead
from leads.services.responses import convert_to_lead
from sales.models import Opportunity, Qualification
from sales.services.qualification import Use
from tests.factories.activities import make_activity
from tests.factories.campaigns import make_campaign, make_response
from tests.factories.cast import Cast, make_cast
from tests.factories.leads import make_lead
from tests.factories.opportunities import qualify
from tests.factories.sales import make_account
from tests.factories.users import TeamFactory
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 20


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


def _outcomes(*acts: Callable[[], Any]) -> Counter[str]:
    """How often each act was done, or refused and by what; anything but a refusal is an error of ours."""
    names: list[str] = []
    for answer in at_once(acts):
        assert not isinstance(answer, Exception) or isinstance(answer, Refusal), repr(answer)
        names.append(type(answer).__name__ if isinstance(answer, Refusal) else "done")
    return Counter(names)


def _made() -> tuple[int, int, int, int]:
    return (
        Account.with_bin.count(),
        Contact.with_bin.count(),
        Opportunity.with_bin.count(),
        Qualification.objects.count(),
    )


def test_twenty_clicks_make_one_lead_of_a_response(cast: Cast) -> None:
    response = make_response(cast.rep_a, make_campaign(cast.rep_a))

    def convert() -> None:
        convert_to_lead(response_id=response.pk, actor=cast.rep_a, at=timezone.now())

    assert _outcomes(*[convert] * THREADS) == {"done": 1, "IllegalMove": THREADS - 1}
    response.refresh_from_db()
    assert response.result == Lead.objects.get()


def test_a_lead_that_is_qualified_and_deleted_at_once_is_either(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)

    def delete() -> None:
        delete_record(model=Lead, record_id=lead.pk, actor=cast.administrator, at=timezone.now())

    outcomes = _outcomes(*[lambda: qualify(lead, actor=cast.rep_a), delete] * (THREADS // 2))
    stored = Lead.with_bin.get()

    assert (stored.state, _made()) in [("open", (0, 0, 0, 0)), ("qualified", (1, 1, 1, 1))]
    # Either it was in the bin before anybody could qualify it, or it was qualified first and then deleted.
    assert outcomes["done"] == 1 + (stored.state == "qualified" and stored.deleted_at is not None)


def test_a_lead_that_is_qualified_while_it_changes_hands_leaves_one_owner_each(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    people = [cast.rep_a, cast.rep_b]

    def give(number: int) -> Callable[[], Any]:
        return lambda: assign_record(
            model=Lead, record_id=lead.pk, owner=people[number % 2], actor=cast.manager, at=timezone.now()
        )

    gives = [give(number) for number in range(THREADS // 2)]
    outcomes = _outcomes(*[lambda: qualify(lead, actor=cast.manager)] * (THREADS // 2), *gives)

    assert outcomes == {"done": 1 + THREADS // 2, "IllegalMove": THREADS // 2 - 1}
    assert _made() == (1, 1, 1, 1)
    owners = {record.owner for record in (Account.objects.get(), Contact.objects.get(), Opportunity.objects.get())}
    assert len(owners) == 1
    assert owners <= set(people)


def test_a_lead_that_is_qualified_while_it_is_edited_keeps_both_or_refuses_the_edit(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)

    def edit() -> None:
        update_lead(lead_id=lead.pk, values={"topic": "Edited"}, actor=cast.rep_a, at=timezone.now())

    outcomes = _outcomes(*[lambda: qualify(lead, actor=cast.rep_a), edit] * (THREADS // 2))
    edited = Lead.objects.get().topic == "Edited"

    assert outcomes["done"] >= 1 + edited
    assert _made() == (1, 1, 1, 1)
    assert Lead.objects.get().state == "qualified"


def test_an_activity_that_is_completed_while_its_lead_is_qualified_stands_on_all_timelines(cast: Cast) -> None:
    """Both touch the timeline, and the call makes a new lead a contacted one."""
    lead = make_lead(cast.rep_a)
    calls = [make_activity(cast.rep_a, "phone_call", regarding=lead) for _number in range(THREADS // 2)]

    def complete(pk: int) -> Callable[[], Any]:
        return lambda: complete_activity(activity_id=pk, actor=cast.rep_a, at=timezone.now())

    completing = [complete(call.pk) for call in calls]
    outcomes = _outcomes(*[lambda: qualify(lead, actor=cast.rep_a)] * (THREADS // 2), *completing)

    assert outcomes == {"done": 1 + THREADS // 2, "IllegalMove": THREADS // 2 - 1}
    assert _made() == (1, 1, 1, 1)
    for record in (lead, Account.objects.get(), Contact.objects.get(), Opportunity.objects.get()):
        links = TimelineLink.objects.filter(target_id=record.pk, target_type__model=record._meta.model_name)
        assert {link.activity_id for link in links} >= {call.pk for call in calls}, record


def test_two_leads_of_the_same_account_are_qualified_side_by_side(cast: Cast) -> None:
    """Both lock the account; nobody waits for the other for ever."""
    account = make_account(cast.rep_a)
    leads = [make_lead(cast.rep_a, existing_account=account, last_name=f"L{number}") for number in range(6)]

    def take(lead: Lead) -> Callable[[], Any]:
        return lambda: qualify(lead, account=Use(account.pk))

    outcomes = _outcomes(*[take(lead) for lead in leads for _twice in range(2)])

    assert outcomes == {"done": len(leads), "IllegalMove": len(leads)}
    assert Qualification.objects.count() == len(leads)


def test_leads_that_arrive_at_once_are_dealt_out_evenly_and_each_once(cast: Cast) -> None:
    people = (cast.rep_a, cast.rep_b, cast.rep_c)
    team = TeamFactory.create(name="Inbound")
    team.members.add(*people)
    AssignmentRule.objects.create(name="Even", way="turn", team=team, respects_hours=False)
    leads = [make_lead(cast.manager) for _number in range(THREADS)]
    acts = [partial(assign_by_rules, lead_ids=[lead.pk], actor=SYSTEM, at=timezone.now()) for lead in leads]
    assert _outcomes(*acts) == {"done": THREADS}
    assert AssignmentDecision.objects.count() == THREADS
    owned = Counter(Lead.objects.values_list("owner", flat=True))
    assert set(owned) == {person.pk for person in people}
    assert max(owned.values()) - min(owned.values()) == 1
