"""Sharing one record with a person or a team: never beyond the sharer's own rights, and only by those who may."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType

from crm.core import history
from crm.core.errors import Forbidden, Invalid, NotFound, Refusal
from crm.customers.models import Account, Contact
from crm.users.models import Share, Team, User
from crm.users.services.sharing import FLAGS, share_record, stop_sharing
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_lead
from tests.factories.sales import make_invoice, make_opportunity, make_order, make_quote
from tests.factories.users import TeamFactory, UserFactory
from tests.fixtures import ClientFor

AT = dt.datetime(2026, 11, 3, 9, 30, tzinfo=dt.UTC)


def give(record: Account, receiver: User | Team, *flags: str, by: User) -> Share:
    return share_record(model=Account, record_id=record.pk, receiver=receiver, flags=flags, actor=by, at=AT)


def shares() -> list[tuple[str, set[str]]]:
    return [
        (str(share.user or share.team), {flag for flag in FLAGS if getattr(share, flag)})
        for share in Share.objects.order_by("pk")
    ]


@pytest.fixture
def account(cast: Cast) -> Account:
    return AccountFactory.create(name="Quillfeather", owner=cast.rep_a)


def may(person: User, action: str, account: Account) -> bool:
    return Account.objects.for_action(User.objects.get(pk=person.pk), action).filter(pk=account.pk).exists()


def test_a_shared_record_is_read_by_its_receiver_and_nothing_more(cast: Cast, account: Account) -> None:
    share = give(account, cast.rep_c, by=cast.rep_a)
    assert (share.shared_by, share.shared_at, shares()) == (cast.rep_a, AT, [("Cara South", set())])
    assert [may(cast.rep_c, act, account) for act in ("read", "write", "delete", "assign", "share")] == [
        True,
        False,
        False,
        False,
        False,
    ]


def test_every_flag_allows_its_act(cast: Cast, account: Account) -> None:
    give(account, cast.rep_c, *FLAGS, by=cast.rep_a)
    assert all(may(cast.rep_c, act, account) for act in FLAGS.values())


def test_a_team_receives_for_its_members(cast: Cast, account: Account) -> None:
    team = TeamFactory.create(name="Helpers", kind=Team.Kind.SHARING, members=[cast.rep_c])
    give(account, team, "may_write", by=cast.rep_a)
    assert shares() == [("Helpers", {"may_write"})]
    assert may(cast.rep_c, "write", account)


def test_sharing_again_replaces_what_was_shared(cast: Cast, account: Account) -> None:
    give(account, cast.rep_c, "may_write", by=cast.rep_a)
    give(account, cast.rep_c, "may_delete", by=cast.rep_a)
    assert shares() == [("Cara South", {"may_delete"})]


def test_nobody_allows_what_they_may_not_do_themselves(cast: Cast, account: Account) -> None:
    give(account, cast.rep_b, "may_share", by=cast.rep_a)
    helper = User.objects.get(pk=cast.rep_b.pk)
    for flag in ("may_write", "may_delete", "may_assign"):
        with pytest.raises(Forbidden):
            give(account, cast.rep_c, flag, by=helper)
        with pytest.raises(Forbidden):
            give(account, helper, flag, by=helper)
    assert shares() == [("Ben North", {"may_share"})]
    give(account, cast.rep_c, "may_share", by=helper)
    assert shares()[1] == ("Cara South", {"may_share"})


def test_what_the_sharer_could_not_have_given_stays(cast: Cast, account: Account) -> None:
    give(account, cast.rep_b, "may_share", by=cast.rep_a)
    give(account, cast.rep_c, "may_write", "may_share", by=cast.rep_a)
    give(account, cast.rep_c, by=User.objects.get(pk=cast.rep_b.pk))
    assert shares()[1] == ("Cara South", {"may_write"})


@pytest.mark.parametrize(
    ("who", "refusal"), [("rep_b", NotFound), ("rep_c", NotFound), ("read_only", Forbidden), ("finance", Forbidden)]
)
def test_only_who_has_the_right_shares_and_stops(
    cast: Cast, account: Account, who: str, refusal: type[Refusal]
) -> None:
    kept = give(account, TeamFactory.create(name="Helpers"), by=cast.rep_a)
    actor = getattr(cast, who, None) or _finance(cast)
    with pytest.raises(refusal):
        give(account, actor, by=actor)
    with pytest.raises(refusal):
        stop_sharing(model=Account, record_id=account.pk, share_id=kept.pk, actor=actor, at=AT)
    assert shares() == [("Helpers", set())]


def _finance(cast: Cast) -> User:
    return UserFactory.create(business_unit=cast.north, role="Finance")


def test_a_reader_by_share_cannot_share_on(cast: Cast, account: Account) -> None:
    give(account, cast.rep_c, "may_write", by=cast.rep_a)
    with pytest.raises(Forbidden):
        give(account, cast.rep_b, by=User.objects.get(pk=cast.rep_c.pk))
    assert len(shares()) == 1


def test_nothing_is_shared_with_its_owner_or_with_who_has_left(cast: Cast, account: Account) -> None:
    User.objects.filter(pk=cast.rep_c.pk).update(is_active=False)
    for receiver in (cast.rep_a, User.objects.get(pk=cast.rep_c.pk)):
        with pytest.raises(Invalid):
            give(account, receiver, by=cast.rep_a)
    team = TeamFactory.create(members=[cast.rep_a])
    owned = AccountFactory.create(owner=None, owner_team=team, owning_unit=team.business_unit)
    with pytest.raises(Invalid):
        give(owned, team, by=cast.administrator)
    assert shares() == []


def test_stopping_takes_the_right_away_and_doing_it_twice_does_nothing(cast: Cast, account: Account) -> None:
    share = give(account, cast.rep_c, by=cast.rep_a)
    for _time in range(2):
        stop_sharing(model=Account, record_id=account.pk, share_id=share.pk, actor=cast.rep_a, at=AT)
    assert (shares(), may(cast.rep_c, "read", account)) == ([], False)


def test_a_share_of_another_record_is_not_stopped_through_this_one(cast: Cast, account: Account) -> None:
    theirs = AccountFactory.create(owner=cast.rep_c)
    foreign = give(theirs, cast.rep_b, by=cast.rep_c)
    stop_sharing(model=Account, record_id=account.pk, share_id=foreign.pk, actor=cast.rep_a, at=AT)
    assert shares() == [("Ben North", set())]


def test_history_keeps_who_shared_and_who_stopped(cast: Cast, account: Account) -> None:
    share = give(account, cast.rep_c, by=cast.rep_a)
    stop_sharing(model=Account, record_id=account.pk, share_id=share.pk, actor=cast.rep_a, at=AT)
    events: Any = history.event_model(Share)._base_manager.order_by("pgh_id")
    told = [(event.pgh_label, event.pgh_context["action"], event.pgh_context["actor"]) for event in events]
    assert told == [("insert", "record.shared", "Anna North"), ("delete", "record.unshared", "Anna North")]


# Pages


@pytest.mark.parametrize("noun", ["leads", "accounts", "contacts", "opportunities", "quotes", "orders", "invoices"])
def test_every_owned_record_has_the_act_in_its_menu(cast: Cast, client_for: ClientFor, noun: str) -> None:
    make: dict[str, Any] = {
        "leads": make_lead,
        "accounts": lambda owner: AccountFactory.create(owner=owner),
        "contacts": lambda owner: ContactFactory.create(owner=owner),
        "opportunities": make_opportunity,
        "quotes": make_quote,
        "orders": make_order,
        "invoices": make_invoice,
    }
    record = make[noun](cast.rep_a)
    client, url = client_for(cast.rep_a), f"/{noun}/{record.pk}/"
    assert f'<a class="menu-item" href="{url}share/">Share</a>' in client.get(url).content.decode()
    answer = client.post(f"{url}share/", {"user": cast.rep_c.pk, "may_write": "on"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{url}share/")
    assert client_for(cast.rep_c).get(url).status_code == 200
    page = client.get(f"{url}share/").content.decode()
    assert "Cara South" in page
    assert f'href="{url}share/{Share.objects.get().pk}/stop/"' in page


def test_activities_are_shared_too(cast: Cast, client_for: ClientFor) -> None:
    task = make_activity(cast.rep_a, "task", subject="Call")
    client_for(cast.rep_a).post(f"/activities/{task.pk}/share/", {"user": cast.rep_c.pk})
    assert shares() == [("Cara South", set())]


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Choose a person or a team."), ({"user": "both"}, "Choose a person or a team."), ({"user": "own"}, "owns")],
)
def test_a_wrong_form_is_refused_at_its_field(
    cast: Cast, client_for: ClientFor, account: Account, sent: dict[str, Any], said: str
) -> None:
    team = TeamFactory.create()
    values: dict[Any, dict[str, Any]] = {
        "both": {"user": cast.rep_c.pk, "team": team.pk},
        "own": {"user": cast.rep_a.pk},
    }
    answer = client_for(cast.rep_a).post(f"/accounts/{account.pk}/share/", values.get(sent.get("user"), {}))
    assert (answer.status_code, shares()) == (422, [])
    assert said in answer.content.decode()


def test_a_helper_is_offered_only_their_own_rights_and_others_are_not_taken(
    cast: Cast, client_for: ClientFor, account: Account
) -> None:
    give(account, cast.rep_b, "may_share", by=cast.rep_a)
    client, url = client_for(cast.rep_b), f"/accounts/{account.pk}/share/"
    page = client.get(url).content.decode()
    assert [name for name in FLAGS if f'name="{name}"' in page] == ["may_share"]
    client.post(url, {"user": cast.rep_c.pk, "may_write": "on", "may_delete": "on", "shared_by": cast.rep_a.pk})
    assert shares() == [("Ben North", {"may_share"}), ("Cara South", set())]
    assert Share.objects.latest("pk").shared_by == cast.rep_b


def test_stopping_asks_first_and_then_stops(cast: Cast, client_for: ClientFor, account: Account) -> None:
    share = give(account, cast.rep_c, by=cast.rep_a)
    client, url = client_for(cast.rep_a), f"/accounts/{account.pk}/share/{share.pk}/stop/"
    assert "Stop sharing “Quillfeather” with Cara South?" in client.get(url).content.decode()
    assert len(shares()) == 1
    answer = client.post(url)
    assert (answer.headers["Location"], shares()) == (f"/accounts/{account.pk}/share/", [])


def test_who_takes_their_own_share_back_leaves_for_the_list(
    cast: Cast, client_for: ClientFor, account: Account
) -> None:
    share = give(account, cast.rep_b, "may_share", by=cast.rep_a)
    answer = client_for(cast.rep_b).post(f"/accounts/{account.pk}/share/{share.pk}/stop/")
    assert (answer.headers["Location"], shares()) == ("/accounts/", [])


@pytest.mark.parametrize("path", ["/accounts/{pk}/share/", "/nonsense/{pk}/share/", "/products/{pk}/share/"])
def test_sharing_what_is_hidden_or_is_nothing_is_not_found(
    cast: Cast, client_for: ClientFor, account: Account, path: str
) -> None:
    client = client_for(cast.rep_c)
    for answer in (client.get(path.format(pk=account.pk)), client.post(path.format(pk=account.pk), {"user": 1})):
        assert answer.status_code == 404
        assert "Quillfeather" not in answer.content.decode()
    assert shares() == []


def test_shares_stay_with_their_kind_of_record(cast: Cast, account: Account) -> None:
    give(account, cast.rep_c, by=cast.rep_a)
    assert Share.objects.get().content_type == ContentType.objects.get_for_model(Account)
    assert Share.objects.for_record(account).count() == 1
    assert Share.objects.for_record(Contact(pk=account.pk)).count() == 0
