"""What an import leaves when a record is named twice, a block is done again, a worker gives up, or a key is hidden."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from crm.core.models import Job
from crm.data.importing import engine, writing
from crm.data.importing.drafts import Draft
from crm.data.services import import_work, imports
from crm.data.services.imports import begin, begin_here
from crm.data.tasks import run_import
from leads.models import Lead
from tests.data.importing.runs import do, mean, outcomes, say, undo, upload
from tests.factories.cast import Cast, make_cast
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor


@pytest.mark.django_db
def test_a_record_that_several_blocks_name_is_written_once_and_taken_back_whole(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "BLOCK", 2)
    ann = make_lead(cast.rep_a, last_name="Lee", email="ann@acme.example", city="Rome")
    text = (
        "Last Name,Email,City\nLee,ann@acme.example,Oslo\nNew,new@acme.example,Bonn\n"
        "Lee,ann@acme.example,Paris\nNew,new@acme.example,Graz\n"
    )
    run = say(upload(cast.rep_a, tmp_path, text), cast.rep_a, update_by="email")
    done = do(run, cast.rep_a)
    assert outcomes(done) == [
        (2, "updated", ""),
        (3, "new", ""),
        (4, "failed", "Line 2 is about the same record."),
        (5, "failed", "Line 3 is about the same record."),
    ]
    assert dict(Lead.objects.values_list("last_name", "city")) == {"Lee": "Oslo", "New": "Bonn"}
    undo(run, cast.rep_a)
    assert list(Lead.objects.values_list("pk", "city")) == [(ann.pk, "Rome")]


@pytest.mark.django_db(transaction=True)
def test_a_block_that_is_done_again_makes_what_it_needs_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    text = "Opportunity Name,Account Name\nBig deal,Acme Ltd\n"
    run = upload(cast.administrator, tmp_path, text, noun="opportunities")
    mean(run, cast.administrator, customer_account={"Acme Ltd": "+Acme Ltd"})
    begin_here(import_id=run.pk, actor=cast.administrator, at=timezone.now())
    write, tries = writing.write_block, list[int]()

    def deadlocked(working: engine.Engine, drafts: list[Draft], meanwhile: Callable[[], None]) -> None:
        write(working, drafts, meanwhile)
        tries.append(len(drafts))
        if len(tries) == 1:
            raise OperationalError from DeadlockDetected()

    monkeypatch.setattr(import_work, "write_block", deadlocked)
    done = import_work.perform(run.pk)
    assert (done.stage, done.counts, tries) == ("done", {"new": 1}, [1, 1])


@pytest.mark.django_db
def test_an_import_whose_worker_gave_up_is_taken_back(
    cast: Cast, client_for: ClientFor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 3)
    monkeypatch.setattr(import_work, "BLOCK", 3)
    text = "Last Name,Email\n" + "".join(f"L{n},l{n}@acme.example\n" for n in range(8))
    run = upload(cast.rep_a, tmp_path, text)
    begin(import_id=run.pk, stage="running", edition=None, actor=cast.rep_a, at=timezone.now())
    write, calls = writing.write_block, list[int]()

    def broken(working: engine.Engine, drafts: list[Draft], meanwhile: Callable[[], None]) -> None:
        calls.append(len(drafts))
        if len(calls) == 2:
            raise RuntimeError
        write(working, drafts, meanwhile)

    with monkeypatch.context() as patched:
        patched.setattr(import_work, "write_block", broken)
        with pytest.raises(RuntimeError):
            run_import.call(Job.objects.get().pk)
    assert Lead.objects.count() == 3
    page = client_for(cast.rep_a).get(f"/imports/{run.pk}/").content.decode()
    assert "The work stopped before its end." in page
    assert f"/imports/{run.pk}/undo/" in page
    undo(run, cast.rep_a)
    assert Lead.objects.count() == 0


@pytest.mark.django_db
def test_the_id_of_a_hidden_record_tells_nothing_of_it(cast: Cast, tmp_path: Path) -> None:
    do(upload(cast.rep_c, tmp_path, "Id,Last Name,City\n00Q1,Lee,Rome\n"), cast.rep_c)
    for city in ("Rome", "Oslo"):
        run = say(upload(cast.rep_a, tmp_path, f"Id,Last Name,City\n00Q1,Lee,{city}\n"), cast.rep_a)
        assert run.update_by == "external_id"
        done = do(run, cast.rep_a)
        assert outcomes(done) == [(2, "failed", "A record with this ID is there, and you may not see it.")]
    assert Lead.objects.get().city == "Rome"


@pytest.mark.django_db
def test_people_who_move_to_another_unit_take_their_records_along(cast: Cast, tmp_path: Path) -> None:
    lead, unit = make_lead(cast.rep_a), cast.rep_c.business_unit
    assert lead.owning_unit_id != unit.pk
    text = f"Username,Business Unit,Manager\nrep_a,{unit},rep_b\nrep_b,,rep_a\n"
    run = say(upload(cast.administrator, tmp_path, text, noun="users"), cast.administrator, update_by="username")
    done = do(run, cast.administrator)
    assert [(line, outcome) for line, outcome, _reason in outcomes(done)] == [(2, "updated"), (3, "failed")]
    lead.refresh_from_db()
    assert lead.owning_unit_id == unit.pk
    undo(run, cast.administrator)
    lead.refresh_from_db()
    assert lead.owning_unit_id == cast.rep_a.business_unit_id
