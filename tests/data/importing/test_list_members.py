"""Members of marketing lists from files: the list by name or chosen for all rows, the member by what the file knows."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.core.errors import Forbidden
from crm.data.models import ExternalId, Import
from leads.models import ListMember, MarketingList
from leads.services.lists import lock_list
from tests.data.importing.runs import do, mean, outcomes, rehearse, undo, upload
from tests.factories.campaigns import make_dynamic_list, make_list
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.sales import make_contact
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def taken(actor: Any, folder: Path, text: str) -> Import:
    return upload(actor, folder, text, noun="listmembers")


def test_members_come_by_number_key_or_e_mail_and_each_once(cast: Cast, tmp_path: Path) -> None:
    found = make_list(cast.rep_a, "Fair", members_are="lead")
    make_list(cast.rep_a, "News")
    ann, bob = make_lead(cast.rep_a, email="ann@acme.example"), make_lead(cast.rep_a)
    cy = make_contact(cast.rep_a, email="cy@acme.example")
    hidden = make_lead(cast.rep_c, email="hid@acme.example")
    do(upload(cast.rep_a, tmp_path, "Id,Last Name\n00Q1,Dee\n", noun="leads"), cast.rep_a)
    dee = ExternalId.objects.get(key="00Q1").object_id
    text = (
        f"Marketing List,Lead ID,E-mail\nFair,,ANN@acme.example\nFair,{bob.number},\nFair,00Q1,\n"
        f"News,,cy@acme.example\nFair,{hidden.number},\nFair,,nobody@acme.example\nFair,,ann@acme.example\nNowhere,,ann@acme.example\nFair,,\n"
    )
    run = taken(cast.rep_a, tmp_path, text)
    assert run.mapping == ["list", "member", "email"]
    assert rehearse(run, cast.rep_a)["counts"] == {"new": 4, "failed": 4, "duplicate": 1}
    run.refresh_from_db()
    assert outcomes(run)[4:] == [
        (6, "failed", f"Leads: There is no “{hidden.number}” that you may see."),
        (7, "failed", "Leads: There is no “nobody@acme.example” that you may see."),
        (8, "duplicate", "On the list already."),
        (9, "failed", "marketing list: There is no “Nowhere” that you may see."),
        (10, "failed", "Enter a number, an ID or an e-mail address."),
    ]
    done = do(run, cast.rep_a)
    assert done.counts == {"new": 4, "failed": 4, "duplicate": 1}
    assert set(ListMember.objects.filter(list=found).values_list("lead", flat=True)) == {ann.pk, bob.pk, dee}
    assert ListMember.objects.get(list__name="News").contact == cy
    counts = MarketingList.objects.order_by("name").values_list("name", "member_count")
    assert dict(counts) == {"Fair": 3, "News": 1}

    assert not set(do(taken(cast.rep_a, tmp_path, text), cast.rep_a).counts) & {"new", "updated"}
    undo(done, cast.rep_a)
    assert (dict(counts.all()), ListMember.objects.count()) == ({"Fair": 0, "News": 0}, 0)


def test_lists_that_nobody_fills_are_refused_with_a_sentence(cast: Cast, tmp_path: Path) -> None:
    make_lead(cast.rep_a, email="ann@acme.example")
    locked = make_list(cast.rep_a, "Locked", members_are="lead")
    lock_list(list_id=locked.pk, actor=cast.rep_a, at=timezone.now())
    make_dynamic_list(cast.rep_a, "city:Leeds", "Asking", members_are="lead")
    text = "List,Email\nLocked,ann@acme.example\nAsking,ann@acme.example\n"
    run = do(taken(cast.rep_a, tmp_path, text), cast.rep_a)
    assert outcomes(run) == [
        (2, "failed", "This list is locked. Unlock it first."),
        (3, "failed", "A dynamic list asks its query. Change that, or take a snapshot."),
    ]
    assert not ListMember.objects.exists()
    with pytest.raises(Forbidden):
        taken(cast.read_only, tmp_path, text)


def test_a_list_is_chosen_for_all_rows(cast: Cast, tmp_path: Path, client_for: ClientFor) -> None:
    found = make_list(cast.rep_a, "Fair", members_are="lead")
    make_lead(cast.rep_a, email="ann@acme.example")
    text = "Email\nann@acme.example\n"
    run = taken(cast.rep_a, tmp_path, text)
    assert rehearse(run, cast.rep_a)["unknown"] == {"list": {"": 1}}
    client = client_for(cast.rep_a)
    page = client.get(f"/imports/{run.pk}/columns/").content.decode()
    assert 'name="chosen-list"' in page
    said = {"order": "dmy", "decimal": ".", "update_by": "", "duplicates": "skip", "column-0": "email"}
    client.post(f"/imports/{run.pk}/columns/", {**said, "chosen-list": str(found.pk)})
    run.refresh_from_db()
    assert (run.found["counts"], run.values) == ({"new": 1}, {"list": {"": f"={found.pk}"}})
    client.post(f"/imports/{run.pk}/columns/", said)
    run.refresh_from_db()
    assert run.found["unknown"] == {"list": {"": 1}}
    mean(run, cast.rep_a, list={"": f"={found.pk}"})
    assert do(run, cast.rep_a).counts == {"new": 1}


def test_the_command_takes_the_list_by_name(cast: Cast, tmp_path: Path) -> None:
    make_list(cast.rep_a, "Fair", members_are="lead")
    make_lead(cast.rep_a, email="ann@acme.example")
    file = tmp_path / "members.csv"
    file.write_text("Email\nann@acme.example\n")
    said = StringIO()
    options: dict[str, Any] = {"owner": "rep_a", "stdout": said, "stderr": StringIO()}
    call_command("import_file", "listmembers", str(file), choose=["list=Fair"], **options)
    assert said.getvalue() == "1 new, 0 updated, 0 skipped, 0 failed\n"
    for wrong in ("list=Nowhere", "owner=rep_a"):
        with pytest.raises(CommandError):
            call_command("import_file", "listmembers", str(file), choose=[wrong], **options)
