"""Links and timelines: whose they are, their order, their pages, their price."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from activities import links
from activities.links import links_for, register_rollup
from activities.models import Activity, TimelineLink
from activities.regarding import Ref
from activities.services.activities import cancel_activity, change_regarding, complete_activity
from activities.services.parties import Party
from activities.timeline import TimelinePage, timeline_page
from crm.core.access import READ
from crm.core.actors import SYSTEM
from crm.core.deletion import delete_record, restore_record
from crm.core.errors import NotFound
from crm.customers.models import Account, Contact
from crm.customers.services.accounts import create_account
from crm.customers.services.contacts import create_contact, update_contact
from crm.users.models import Share, User
from crm.users.services.ownership import assign_record, follow_owner
from leads.models import Lead
from tests.factories.activities import AT, make_activity, make_completed
from tests.factories.cast import Cast
from tests.factories.leads import make_lead


def make_account(owner: User, name: str = "Acme") -> Account:
    return create_account(values={"name": name}, owner=owner, actor=SYSTEM, at=AT)


def make_contact(owner: User, account: Account | None = None, name: str = "Ann") -> Contact:
    return create_contact(values={"last_name": name, "account": account}, owner=owner, actor=SYSTEM, at=AT)


def shown(record: models.Model, actor: Any, **options: Any) -> list[str]:
    return [entry.activity.subject for entry in timeline_page(record, actor, **options).entries]


def later(hours: int) -> dt.datetime:
    return AT + dt.timedelta(hours=hours)


def targets(activity: Activity) -> set[models.Model]:
    found = TimelineLink.objects.filter(activity=activity)
    return {link.target_type.get_object_for_this_type(pk=link.target_id) for link in found}


def test_an_activity_stands_on_what_it_concerns_and_whom_it_concerns(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    contact, lead = make_contact(cast.rep_a, account), make_lead(cast.rep_a)
    call = make_activity(cast.rep_a, "phone_call", regarding=lead, participants=[Party("to", record=Ref.to(contact))])
    assert targets(call) == {lead, contact, account}
    assert shown(account, cast.rep_a) == shown(contact, cast.rep_a) == shown(lead, cast.rep_a) == ["A phone call"]


def test_links_are_what_links_for_says(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    task = make_activity(cast.rep_a, regarding=make_contact(cast.rep_a, account), due_at=later(5))
    expected = {(link.target_type_id, link.target_id, link.at, link.owner_id) for link in links_for(task)}
    stored = set(TimelineLink.objects.values_list("target_type_id", "target_id", "at", "owner_id"))
    assert stored == expected
    assert {at for _type, _id, at, _owner in stored} == {later(5)}


def test_a_chain_of_rollups_is_followed_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_rollups", {})
    account = make_account(cast.rep_a)
    lead = make_lead(cast.rep_a, existing_account=account)

    def up(record: Lead) -> Iterable[models.Model | None]:
        return (record.existing_account, None)

    def round_about(record: Account) -> Iterable[models.Model | None]:
        return (lead,)

    register_rollup(Lead, up)
    register_rollup(Lead, up)
    register_rollup(Account, round_about)
    assert targets(make_activity(cast.rep_a, regarding=lead)) == {lead, account}


def test_the_newest_comes_first_whenever_it_was_written(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    make_activity(cast.rep_a, subject="Task", regarding=lead, due_at=later(2), at=later(9))
    make_activity(cast.rep_a, "appointment", subject="Meeting", regarding=lead, starts_at=later(8))
    make_activity(cast.rep_a, "note", subject="Note", regarding=lead, at=later(4))
    make_completed(cast.rep_a, "phone_call", subject="Call", regarding=lead, at=later(5), happened_at=later(1))
    assert shown(lead, cast.rep_a) == ["Meeting", "Note", "Task", "Call"]
    assert shown(lead, cast.rep_a, kind="note") == ["Note"]
    assert len(shown(lead, cast.rep_a, kind="nonsense")) == 4


def test_pages_follow_each_other_without_gap_or_repetition(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    for number in range(7):
        make_activity(cast.rep_a, "note", subject=str(number), regarding=lead, at=later(number // 3))
    seen, token = [], ""
    for _page in range(3):
        page: TimelinePage = timeline_page(lead, cast.rep_a, after=token, size=3)
        seen += [entry.activity.subject for entry in page.entries]
        token = page.following
        make_activity(cast.rep_a, "note", subject="newer", regarding=lead, at=later(50))
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]
    assert token == ""


@pytest.mark.parametrize("token", ["x", "é", "a:b:c", "'--", "0" * 5000])
def test_a_token_that_is_none_gives_the_newest(cast: Cast, token: str) -> None:
    lead = make_lead(cast.rep_a)
    make_activity(cast.rep_a, regarding=lead)
    assert shown(lead, cast.rep_a, after=token) == ["A task"]


def test_a_timeline_shows_what_the_reader_may_see(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    make_activity(cast.rep_a, subject="A", regarding=account)
    make_activity(cast.rep_b, subject="B", regarding=account)
    shared = make_activity(cast.rep_c, subject="C", regarding=account)
    assert set(shown(account, cast.rep_a)) == {"A", "B"}
    assert shown(account, cast.rep_c) == ["C"]
    assert set(shown(account, cast.manager)) == {"A", "B"}
    assert set(shown(account, cast.administrator)) == set(shown(account, cast.read_only)) == {"A", "B", "C"}
    Share.objects.create(content_type=ContentType.objects.get_for_model(Activity), object_id=shared.pk, user=cast.rep_a)
    assert set(shown(account, cast.rep_a)) == {"A", "B", "C"}


@pytest.mark.parametrize("name", ["rep_a", "rep_b", "rep_c", "manager", "administrator", "read_only"])
def test_links_and_activities_are_seen_by_the_same_people(cast: Cast, name: str) -> None:
    actor = getattr(cast, name)
    account = make_account(cast.rep_a)
    for owner in (cast.rep_a, cast.rep_b, cast.rep_c, cast.manager, cast.administrator):
        make_activity(owner, subject=owner.name, regarding=account)
    visible = set(Activity.objects.for_action(actor, READ).values_list("subject", flat=True))
    assert set(shown(account, actor)) == visible


def test_entries_say_who_may_change_them(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    make_activity(cast.rep_a, subject="A", regarding=lead)
    make_activity(cast.rep_b, subject="B", regarding=lead)
    for actor, expected in (
        (cast.rep_a, {"A": True, "B": False}),
        (cast.manager, {"A": True, "B": True}),
        (cast.administrator, {"A": True, "B": True}),
        (cast.read_only, {"A": False, "B": False}),
    ):
        entries = timeline_page(lead, actor).entries
        assert {entry.activity.subject: entry.may_write for entry in entries} == expected


def test_what_rolled_up_is_named_only_to_those_who_may_see_it(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    make_activity(cast.rep_b, regarding=make_contact(cast.rep_b, account, "Secret"))
    (seen,) = timeline_page(account, cast.rep_a).entries
    assert seen.about == ""
    (named,) = timeline_page(account, cast.manager).entries
    assert named.about == "Secret"


def test_links_follow_the_owner_of_the_activity(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    task = make_activity(cast.rep_a, regarding=lead)
    assign_record(model=Activity, record_id=task.pk, owner=cast.rep_c, actor=cast.rep_a, at=AT)
    assert shown(lead, cast.rep_a) == []
    assert shown(lead, cast.rep_c) == ["A task"]


def test_links_follow_completing_and_canceling(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    task = make_activity(cast.rep_a, regarding=lead, due_at=later(5))
    complete_activity(activity_id=task.pk, actor=cast.rep_a, at=later(1))
    assert TimelineLink.objects.get().at == later(1)
    other = make_activity(cast.rep_a, due_at=later(7), regarding=lead)
    cancel_activity(activity_id=other.pk, actor=cast.rep_a, at=later(2))
    assert TimelineLink.objects.get(activity=other).at == later(7)


def test_links_follow_the_regarding_record(cast: Cast) -> None:
    first, second = make_lead(cast.rep_a), make_lead(cast.rep_a, last_name="Other")
    task = make_activity(cast.rep_a, regarding=first)
    change_regarding(activity_id=task.pk, regarding=Ref.to(second), actor=cast.rep_a, at=AT)
    assert (shown(first, cast.rep_a), shown(second, cast.rep_a)) == ([], ["A task"])
    hidden = make_lead(cast.rep_c)
    with pytest.raises(NotFound):
        change_regarding(activity_id=task.pk, regarding=Ref.to(hidden), actor=cast.rep_a, at=AT)
    assert shown(second, cast.rep_a) == ["A task"]


def test_the_timeline_of_a_contact_follows_it_to_another_company(cast: Cast) -> None:
    old, new = make_account(cast.rep_a, "Old"), make_account(cast.rep_a, "New")
    contact = make_contact(cast.rep_a, old)
    lead = make_lead(cast.rep_a, existing_contact=contact)
    for number in range(3):
        make_activity(cast.rep_a, subject=str(number), regarding=lead, at=later(number))
    update_contact(contact_id=contact.pk, values={"account": new}, actor=cast.rep_a, at=AT)
    assert shown(old, cast.rep_a) == []
    assert shown(new, cast.rep_a) == shown(contact, cast.rep_a) == ["2", "1", "0"]


def test_links_move_along_when_their_owner_changes_the_business_unit(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    make_activity(cast.rep_a, regarding=lead)
    type(cast.rep_a).objects.filter(pk=cast.rep_a.pk).update(business_unit=cast.south)
    cast.rep_a.refresh_from_db()
    follow_owner(cast.rep_a)
    assert set(TimelineLink.objects.values_list("owning_unit_id", flat=True)) == {cast.south.pk}


def test_the_bin_hides_an_activity_and_gives_it_back(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    task = make_activity(cast.rep_a, regarding=lead)
    delete_record(model=Activity, record_id=task.pk, actor=cast.rep_a, at=AT)
    assert shown(lead, cast.rep_a) == []
    restore_record(model=Activity, record_id=task.pk, actor=SYSTEM, at=AT)
    assert shown(lead, cast.rep_a) == ["A task"]


def test_the_command_finds_and_repairs_wrong_links(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    lead = make_lead(cast.rep_a)
    right = make_activity(cast.rep_a, "note", regarding=lead)
    missing, wrong = make_activity(cast.rep_a, regarding=lead), make_activity(cast.rep_a, regarding=lead)
    call_command("check_timeline_links")
    TimelineLink.objects.filter(activity=missing).delete()
    TimelineLink.objects.filter(activity=wrong).update(target_id=999_999, owner=cast.rep_c)
    with pytest.raises(CommandError, match="2 activities have wrong links"):
        call_command("check_timeline_links")
    assert TimelineLink.objects.count() == 2
    call_command("check_timeline_links", "--repair")
    call_command("check_timeline_links")
    assert f"activity {missing.pk}: 1 missing, 0 superfluous" in capsys.readouterr().out
    assert {link.activity_id for link in TimelineLink.objects.filter(target_id=lead.pk)} == {
        right.pk,
        missing.pk,
        wrong.pk,
    }


def test_a_timeline_of_fifty_costs_as_many_queries_as_one_of_two(cast: Cast) -> None:
    few, many = make_account(cast.rep_a, "Few"), make_account(cast.rep_a, "Many")
    for account, number in ((few, 2), (many, 50)):
        contacts = [make_contact(cast.rep_a, account, f"{account} {index}") for index in range(2)]
        for index in range(number):
            make_activity(cast.rep_a, "note", regarding=contacts[index % 2], at=later(index))
    assert _queries(few, cast.rep_b) == _queries(many, cast.rep_b) <= 4


def _queries(account: Account, actor: User) -> int:
    reader = User.objects.get(pk=actor.pk)
    with CaptureQueriesContext(connection) as queries:
        timeline_page(account, reader, size=50)
    return len(queries)


def test_a_timeline_is_read_through_its_index(cast: Cast) -> None:
    for record in [make_lead(cast.rep_a) for _number in range(3)]:
        make_activity(cast.rep_a, regarding=record)
    ref = Ref.to(Lead.objects.first())  # type: ignore[arg-type]  # there is one
    rows = TimelineLink.objects.filter(target_type_id=ref.type_id, target_id=ref.pk).order_by("-at", "-pk")[:21]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert "timeline_idx" in rows.explain()
    assert "Sort" not in rows.explain()
