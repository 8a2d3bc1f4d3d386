"""What people are told inside the product: by whom, about what they may still see, and until they have read it."""

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from activities.regarding import Ref
from activities.services.notes import add_note
from crm.core import history
from crm.core.actors import SYSTEM
from crm.core.errors import NotFound
from crm.core.models import Job
from crm.core.work import run_job, start_job
from crm.customers.models import Account
from crm.users.models import Notification, Share, User
from crm.users.notices import Notice, notices_of
from crm.users.services.notifications import (
    choose_notifications,
    forget_old_notifications,
    notify,
    read_all_notifications,
    read_notification,
    tell_assigned,
)
from crm.users.services.ownership import assign_record
from crm.users.services.sharing import share_record, stop_sharing
from leads.models import Lead
from tests.core.test_work import do_nothing
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory
from tests.factories.leads import make_lead
from tests.factories.users import TeamFactory
from tests.fixtures import ClientFor

AT = dt.datetime(2026, 11, 3, 9, 30, tzinfo=dt.UTC)


def told(person: User) -> list[tuple[str, str]]:
    """(text, address) of all that this person was told, unread first."""
    found = notices_of(User.objects.get(pk=person.pk), {})
    return [(notice.text, notice.url) for notice in (*found.unread, *found.earlier)]


def tell(person: User, text: str, **more: Any) -> None:
    notify(person_id=person.pk, text=text, **{"url": "/leads/", "kind": "job", "at": AT, **more})


def share(account: Account, receiver: User, by: User) -> Share:
    return share_record(model=Account, record_id=account.pk, receiver=receiver, flags=(), actor=by, at=AT)


def assign(lead: Lead, owner: Any, by: Any) -> None:
    assign_record(model=Lead, record_id=lead.pk, owner=owner, actor=by, at=AT)


