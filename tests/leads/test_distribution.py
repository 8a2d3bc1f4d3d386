"""Campaign activities: who on a list gets one, who is left out and why, and the way back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone

from activities.models import Activity, TimelineLink
from activities.services.activities import complete_activity
from crm.core.errors import Conflict, Invalid
from crm.core.models import Job
from crm.customers.models import Contact
from crm.customers.services.contacts import deactivate_contact
from crm.users.models import Notification
from leads import tasks
from leads.models import CampaignActivity, Distribution, DistributionRow, Lead
from leads.services import distribution as services
from leads.services.lists import add_members
from tests.factories.activities import make_completed
from tests.factories.campaigns import make_campaign, make_launched, make_list, make_response, make_step
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.sales import make_contact
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def _who(cast: Cast, step: CampaignActivity) -> dict[str, Any]:
    return {"step_id": step.pk, "actor": cast.rep_a, "at": timezone.now()}


def _step(cast: Cast, people: Mapping[str, Any], **values: Any) -> CampaignActivity:
    """A step of a launched campaign with a list of these people."""
    found = make_list(cast.rep_a, **values.pop("list_values", {}))
    keys = [person.pk for person in people.values()]
    add_members(list_id=found.pk, keys=keys, actor=cast.rep_a, at=timezone.now())
    return make_step(make_launched(cast.rep_a), found, **values)


def _outcomes(found: Distribution, people: Mapping[str, Any]) -> dict[str, str]:
    noun = found.step.list.members_are
    told = dict(found.rows.values_list(f"{noun}_id", "outcome"))
    return {name: told[person.pk] for name, person in people.items()}


def test_each_member_gets_an_activity_or_a_reason(cast: Cast) -> None:
    people = {
        "reached": make_contact(cast.rep_a, phone="+44 20 7946 0001"),
        "opted out": make_contact(cast.rep_a, phone="+44 20 7946 0002", do_not_phone=True),
        "refused": make_contact(cast.rep_a, phone="+44 20 7946 0003"),
        "no phone": make_contact(cast.rep_a, email="ann@example.com"),
        "idle": make_contact(cast.rep_a, phone="+44 20 7946 0004"),
        "called": make_contact(cast.rep_a, phone="+44 20 7946 0005"),
    }
    step = _step(cast, people, channel="phone", quiet_days=10)
    make_response(cast.rep_a, make_campaign(cast.rep_a), answer="do_not_send", contact=people["refused"])
    deactivate_contact(contact_id=people["idle"].pk, actor=cast.rep_a, at=timezone.now())
    make_completed(cast.rep_a, "phone_call", regarding=people["called"])

    found = services.distribute(**_who(cast, step))

    assert _outcomes(found, people) == {
        "reached": "made",
        "opted out": "opted_out",
        "refused": "opted_out",
        "no phone": "no_address",
        "idle": "inactive",
        "called": "contacted",
    }
    call = Activity.objects.get(state="open")
    assert (call.kind, call.subject, call.regarding, call.owner) == (
        "phone_call",
        "Call about the fair",
        people["reached"],
        cast.rep_a,
    )
    assert call.phone_number == "+44 20 7946 0001"
    assert TimelineLink.objects.filter(activity=call, target_id=people["reached"].pk).exists()
    step.list.refresh_from_db()
    assert step.list.last_used_at is not None


def test_wishes_are_overruled_only_where_the_list_says_so_and_consent_is_asked(cast: Cast) -> None:
    wish = {"wish": make_contact(cast.rep_a, email="ann@example.com", do_not_bulk_email=True)}
    step = _step(cast, wish, channel="email", list_values={"skips_opted_out": False})
    assert _outcomes(services.distribute(**_who(cast, step)), wish) == {"wish": "made"}

    leads = {
        "asked": make_lead(cast.rep_a, email="a@example.com"),
        "said yes": make_lead(cast.rep_a, email="b@example.com"),
    }
    Lead.objects.filter(pk=leads["said yes"].pk).update(consent_at=timezone.now(), consent_text="Yes")
    step = _step(cast, leads, channel="email", list_values={"members_are": "lead", "needs_consent": True})
    assert _outcomes(services.distribute(**_who(cast, step)), leads) == {"asked": "no_consent", "said yes": "made"}


@pytest.mark.parametrize(("rule", "owner"), [("me", "rep_a"), ("record", "rep_b"), ("person", "manager")])
def test_the_activity_belongs_to_whom_the_rule_says(rule: str, owner: str, cast: Cast) -> None:
    person = make_contact(cast.rep_b, phone="+44 20 7946 0001")
    found = make_list(cast.rep_a)
    add_members(list_id=found.pk, keys=[person.pk], actor=cast.administrator, at=timezone.now())
    chosen = {"owner": cast.manager} if rule == "person" else {}
    step = make_step(make_launched(cast.rep_a), found, owner_rule=rule, **chosen)
    services.distribute(step_id=step.pk, actor=cast.manager if rule != "me" else cast.administrator, at=timezone.now())
    wanted = cast.administrator if rule == "me" else getattr(cast, owner)
    assert Activity.objects.get().owner == wanted


def test_a_rule_names_its_person_and_no_other_rule_does(cast: Cast) -> None:
    found, campaign = make_list(cast.rep_a), make_campaign(cast.rep_a)
    for values in ({"owner_rule": "person"}, {"owner_rule": "me", "owner": cast.rep_b}):
        with pytest.raises(Invalid):
            make_step(campaign, found, **values)
    assert not CampaignActivity.objects.exists()


def test_nothing_is_distributed_twice_or_before_the_launch(cast: Cast) -> None:
    people = {"one": make_contact(cast.rep_a, phone="+44 20 7946 0001")}
    step = _step(cast, people)
    services.distribute(**_who(cast, step))
    with pytest.raises(Conflict, match="already"):
        services.distribute(**_who(cast, step))
    with pytest.raises(Conflict, match="Take that back"):
        services.update_step(values={"subject": "Other"}, **_who(cast, step))
    assert Activity.objects.count() == 1

    early = make_step(make_campaign(cast.rep_a), step.list)
    with pytest.raises(Conflict, match="Launch"):
        services.distribute(**_who(cast, early))
    assert Distribution.objects.count() == 1


def test_taking_back_leaves_what_somebody_has_worked_on(cast: Cast) -> None:
    people = {
        name: make_contact(cast.rep_a, phone=f"+44 20 7946 000{number}") for number, name in enumerate(("done", "open"))
    }
    step = _step(cast, people)
    found = services.distribute(**_who(cast, step))
    worked = Activity.objects.get(regarding_id=people["done"].pk)
    complete_activity(activity_id=worked.pk, actor=cast.rep_a, at=timezone.now())

    services.undo_distribution(**_who(cast, step))

    assert _outcomes(found, people) == {"done": "kept", "open": "taken_back"}
    assert list(Activity.objects.values_list("pk", flat=True)) == [worked.pk]
    with pytest.raises(Conflict):
        services.undo_distribution(**_who(cast, step))
    services.update_step(values={"subject": "Another try", "due_on": dt.date(2026, 4, 1)}, **_who(cast, step))
    again = services.distribute(**_who(cast, step))
    assert again.rows.filter(outcome="made").count() == 2


def test_a_large_list_is_worked_through_in_the_background(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    people = {str(number): make_contact(cast.rep_a, phone="+44 20 7946 0001") for number in range(3)}
    step = _step(cast, people)
    monkeypatch.setattr(services, "AT_ONCE", 2)
    monkeypatch.setattr(services, "BATCH", 2)

    found = services.distribute(**_who(cast, step))
    assert (found.finished_at, found.rows.filter(outcome="waiting").count()) == (None, 3)
    with pytest.raises(Conflict, match="still running"):
        services.undo_distribution(**_who(cast, step))
    job = Job.objects.get()
    tasks.distribute.func(job.pk)
    tasks.distribute.func(job.pk)  # a task that is started twice makes nothing twice

    found.refresh_from_db()
    assert found.finished_at is not None
    assert (Activity.objects.count(), DistributionRow.objects.filter(outcome="made").count()) == (3, 3)
    assert Notification.objects.get(person=cast.rep_a).url == f"/campaigns/{step.campaign_id}/activities/{step.pk}/"


def test_a_distribution_whose_worker_gave_up_is_taken_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    people = {str(number): make_contact(cast.rep_a, phone="+44 20 7946 0001") for number in range(3)}
    step = _step(cast, people)
    monkeypatch.setattr(services, "AT_ONCE", 2)
    monkeypatch.setattr(services, "BATCH", 2)
    found = services.distribute(**_who(cast, step))
    services.advance(Distribution.objects.get(pk=found.pk), cast.rep_a)
    Job.objects.update(state=Job.State.FAILED)
    services.undo_distribution(**_who(cast, step))
    assert not Activity.objects.exists()
    assert sorted(found.rows.values_list("outcome", flat=True)) == ["taken_back", "taken_back", "waiting"]


def test_a_campaign_activity_is_planned_distributed_and_taken_back_on_its_pages(
    cast: Cast, client_for: ClientFor
) -> None:
    campaign, found, client = make_launched(cast.rep_a), make_list(cast.rep_a), client_for(cast.rep_a)
    person = make_contact(cast.rep_a, last_name="Annson", do_not_phone=True)
    add_members(list_id=found.pk, keys=[person.pk], actor=cast.rep_a, at=timezone.now())
    sent = {"list": found.name, "channel": "phone", "subject": "Call", "due_on": "2026-04-01", "owner_rule": "record"}
    assert client.post(f"/campaigns/{campaign.pk}/activities/new/", sent).status_code == 302
    step = CampaignActivity.objects.get()
    page = f"/campaigns/{campaign.pk}/activities/{step.pk}/"
    assert "Call" in client.get(f"/campaigns/{campaign.pk}/?tab=related").content.decode()
    assert client_for(cast.rep_b).post(f"{page}distribute/").status_code == 403
    assert client.get(f"{page}distribute/").status_code == 200
    assert not Distribution.objects.exists()

    assert client.post(f"{page}distribute/").headers["Location"] == page
    shown = client.get(page).content.decode()
    assert "Opted out · 1" in shown
    assert "Annson" in shown
    others = client_for(cast.rep_c).get(page).content.decode()
    assert "Annson" not in others
    assert "Opted out" not in others
    assert "There are others whom you may not see." in others
    file = client.get(f"{page}?file=csv")
    lines = b"".join(file).decode("utf-8-sig").splitlines()
    assert lines[1:] == [f"{person},Opted out,http://testserver/contacts/{person.pk}/"]
    assert b"".join(client_for(cast.rep_c).get(f"{page}?file=csv")).decode("utf-8-sig").splitlines()[1:] == []
    assert client.post(f"{page}distribute/").status_code == 409
    assert client.post(f"{page}undo/").status_code == 302
    assert "This was taken back." in client.get(page).content.decode()
    assert client.post(f"{page}delete/").status_code == 302
    assert Contact.objects.filter(pk=person.pk).exists()
