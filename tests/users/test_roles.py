import pytest
from django.core.management import CommandError, call_command

from crm.users import rights
from crm.users.depth import Depth
from crm.users.management.commands import draw_rights
from crm.users.models import Role, RolePrivilege
from crm.users.rights import ADMINISTRATOR, READ_ONLY, ROLES, SALESPERSON, Right, lay_roles


def held(role: str) -> dict[str, int]:
    return dict(RolePrivilege.objects.filter(role__name=role).values_list("permission", "depth"))


@pytest.fixture
def flying(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version knows one right more."""
    new = Right("leads.fly_lead", {SALESPERSON: Depth.OWN, ADMINISTRATOR: Depth.ALL})
    monkeypatch.setattr(rights, "_rights", {**rights._rights, new.permission: new})


def test_the_shipped_roles_are_there_with_what_was_declared(db: None) -> None:
    assert set(Role.objects.values_list("name", flat=True)) == set(ROLES)
    for role in ROLES:
        assert held(role) == {
            right.permission: right.depths[role] for right in rights.known_rights() if right.depths.get(role)
        }


def test_the_role_administrator_holds_every_right(db: None) -> None:
    assert held(ADMINISTRATOR) == dict.fromkeys(rights.known_permissions(), Depth.ALL)


def test_a_reader_reads_and_nothing_else(db: None) -> None:
    acts = {permission.partition(".")[2].partition("_")[0] for permission in held(READ_ONLY)}
    assert acts == {"read"}
    assert set(held(READ_ONLY).values()) == {Depth.ALL}


def test_a_new_right_reaches_the_shipped_roles(db: None, flying: None) -> None:
    lay_roles()
    assert held(SALESPERSON)["leads.fly_lead"] == Depth.OWN
    assert held(ADMINISTRATOR)["leads.fly_lead"] == Depth.ALL
    assert "leads.fly_lead" not in held(READ_ONLY)


def test_what_administrators_changed_in_a_role_stays(db: None, flying: None) -> None:
    changed = RolePrivilege.objects.filter(role__name=SALESPERSON)
    changed.filter(permission="leads.read_lead").update(depth=Depth.ALL)
    changed.filter(permission="leads.delete_lead").delete()
    lay_roles()
    assert held(SALESPERSON)["leads.read_lead"] == Depth.ALL
    assert "leads.delete_lead" not in held(SALESPERSON)


def test_a_shipped_role_that_was_deleted_comes_back_whole(db: None) -> None:
    before = held(SALESPERSON)
    Role.objects.get(name=SALESPERSON).delete()
    lay_roles()
    assert held(SALESPERSON) == before


def test_the_table_in_the_documentation_is_the_one_of_the_code() -> None:
    call_command("draw_rights", check=True)


def test_a_stale_table_is_noticed(monkeypatch: pytest.MonkeyPatch, flying: None) -> None:
    with pytest.raises(CommandError, match="out of date"):
        call_command("draw_rights", check=True)
    assert "| fly |" in draw_rights.rights_table()