def bell(page: str) -> str:
    """What stands on the bell, for those who see it and for those who hear it."""
    found = re.search(r'<summary class="icon-button" title="Notifications">(.*?)</summary>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_who_is_given_a_record_by_somebody_else_is_told_and_led_to_it(cast: Cast) -> None:
    lead = make_lead(cast.rep_a, last_name="Quillfeather")
    assign(lead, cast.rep_b, by=cast.manager)
    assert told(cast.rep_b) == [("Mara Manager assigned Megan Quillfeather to you", f"/leads/{lead.pk}/")]


def test_nobody_is_told_of_what_is_no_news(cast: Cast) -> None:
    """By oneself, to whom owned it before, to a team."""
    lead = make_lead(cast.rep_a)
    assign(lead, cast.rep_a, by=cast.manager)
    assign(lead, cast.manager, by=cast.manager)
    assign(lead, TeamFactory.create(members=[cast.rep_b]), by=cast.manager)
    share(AccountFactory.create(owner=cast.rep_a), cast.rep_b, by=cast.rep_a)
    assert [told(person) for person in (cast.rep_a, cast.manager)] == [[], []]
    assert len(told(cast.rep_b)) == 1


def test_sharing_again_with_more_rights_tells_nothing_new(cast: Cast) -> None:
    account = AccountFactory.create(name="Quillfeather", owner=cast.rep_a)
    share(account, cast.rep_c, by=cast.rep_a)
    share(account, cast.rep_c, by=cast.rep_a)
    assert told(cast.rep_c) == [("Anna North shared Quillfeather with you", f"/accounts/{account.pk}/")]


def test_a_thousand_records_given_at_once_are_one_notification(cast: Cast) -> None:
    leads = [make_lead(cast.rep_a) for _number in range(3)]
    tell_assigned(records=leads, owner=cast.rep_b, actor=cast.manager, at=AT)
    assert told(cast.rep_b) == [("Mara Manager assigned 3 leads to you", "/leads/")]


def test_the_name_of_a_record_goes_when_it_may_not_be_seen_any_more(cast: Cast, client_for: ClientFor) -> None:
    account = AccountFactory.create(name="Quillfeather", owner=cast.rep_a)
    given = share(account, cast.rep_c, by=cast.rep_a)
    stop_sharing(model=Account, record_id=account.pk, share_id=given.pk, actor=cast.rep_a, at=AT)
    assert told(cast.rep_c) == [("Anna North shared An account you may not see with you", "")]
    for path in ("/notifications/", "/notifications/newest/"):
        page = client_for(cast.rep_c).get(path).content.decode()
        assert "Quillfeather" not in page
        assert f"/accounts/{account.pk}/" not in page


def test_a_kind_that_one_does_not_want_is_not_told(cast: Cast, client_for: ClientFor) -> None:
    client_for(cast.rep_b).post("/notifications/settings/", {"kinds": ["shared", "job"]})
    assign(make_lead(cast.rep_a), cast.rep_b, by=cast.manager)
    tell(cast.rep_b, "Exported")
    assert told(cast.rep_b) == [("Exported", "/leads/")]
    page = client_for(cast.rep_b).get("/notifications/settings/").content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', page) == ["shared", "job"]


def test_a_kind_that_is_not_there_is_refused_and_changes_nothing(cast: Cast, client_for: ClientFor) -> None:
    choose_notifications(kinds=["job"], actor=cast.rep_b, at=AT)
    assert client_for(cast.rep_b).post("/notifications/settings/", {"kinds": ["gossip"]}).status_code == 422
    muted = cast.rep_b.muted_kinds.values_list("kind", flat=True)
    assert sorted(muted) == ["assigned", "mention", "shared", "touch"]


def test_who_is_switched_off_is_told_nothing(cast: Cast) -> None:
    User.objects.filter(pk=cast.rep_b.pk).update(is_active=False)
    tell(cast.rep_b, "Too late")
    assert not Notification.objects.exists()


def test_the_bell_counts_what_is_unread_without_a_query_of_its_own(
    cast: Cast, client_for: ClientFor, django_assert_num_queries: Any
) -> None:
    client = client_for(cast.rep_b)
    with django_assert_num_queries(2):  # the session, and the person with all that belongs to them
        assert bell(client.get("/search/").content.decode()) == "Notifications"
    for _number in range(3):
        tell(cast.rep_b, "Done")
    with django_assert_num_queries(2):
        assert bell(client.get("/search/").content.decode()) == "3 Notifications, 3 unread"
    Notification.objects.bulk_create(Notification(person=cast.rep_b, kind="job", text="x", at=AT) for _ in range(150))
    assert bell(client.get("/search/").content.decode()) == "99+ Notifications, 99+ unread"
    read_all_notifications(actor=cast.rep_b, at=AT)
    assert bell(client.get("/search/").content.decode()) == "Notifications"


def test_what_is_read_stands_below_what_is_not(cast: Cast, client_for: ClientFor) -> None:
    for text in ("First", "Second", "Third"):
        tell(cast.rep_b, text)
    second = Notification.objects.get(text="Second")
    client = client_for(cast.rep_b)
    assert client.post(f"/notifications/{second.pk}/read/").headers["Location"] == "/notifications/"
    assert [text for text, _url in told(cast.rep_b)] == ["Third", "First", "Second"]
    client.post("/notifications/read/")
    assert [text for text, _url in told(cast.rep_b)] == ["Third", "Second", "First"]
    page = client.get("/notifications/").content.decode()
    assert "Mark all as read" not in page


def test_the_first_reading_counts_and_nobody_reads_for_another(cast: Cast) -> None:
    tell(cast.rep_b, "Done")
    one = Notification.objects.get()
    with pytest.raises(NotFound):
        read_notification(notification_id=one.pk, actor=cast.rep_a, at=AT)
    read_notification(notification_id=one.pk, actor=cast.rep_b, at=AT)
    read_notification(notification_id=one.pk, actor=cast.rep_b, at=AT + dt.timedelta(days=1))
    one.refresh_from_db()
    assert one.read_at == AT


def test_pages_lead_through_the_unread_ones_to_the_others(cast: Cast) -> None:
    for number in range(7):
        tell(cast.rep_b, f"Note {number}")
        if number == 3:
            read_all_notifications(actor=cast.rep_b, at=AT)
    texts, query = [], dict[str, str]()
    for _page in range(9):
        found = notices_of(cast.rep_b, query, size=2)
        texts.append([[notice.text[-1] for notice in notices] for notices in (found.unread, found.earlier)])
        if not found.older:
            break
        name, _equals, token = found.older.partition("=")
        query = {name: token.replace("%3A", ":")}
    assert texts == [[["6", "5"], []], [["4"], ["3"]], [[], ["2", "1"]], [[], ["0"]]]


def test_an_address_that_names_no_page_gives_the_first_one_and_says_so(cast: Cast, client_for: ClientFor) -> None:
    tell(cast.rep_b, "Done")
    for query in ("after=nonsense", "earlier=nonsense"):
        page = client_for(cast.rep_b).get(f"/notifications/?{query}").content.decode()
        assert "The address named no page of this list" in page


def test_a_stored_sentence_is_shown_as_it_stands_whatever_is_in_it(cast: Cast, client_for: ClientFor) -> None:
    tell(cast.rep_b, "100 % of <b>%(it)s</b> {{ done }}", words={"that": 1})
    assert (
        "100 % of &lt;b&gt;%(it)s&lt;/b&gt; {{ done }}"
        in client_for(cast.rep_b).get("/notifications/newest/").content.decode()
    )


def test_the_one_for_whom_a_job_ran_is_told_how_it_ended(cast: Cast) -> None:
    payload = {"person_id": cast.rep_b.pk, "title": "Export of leads", "url": "/exports/"}
    done, failed, own = (start_job(do_nothing.module_path, one) for one in (payload, payload, {}))

    def fail(_job: Job) -> None:
        raise ValueError("no disk")

    run_job(done.pk, lambda _job: None)
    with pytest.raises(ValueError, match="no disk"):
        run_job(failed.pk, fail)
    run_job(own.pk, lambda _job: None)
    assert told(cast.rep_b) == [
        ("Export of leads: this did not work", "/exports/"),
        ("Export of leads: done", "/exports/"),
    ]


def test_old_ones_are_forgotten_read_ones_sooner(cast: Cast) -> None:
    now = timezone.now()
    for text, told_days, read_days in (("old", 91, None), ("read", 40, 31), ("fresh", 89, None), ("kept", 40, 29)):
        tell(cast.rep_b, text, at=now - dt.timedelta(days=told_days))
        if read_days:
            at = now - dt.timedelta(days=read_days)
            Notification.objects.filter(text=text).update(read_at=at)
    with history.action("test", actor=SYSTEM):
        assert forget_old_notifications(now) == 2
    assert sorted(Notification.objects.values_list("text", flat=True)) == ["fresh", "kept"]


def test_a_notice_says_of_what_kind_it_is(cast: Cast) -> None:
    tell(cast.rep_b, "@you", kind="mention")
    (notice,) = notices_of(cast.rep_b, {}).unread
    assert notice == Notice("@you", "/leads/", "at", AT, is_unread=True, read_url=notice.read_url)


def test_whom_a_note_names_by_login_is_told_once(cast: Cast) -> None:
    lead = make_lead(cast.rep_a, last_name="Quillfeather")
    text = "Ask @rep_b, @REP_B. and @rep_a; mail to a@rep_c, (@manager) or @nobody"
    add_note(regarding=Ref.to(lead), description=text, actor=cast.rep_a, at=AT)
    words = ("Anna North mentions you in a note on Megan Quillfeather", f"/leads/{lead.pk}/")
    assert told(cast.manager) == [words]
    assert told(cast.rep_b) == [("Anna North mentions you in a note on A lead you may not see", "")]
    assert [told(person) for person in (cast.rep_a, cast.rep_c)] == [[], []]
