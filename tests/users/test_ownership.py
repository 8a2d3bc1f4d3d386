import datetime as dt

import pytest

from crm.core.errors import Forbidden, Invalid, NotFound, Refusal
from crm.customers.models import Account
from crm.users.models import Team, User
from crm.users.services.ownership import assign_record, assigned, follow_owner, owner_fields, owner_moved, same_owner
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory
from tests.factories.users import TeamFactory

AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)


def owner_of(account: Account) -> tuple[User | None, Team | None, str]:
    account.refresh_from_db()
    return account.owner, account.owner_team, account.owning_unit.name


def test_a_record_goes_to_another_person_with_their_unit(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    assign_record(model=Account, record_id=account.pk, owner=cast.rep_c, actor=cast.rep_a, at=AT)
    assert owner_of(account) == (cast.rep_c, None, "South")


def test_a_record_goes_to_a_team_and_back(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    team = TeamFactory.create(business_unit=cast.head_office, members=[cast.rep_a])
    assign_record(model=Account, record_id=account.pk, owner=team, actor=cast.rep_a, at=AT)
    assert owner_of(account) == (None, team, "Head office")
    assign_record(model=Account, record_id=account.pk, owner=cast.rep_a, actor=cast.rep_a, at=AT)
    assert owner_of(account) == (cast.rep_a, None, "North")


@pytest.mark.parametrize(("who", "refusal"), [("rep_b", NotFound), ("rep_c", NotFound), ("read_only", Forbidden)])
def test_only_who_has_the_right_assigns(cast: Cast, who: str, refusal: type[Refusal]) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    with pytest.raises(refusal):
        assign_record(model=Account, record_id=account.pk, owner=cast.rep_c, actor=getattr(cast, who), at=AT)
    assert owner_of(account) == (cast.rep_a, None, "North")


def test_nothing_is_given_to_one_who_left(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    cast.rep_c.is_active = False
    cast.rep_c.save()
    with pytest.raises(Invalid, match="no longer works here"):
        assign_record(model=Account, record_id=account.pk, owner=cast.rep_c, actor=cast.rep_a, at=AT)
    assert owner_of(account) == (cast.rep_a, None, "North")


def test_a_sharing_team_owns_nothing(cast: Cast) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    team = TeamFactory.create(kind=Team.Kind.SHARING)
    with pytest.raises(Invalid, match="only receives shares"):
        assign_record(model=Account, record_id=account.pk, owner=team, actor=cast.rep_a, at=AT)
    assert owner_of(account) == (cast.rep_a, None, "North")


def test_others_hear_of_an_assignment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Account] = []
    monkeypatch.setattr(assigned, "_functions", {"test": (1, heard.append)})
    account = AccountFactory.create(owner=cast.rep_a)
    assign_record(model=Account, record_id=account.pk, owner=cast.rep_c, actor=cast.rep_a, at=AT)
    assert heard == [account]


def test_what_a_person_owns_moves_along_to_another_unit(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[User | Team] = []
    monkeypatch.setattr(owner_moved, "_functions", {"test": (1, heard.append)})
    mine, binned = AccountFactory.create(owner=cast.rep_a), AccountFactory.create(owner=cast.rep_a, deleted_at=AT)
    other = AccountFactory.create(owner=cast.rep_b)
    cast.rep_a.business_unit = cast.south
    cast.rep_a.save()
    follow_owner(cast.rep_a)
    units = dict(Account.with_bin.values_list("pk", "owning_unit__name"))
    assert units == {mine.pk: "South", binned.pk: "South", other.pk: "North"}
    assert heard == [cast.rep_a]


def test_the_columns_of_a_new_record(cast: Cast) -> None:
    team = TeamFactory.create(business_unit=cast.south)
    assert owner_fields(cast.rep_a) == {"owner": cast.rep_a, "owner_team": None, "owning_unit_id": cast.north.pk}
    assert owner_fields(team) == {"owner": None, "owner_team": team, "owning_unit_id": cast.south.pk}
    assert same_owner(AccountFactory.create(owner=cast.rep_c)) == {
        "owner_id": cast.rep_c.pk,
        "owner_team_id": None,
        "owning_unit_id": cast.south.pk,
    }
