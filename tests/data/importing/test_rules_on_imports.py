"""What administrators rule holds for imports too: who gets the leads, what counts as the same, what is forbidden."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from crm.data.models import DuplicateCriterion, DuplicateRule, Import
from crm.users.models import Team
from leads.models import AssignmentDecision, AssignmentRule, Lead
from leads.services.leads import update_lead
from tests.data.importing.runs import do, outcomes, rehearse, say, undo, upload
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.sales import make_contact
from tests.factories.users import TeamFactory

pytestmark = pytest.mark.django_db

HEAD = "Last Name,Company,Email,Business Phone,City\n"


def rule(mode: str, *criteria: dict[str, Any], is_exact: bool = False) -> DuplicateRule:
    found = DuplicateRule.objects.create(
        name=f"{mode} {criteria}"[:100], noun="leads.lead", against="leads.lead", mode=mode, is_exact=is_exact
    )
    for columns in criteria:
        DuplicateCriterion.objects.create(
            rule=found, **({"index_state": "ready"} if "field" in columns else {}), **columns
        )
    return found


def rehearsed(cast: Cast, folder: Path, rows: str, **said: Any) -> list[tuple[int, str, str]]:
    run = say(upload(cast.rep_a, folder, HEAD + rows), cast.rep_a, **said)
    rehearse(run, cast.rep_a)
    run.refresh_from_db()
    return outcomes(run)


def test_rules_that_warn_name_whom_a_row_reminds_of_and_let_it_in(cast: Cast, tmp_path: Path) -> None:
    make_lead(cast.rep_a, first_name="Ann", last_name="Lee", phone="+49 30 2000001")
    make_lead(cast.rep_c, last_name="Hidden", phone="+49 30 2000002")
    make_contact(cast.rep_a, first_name="Cy", last_name="Dee", email="cy@acme.example")
    rows = (
        "Ray,,,+49 30 2000001,\nFay,,,+49 30 2000002,\nDee,,cy@acme.example,,\n"
        "Poe,,,+49 30 2000003,\nMay,,,+49 30 2000003,\n"
    )
    found = rehearsed(cast, tmp_path, rows)
    assert found == [
        (2, "new", "Perhaps the same as Ann Lee (lead): same phone number."),
        (3, "new", ""),
        (4, "new", "Perhaps the same as Cy Dee (contact): same e-mail address."),
        (5, "new", ""),
        (6, "new", "Perhaps the same as line 5: same phone number."),
    ]
    assert [reason for _line, _outcome, reason in rehearsed(cast, tmp_path, rows, duplicates="create")] == [""] * 5


def test_what_a_rule_forbids_is_refused_even_where_duplicates_shall_come_in(cast: Cast, tmp_path: Path) -> None:
    rule("forbid", {"kind": "email"})
    make_lead(cast.rep_a, first_name="Ann", last_name="Lee", email="ann@acme.example")
    make_lead(cast.rep_c, email="hid@acme.example")
    rows = "Ray,,ANN@acme.example,,\nFay,,hid@acme.example,,\nPoe,,poe@acme.example,,\nMay,,poe@acme.example,,\n"
    for duplicates in ("skip", "create"):
        assert rehearsed(cast, tmp_path, rows, duplicates=duplicates) == [
            (2, "failed", "“Ann Lee” is there already: Same e-mail address. Two of them are not allowed."),
            (3, "failed", "A lead you may not see is there already: Same e-mail address. Two of them are not allowed."),
            (4, "new", ""),
            (5, "failed", "Line 4 is there already: same e-mail address. Two of them are not allowed."),
        ]
    run = do(upload(cast.rep_a, tmp_path, HEAD + rows), cast.rep_a)
    assert (run.counts, Lead.objects.count()) == ({"new": 1, "failed": 3}, 3)


def test_all_criteria_of_a_rule_must_hold_and_one_that_proposes_makes_duplicates(cast: Cast, tmp_path: Path) -> None:
    rule("warn", {"kind": "exact", "field": "city"}, {"kind": "begins", "field": "company", "length": 4}, is_exact=True)
    make_lead(cast.rep_a, first_name="Ann", last_name="Lee", company="Acme Ltd", city="Rome")
    rows = "Ray,ACME Inc,,,rome\nFay,Acme,,,Oslo\nPoe,Blue One,,,Oslo\nMay,Blue Two,,,OSLO\nKay,,,,Rome\n"
    assert rehearsed(cast, tmp_path, rows) == [
        (2, "duplicate", "Duplicate of Ann Lee: same “city” and same beginning of “company”."),
        (3, "new", ""),
        (4, "new", ""),
        (5, "duplicate", "Duplicate of line 4: same “city” and same beginning of “company”."),
        (6, "new", ""),
    ]


def test_nearly_the_same_name_can_be_forbidden(cast: Cast, tmp_path: Path) -> None:
    rule("forbid", {"kind": "similar"})
    make_lead(cast.rep_a, first_name="", last_name="Barbergson")
    found = rehearsed(cast, tmp_path, "Barbergsen,,,,\nOstfieldt,,,,\nOstfeldt,,,,\n")
    assert [outcome for _line, outcome, _reason in found] == ["failed", "new", "failed"]


def _deal_out(cast: Cast) -> AssignmentRule:
    team = TeamFactory.create(name="Inbound", kind=Team.Kind.OWNER)
    team.members.add(cast.rep_a, cast.rep_b)
    return AssignmentRule.objects.create(name="Turn", way="turn", team=team, respects_hours=False, query="city:Rome")


def _owners(run: Import) -> dict[str, str]:
    rows = Lead.objects.filter(pk__in=run.lines.filter(is_rehearsal=False).values("object_id"))
    return dict(rows.values_list("last_name", "owner__username"))


def test_rules_say_whose_leads_become_where_nobody_else_says_it(cast: Cast, tmp_path: Path) -> None:
    _deal_out(cast)
    rows = "Ray,,,,Rome\nFay,,,,Rome\nPoe,,,,Rome\nMay,,,,Oslo\n"
    run = do(upload(cast.manager, tmp_path, HEAD + rows), cast.manager)
    assert _owners(run) == {"Ray": "rep_a", "Fay": "rep_b", "Poe": "rep_a", "May": "manager"}
    assert AssignmentDecision.objects.count() == 4
    fay = Lead.objects.get(last_name="Fay")
    update_lead(lead_id=fay.pk, values={"city": "Bonn"}, actor=cast.rep_b, at=timezone.now())
    undo(run, cast.manager)
    assert list(Lead.objects.all()) == [fay]

    named = upload(cast.manager, tmp_path, "Last Name,City,Owner\nCy,Rome,\nDee,Rome,rep_c\n")
    assert _owners(do(named, cast.manager)) == {"Cy": "manager", "Dee": "rep_c"}
    chosen = say(upload(cast.manager, tmp_path, HEAD + "Kay,,,,Rome\n"), cast.manager, owner=cast.rep_c)
    assert _owners(do(chosen, cast.manager)) == {"Kay": "rep_c"}
