"""Who sees what and may do what with it: exact sets, on accounts, as every owned table."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from pytest_django import DjangoAssertNumQueries

from crm.core.access import check_create, find_for, lock_for
from crm.core.actors import CUSTOMER_LINK, SYSTEM, WEB_FORM
from crm.core.errors import Forbidden, NotFound
from crm.core.models import Organisation
from crm.customers.models import Account
from crm.users.depth import Depth
from crm.users.models import Role, RolePrivilege, Share, Team, User, UserRole
from crm.users.reach import reach_of
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory
from tests.factories.users import TeamFactory, UnitFactory, UserFactory

NEAR = {"own", "my team's", "shared with me", "shared with my team", "shared for change", "shared for deleting"}
REPORTS = {"my report's", "my report's report's"}
EVERYTHING = NEAR | REPORTS | {"a colleague's", "a unit below", "the south's", "the head office's", "another team's"}


@dataclass
class Scene:
    """A viewer in the north, and one account for each reason to see it or not."""

    viewer: User
    team: Team

    def seen(self, action: str = "read") -> set[str]:
        # Rights are read once for each person in memory.
        viewer = User.objects.get(pk=self.viewer.pk)
        return set(Account.objects.for_action(viewer, action).values_list("name", flat=True))

    def grant(self, **depths: Depth) -> None:
        role = Role.objects.create(name="Test role")
        for action, depth in depths.items():
            RolePrivilege.objects.create(role=role, permission=f"customers.{action}_account", depth=depth)
        UserRole.objects.create(user=self.viewer, role=role)


@pytest.fixture
def scene(cast: Cast) -> Scene:
    viewer = UserFactory.create(business_unit=cast.north)
    report = UserFactory.create(business_unit=cast.south, manager=viewer)
    second = UserFactory.create(business_unit=cast.south, manager=report)
    below = UserFactory.create(business_unit=UnitFactory.create(parent=cast.north))
    team = TeamFactory.create(business_unit=cast.south, members=[viewer])
    other_team = TeamFactory.create(business_unit=cast.head_office, members=[cast.rep_c])
    owners = {
        "own": viewer,
        "a colleague's": cast.rep_a,
        "a unit below": below,
        "the south's": cast.rep_c,
        "the head office's": cast.administrator,
        "my report's": report,
        "my report's report's": second,
    }
    for name, owner in owners.items():
        AccountFactory.create(name=name, owner=owner)
    for name, owning_team in {"my team's": team, "another team's": other_team}.items():
        AccountFactory.create(name=name, owner=None, owner_team=owning_team, owning_unit=owning_team.business_unit)
    share("shared with me", cast.rep_c, user=viewer)
    share("shared with my team", cast.rep_c, team=team)
    share("shared for change", cast.rep_c, user=viewer, may_write=True)
    share("shared for deleting", cast.rep_c, user=viewer, may_delete=True)
    return Scene(viewer, team)


def share(name: str, owner: User, **values: Any) -> None:
    account = AccountFactory.create(name=name, owner=owner)
    content_type = ContentType.objects.get_for_model(Account)
    Share.objects.create(content_type=content_type, object_id=account.pk, **values)


@pytest.mark.parametrize(
    ("depth", "visible"),
    [
        (Depth.NONE, set()),
        (Depth.OWN, NEAR | REPORTS),
        (Depth.UNIT, NEAR | REPORTS | {"a colleague's"}),
        (Depth.UNIT_AND_BELOW, NEAR | REPORTS | {"a colleague's", "a unit below"}),
        (Depth.ALL, EVERYTHING),
    ],
)
def test_a_depth_shows_exactly_these_records(scene: Scene, depth: Depth, visible: set[str]) -> None:
    scene.grant(read=depth)
    assert scene.seen() == visible


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("write", {"own", "my team's", "my report's", "shared for change"}),
        ("deactivate", {"own", "my team's", "my report's", "shared for change"}),
        ("delete", {"own", "my team's", "shared for deleting"}),
        ("assign", {"own", "my team's"}),
        ("share", {"own", "my team's"}),
    ],
)
def test_an_act_reaches_exactly_these_records(scene: Scene, action: str, allowed: set[str]) -> None:
    scene.grant(**{"read": Depth.ALL, action: Depth.OWN})
    assert scene.seen(action) == allowed


def test_an_act_reaches_no_record_that_is_invisible(scene: Scene) -> None:
    scene.grant(read=Depth.OWN, write=Depth.ALL)
    assert scene.seen("write") == NEAR | REPORTS


def test_an_act_without_the_right_reaches_nothing(scene: Scene) -> None:
    scene.grant(read=Depth.ALL)
    assert scene.seen("write") == set()


def test_the_organisation_may_keep_managers_from_changing(scene: Scene) -> None:
    scene.grant(read=Depth.OWN, write=Depth.OWN)
    Organisation.load()
    Organisation.objects.update(managers_may_write=False)
    assert scene.seen("write") == {"own", "my team's", "shared for change"}
    assert scene.seen() == NEAR | REPORTS


def test_rights_of_several_roles_add_up(scene: Scene) -> None:
    scene.grant(read=Depth.OWN)
    wider = Role.objects.create(name="Wider")
    RolePrivilege.objects.create(role=wider, permission="customers.read_account", depth=Depth.UNIT)
    UserRole.objects.create(user=scene.viewer, role=wider)
    assert scene.seen() == NEAR | REPORTS | {"a colleague's"}


def test_an_administrator_sees_and_may_do_everything(scene: Scene, cast: Cast) -> None:
    for action in ("read", "write", "delete", "assign", "invented"):
        assert set(Account.objects.for_action(cast.administrator, action).values_list("name", flat=True)) == EVERYTHING


def test_who_is_nobody_sees_nothing(scene: Scene) -> None:
    scene.grant(read=Depth.ALL)
    User.objects.filter(pk=scene.viewer.pk).update(is_active=False)
    assert scene.seen() == set()
    for nobody in (AnonymousUser(), None, User(username="unsaved", is_administrator=True)):
        assert list(Account.objects.visible_to(nobody)) == []
        assert [branch.name for branch in Account.objects.all().branches(nobody)] == ["nothing"]


def test_a_switched_off_administrator_sees_nothing(scene: Scene, cast: Cast) -> None:
    User.objects.filter(pk=cast.administrator.pk).update(is_active=False)
    assert list(Account.objects.visible_to(User.objects.get(pk=cast.administrator.pk))) == []


@pytest.mark.parametrize("actor", [SYSTEM, WEB_FORM, CUSTOMER_LINK])
def test_the_product_itself_is_not_asked_for_rights(scene: Scene, actor: Any) -> None:
    assert Account.objects.for_action(actor, "write").count() == len(EVERYTHING)


def test_the_bin_is_never_visible(scene: Scene) -> None:
    scene.grant(read=Depth.ALL)
    Account.objects.filter(name="own").update(deleted_at="2026-03-02T09:30Z")
    assert scene.seen() == EVERYTHING - {"own"}


def test_each_branch_is_a_reason_of_its_own(scene: Scene) -> None:
    scene.grant(read=Depth.UNIT)
    viewer = User.objects.get(pk=scene.viewer.pk)
    names = [branch.name for branch in Account.objects.all().branches(viewer)]
    reach = reach_of(viewer)
    assert reach is not None
    assert names == [
        "own",
        f"team {scene.team.pk}",
        f"unit {viewer.business_unit_id}",
        *(f"report {report}" for report in reach.report_ids),
        "shared",
    ]


def test_all_rights_of_a_person_are_one_query(scene: Scene, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    scene.grant(read=Depth.UNIT_AND_BELOW, write=Depth.OWN)
    viewer = User.objects.get(pk=scene.viewer.pk)
    ContentType.objects.get_for_model(Account)
    with django_assert_num_queries(1):
        reach_of(viewer)
    with django_assert_num_queries(2):
        list(Account.objects.visible_to(viewer))
        list(Account.objects.for_action(viewer, "write"))


def test_a_loop_of_managers_ends(scene: Scene, cast: Cast) -> None:
    User.objects.filter(pk=cast.manager.pk).update(manager=cast.rep_a)
    reach = reach_of(cast.manager)
    assert reach is not None
    assert set(reach.report_ids) == {cast.rep_a.pk, cast.rep_b.pk}


def test_invisible_is_not_found_and_visible_but_not_allowed_is_forbidden(scene: Scene, cast: Cast) -> None:
    hidden, seen = Account.objects.get(name="the south's"), Account.objects.get(name="a colleague's")
    for look in (find_for, lock_for):
        with pytest.raises(NotFound):
            look(Account, hidden.pk, cast.rep_a, "write")
        with pytest.raises(Forbidden, match="lack the right to write it"):
            look(Account, seen.pk, cast.read_only, "write")
        with pytest.raises(NotFound):
            look(Account, 0, cast.rep_a, "read")
        assert look(Account, seen.pk, cast.rep_a, "write") == seen


def test_creating_needs_the_right_to(cast: Cast) -> None:
    check_create(cast.rep_a, Account)
    check_create(SYSTEM, Account)
    with pytest.raises(Forbidden, match="may not create a"):
        check_create(cast.read_only, Account)


@pytest.mark.parametrize(
    ("who", "visible"),
    [
        ("rep_a", {"a"}),
        ("rep_b", {"b"}),
        ("rep_c", {"c"}),
        ("manager", {"a", "b"}),
        ("read_only", {"a", "b", "c"}),
        ("administrator", {"a", "b", "c"}),
    ],
)
def test_the_shipped_roles_show_the_cast_what_is_theirs(cast: Cast, who: str, visible: set[str]) -> None:
    for name, owner in {"a": cast.rep_a, "b": cast.rep_b, "c": cast.rep_c}.items():
        AccountFactory.create(name=name, owner=owner)
    assert set(Account.objects.visible_to(getattr(cast, who)).values_list("name", flat=True)) == visible
