"""`manage.py capture_form`: a form by its name, and its key alone on one line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm.users.models import BusinessUnit, Team, User
from leads.models import CaptureForm
from tests.factories.cast import Cast


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("capture_form", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_makes_a_form_and_prints_its_key_alone(cast: Cast) -> None:
    printed = run("Website", "--allow-host", "https://WWW.Shop.example/thanks", "--allow-host", ".partner.example")
    form = CaptureForm.objects.get()
    assert printed == f"{form.key}\n"
    assert len(form.key) == 24
    assert (form.name, form.owner) == ("Website", cast.administrator)
    assert form.allowed_hosts == ["www.shop.example", ".partner.example"]


def test_the_same_name_gives_the_same_form_with_further_hosts(cast: Cast) -> None:
    first = run("Website", "--allow-host", "a.example")
    assert run("Website", "--allow-host", "b.example", "--allow-host", "a.example") == first
    assert CaptureForm.objects.get().allowed_hosts == ["a.example", "b.example"]


def test_the_owner_may_be_named(cast: Cast) -> None:
    run("Website", "--owner", "REP_A")
    assert CaptureForm.objects.get().owner == cast.rep_a


def test_before_anybody_signed_in_a_team_of_the_root_unit_owns_the_form(db: None) -> None:
    assert not User.objects.exists()
    run("Website")
    team, unit = Team.objects.get(), BusinessUnit.objects.get()
    assert (CaptureForm.objects.get().owner_team, team.business_unit) == (team, unit)


@pytest.mark.parametrize("arguments", [("X", "--allow-host", "not a host"), ("X", "--owner", "nobody"), (" ",)])
def test_a_wrong_argument_makes_no_form(cast: Cast, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
    assert not CaptureForm.objects.exists()
