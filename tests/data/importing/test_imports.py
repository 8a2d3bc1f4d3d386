"""A file of leads on its way into the house: understood, rehearsed, written, told from what is there, taken back."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from crm.core.errors import Conflict, Forbidden, Invalid
from crm.core.history import events_of
from crm.core.models import Job
from crm.core.work import resume_stale_jobs
from crm.data.importing import engine, writing
from crm.data.importing.drafts import Draft
from crm.data.importing.registry import importer_of
from crm.data.importing.styles import Style, guessed_style, read_date, read_number
from crm.data.merge.services import merge_records
from crm.data.merge.taking_back import undo_merge
from crm.data.models import ExternalId, Import, LearntColumn
from crm.data.services import import_work, imports
from crm.data.services.imports import begin, take_in
from crm.data.tasks import run_import
from leads.models import Lead
from leads.services.leads import update_lead
from tests.data.importing.published import published
from tests.data.importing.runs import do, mean, outcomes, rehearse, say, undo, upload
from tests.factories.cast import Cast, make_cast
from tests.factories.leads import make_lead
from tests.together import at_once

SALESFORCE = """Id,IsDeleted,LastName,FirstName,Title,Company,Phone,Email,LeadSource,Rating,AnnualRevenue,Status
00Q1,FALSE,Lee,Ann,Buyer,Acme Ltd,+49 30 2000001,ann@acme.example,Trade Show,Hot,"1,200.50",Working - Contacted
00Q2,FALSE,Ray,Bob,,Blue Inc,,bob@blue.example,Web,Warm,,Closed - Not Converted
"""


def only(**values: Any) -> Lead:
    return Lead.objects.get(**values)


@pytest.mark.django_db
def test_an_export_of_another_crm_maps_by_itself_and_becomes_leads(cast: Cast, tmp_path: Path) -> None:
    run = upload(cast.rep_a, tmp_path, SALESFORCE)
    assert dict(zip(run.header, run.mapping, strict=True)) == {
        "Id": "external_id", "IsDeleted": "", "LastName": "last_name", "FirstName": "first_name", "Title": "job_title",
        "Company": "company", "Phone": "phone", "Email": "email", "LeadSource": "source", "Rating": "rating",
        "AnnualRevenue": "annual_revenue", "Status": "status",
    }  # fmt: skip
    assert rehearse(run, cast.rep_a)["counts"] == {"new": 2}
    assert Lead.objects.count() == 0
    done = do(run, cast.rep_a)
    assert done.counts == {"new": 2}
    ann, bob = only(first_name="Ann"), only(first_name="Bob")
    assert (ann.name, ann.source, ann.rating, ann.annual_revenue) == ("Ann Lee", "trade_show", "hot", Decimal("1200.5"))
    assert (ann.state, ann.status_reason, ann.email_key, ann.owner) == (
        "open",
        "contacted",
        "ann@acme.example",
        cast.rep_a,
    )
    assert (bob.state, bob.status_reason, bob.closed_at is not None) == ("disqualified", "lost", True)
    assert {ann.number, bob.number} == {f"LEAD-{timezone.now().year}-0000{n}" for n in (1, 2)}
    event: Any = events_of(ann).get()
    assert (event.pgh_context["action"], event.pgh_context["user"]) == ("lead.imported", cast.rep_a.pk)
    assert ExternalId.objects.get(key="00Q1").object_id == ann.pk


@pytest.mark.django_db
def test_the_same_file_twice_makes_nothing_new_and_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    without_ids = "\n".join(line.partition(",")[2] for line in SALESFORCE.splitlines())
    for text in (SALESFORCE, without_ids.replace("acme", "other").replace("blue", "green")):
        do(upload(cast.rep_a, tmp_path, text), cast.rep_a)
        before = list(Lead.objects.order_by("pk").values())
        again = upload(cast.rep_a, tmp_path, text)
        found = do(again, cast.rep_a)
        assert not set(found.counts) & {"new", "updated", "failed"}
        assert sum(found.counts.values()) == 2
        assert list(Lead.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_rows_are_told_from_what_is_there(cast: Cast, tmp_path: Path) -> None:
    make_lead(cast.rep_a, first_name="Ann", last_name="Lee", email="ANN@acme.example")
    make_lead(cast.rep_c, first_name="Hid", last_name="Den", email="hidden@acme.example")
    text = (
        "First Name,Last Name,Email,Rating,Annual Revenue\n"
        "Ann,Lee,ann@acme.example,Hot,1\nHid,Den,hidden@acme.example,,\nBob,Ray,bob@blue.example,Hottest,\n"
        "Cy,Dee,cy@blue.example,,lots\n,,,Cold,\nEve,Fay,eve@blue.example,,\nEve,Fay,eve@blue.example,,5\n"
    )
    run = upload(cast.rep_a, tmp_path, text)
    found = rehearse(run, cast.rep_a)
    run.refresh_from_db()
    assert outcomes(run) == [
        (2, "duplicate", "Duplicate of Ann Lee: same e-mail address."),
        (3, "duplicate", "Duplicate of A lead you may not see: same e-mail address."),
        (4, "failed", "rating: “Hottest” is none of the choices."),
        (5, "failed", "annual revenue: “lots” is not a number."),
        (6, "failed", str(Lead._meta.constraints[2].violation_error_message)),
        (7, "new", ""),
        (8, "duplicate", "Duplicate of line 7: same e-mail address."),
    ]
    assert found["unknown"] == {"rating": {"Hottest": 1}}
    mean(run, cast.rep_a, rating={"Hottest": "=hot"})
    done = do(run, cast.rep_a)
    assert done.counts == {"duplicate": 3, "failed": 2, "new": 2}
    assert only(first_name="Bob").rating == "hot"


@pytest.mark.django_db
def test_an_update_by_e_mail_changes_what_differs_and_is_taken_back(cast: Cast, tmp_path: Path) -> None:
    ann = make_lead(cast.rep_a, last_name="Lee", email="ann@acme.example", rating="cold", city="Rome")
    bob = make_lead(cast.rep_a, last_name="Ray", email="bob@acme.example", rating="hot", city="Oslo")
    foreign = make_lead(cast.rep_c, last_name="Far", email="far@acme.example")
    text = (
        "Email,Last Name,Rating,City\nann@acme.example,Lee,Hot,Rome\nbob@acme.example,Ray,Hot,Oslo\n"
        "far@acme.example,Far,Hot,\nnew@acme.example,New,Warm,Bonn\n"
    )
    run = say(upload(cast.rep_a, tmp_path, text), cast.rep_a, update_by="email")
    done = do(run, cast.rep_a)
    assert done.counts == {"updated": 1, "same": 1, "duplicate": 1, "new": 1}
    ann.refresh_from_db()
    bob.refresh_from_db()
    assert (ann.rating, ann.version, bob.version) == ("hot", 2, 1)
    undo(done, cast.rep_a)
    ann.refresh_from_db()
    assert ann.rating == "cold"
    assert sorted(Lead.objects.values_list("pk", flat=True)) == [ann.pk, bob.pk, foreign.pk]


@pytest.mark.django_db
def test_taking_back_keeps_what_was_changed_since_and_says_so(cast: Cast, tmp_path: Path) -> None:
    run = do(upload(cast.rep_a, tmp_path, SALESFORCE), cast.rep_a)
    ann = only(first_name="Ann")
    update_lead(lead_id=ann.pk, values={"city": "Rome"}, actor=cast.rep_a, at=timezone.now())
    undone = undo(run, cast.rep_a)
    assert list(Lead.objects.values_list("pk", flat=True)) == [ann.pk]
    assert sorted(outcome for _line, outcome, _reason in outcomes(undone)) == ["kept", "undone"]
    assert list(ExternalId.objects.values_list("key", flat=True)) == ["00Q1"]
    with pytest.raises(Conflict, match="nothing to take back"):
        begin(import_id=run.pk, stage="undoing", edition=None, actor=cast.rep_a, at=timezone.now())


@pytest.mark.django_db
def test_a_person_names_columns_and_it_is_learnt(cast: Cast, tmp_path: Path) -> None:
    text = "Kontaktperson,Betrieb,(Do Not Modify) Lead,Email,Email\nAnn Lee,Acme,9f,a@acme.example,b@acme.example\n"
    run = upload(cast.rep_a, tmp_path, text)
    assert run.mapping == ["", "", "", "email", "email2"]
    mapping = ["full_name", "company", "", "email", "email2"]
    say(run, cast.rep_a, mapping=mapping)
    assert dict(LearntColumn.objects.values_list("head", "field")) == {
        "kontaktperson": "full_name",
        "betrieb": "company",
    }
    assert upload(cast.rep_b, tmp_path, text).mapping == mapping
    do(run, cast.rep_a)
    lead = only()
    assert (lead.first_name, lead.last_name, lead.company, lead.email2) == ("Ann", "Lee", "Acme", "b@acme.example")


@pytest.mark.django_db
def test_after_a_merge_the_keys_of_the_other_system_lead_to_the_master(cast: Cast, tmp_path: Path) -> None:
    """And back again, once the merge is taken back."""
    do(upload(cast.rep_a, tmp_path, SALESFORCE), cast.rep_a)
    ann, twin = only(first_name="Ann"), make_lead(cast.rep_a, first_name="Ann", last_name="Lee")
    at = timezone.now()
    merge = merge_records(model=Lead, master_id=twin.pk, loser_ids=[ann.pk], actor=cast.rep_a, at=at)
    changed = "Id,LastName,City\n00Q1,Lee,Rome\n"
    assert do(upload(cast.rep_a, tmp_path, changed), cast.rep_a).counts == {"updated": 1}
    assert only(city="Rome") == twin
    undo_merge(merge_id=merge.pk, actor=cast.rep_a, at=at)
    assert do(upload(cast.rep_a, tmp_path, changed.replace("Rome", "Oslo")), cast.rep_a).counts == {"updated": 1}
    assert only(city="Oslo") == ann


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (["company", "company"], {}),
        (["", ""], {}),
        (["company", "owning_unit"], {}),
        (["company"], {}),
        (["company", ""], {"update_by": "email"}),
    ],
)
@pytest.mark.django_db
def test_a_mapping_that_means_nothing_is_refused(
    mapping: list[str], said: dict[str, str], cast: Cast, tmp_path: Path
) -> None:
    run = upload(cast.rep_a, tmp_path, "Company,Other\nAcme,x\n")
    with pytest.raises(Invalid):
        say(run, cast.rep_a, mapping=mapping, **said)
    run.refresh_from_db()
    assert (run.mapping, run.edition, LearntColumn.objects.count()) == (["company", ""], 1, 0)


@pytest.mark.django_db
def test_only_those_import_who_may_and_only_what_they_may_give(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        upload(cast.read_only, tmp_path, SALESFORCE)
    assert not list((tmp_path / "imports").glob("*")) if (tmp_path / "imports").exists() else True
    run = upload(cast.rep_a, tmp_path, "Last Name,Owner\nLee,Ben North\nRay,Nobody\nDee,\n")
    found = rehearse(run, cast.rep_a)
    assert found["counts"] == {"new": 2, "failed": 1}
    mean(run, cast.rep_a, owner={"Nobody": f"={cast.rep_b.pk}"})
    do(run, cast.rep_a)
    assert dict(Lead.objects.values_list("last_name", "owner__username")) == {
        "Lee": "rep_b",
        "Ray": "rep_b",
        "Dee": "rep_a",
    }


def test_dates_and_numbers_are_read_as_the_file_proves_or_as_somebody_says() -> None:
    assert guessed_style(["31.12.2026", "03/04/2026"], ["1.234,50"], Style()) == Style("dmy", ",")
    assert guessed_style(["12/31/2026"], ["1,234.50"], Style()) == Style("mdy", ".")
    assert guessed_style(["03/04/2026"], ["1,234"], Style("mdy")) == Style("mdy", ".", False, False)
    dates = ["31.12.2026", "12/31/2026", "2026-12-31T23:59:59Z", "46387", "31 Dec 2026", "12/31/26 08:55 PM"]
    assert {read_date(text, "dmy") for text in dates} == {dt.date(2026, 12, 31)}
    assert (read_date("03/04/2026", "dmy"), read_date("03/04/2026", "mdy")) == (
        dt.date(2026, 4, 3),
        dt.date(2026, 3, 4),
    )
    numbers = ["1.234.567,89 €", "1,234,567.89", "₹12,34,567.89", "1 234 567,89", "1'234'567.89"]
    assert {read_number(text, ".") for text in numbers} == {Decimal("1234567.89")}
    assert (read_number("(1 234,50)", "."), read_number("1.234", ","), read_number("1.234", ".")) == (
        Decimal("-1234.50"), Decimal(1234), Decimal("1.234"),
    )  # fmt: skip
    for text in ("31.02.2026", "soon", "1/2/3"):
        with pytest.raises(ValueError, match="not a date"):
            read_date(text, "dmy")
    for text in ("12 kg", "1e5", "abc", "1-2"):
        with pytest.raises(ValueError, match="not a number"):
            read_number(text, ".")


@pytest.mark.django_db
def test_headers_of_other_programs_map_by_themselves(cast: Cast, tmp_path: Path) -> None:
    heads = json.loads(published("headers", "import_header_rows.json").read_text())
    words = {"first name": "first_name", "last name": "last_name", "job title": "job_title", "phone": "phone"}
    google = heads["google_contacts_legacy"]
    run = upload(cast.rep_a, tmp_path, ",".join(google["header"]) + "\n" + ",".join("x" * len(google["header"])) + "\n")
    mapped = dict(zip(run.header, run.mapping, strict=True))
    for head, name in google["expect_mapped"].items():
        assert mapped[head] == words.get(name, name), head
    for source in ("pipedrive_sample_import", "hubspot_contacts_export", "hubspot_contacts_report"):
        header = heads[source]["header"]
        run = upload(cast.rep_a, tmp_path, ",".join(header) + "\n" + ",".join("x" * len(header)) + "\n")
        assert {"first_name", "last_name", "company", "email"} <= set(run.mapping), source


@pytest.mark.parametrize("name", ["header_only.csv", "empty.csv", "unclosed_quote.csv"])
@pytest.mark.django_db
def test_a_file_that_cannot_be_taken_leaves_nothing(name: str, cast: Cast, tmp_path: Path) -> None:
    source = published("hostile", "csv_malformed", name)
    with pytest.raises(Invalid):
        take_in(noun="leads", source=source, title=name, actor=cast.rep_a, at=timezone.now())
    assert Import.objects.count() == 0
    assert not list((tmp_path / "imports").glob("*"))


@pytest.mark.django_db
def test_the_command_prints_what_came_of_it(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(SALESFORCE)
    said = StringIO()
    call_command("import_file", "leads", str(file), owner="rep_a", stdout=said, stderr=StringIO())
    assert said.getvalue() == "2 new, 0 updated, 0 skipped, 0 failed\n"
    assert set(Lead.objects.values_list("owner__username", flat=True)) == {"rep_a"}
    file.write_text("Last Name,Email\nLee,ann@acme.example\nRay,nonsense\n")
    said, errors = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_file", "leads", str(file), stdout=said, stderr=errors)
    assert ended.value.code == 1
    assert said.getvalue() == "0 new, 0 updated, 1 skipped, 1 failed\n"
    assert "line 3: e-mail: “nonsense” is not an e-mail address." in errors.getvalue()


class Killed(BaseException):
    """A worker that is killed handles no exception and writes nothing any more."""


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_killed_is_followed_by_one_that_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cast = make_cast()
    monkeypatch.setattr(imports, "AT_ONCE", 3)
    monkeypatch.setattr(import_work, "BLOCK", 3)
    text = "Last Name,Email\n" + "".join(f"L{n},l{n}@acme.example\n" for n in range(8))
    run = upload(cast.rep_a, tmp_path, text)
    begin(import_id=run.pk, stage="running", edition=run.edition, actor=cast.rep_a, at=timezone.now())
    job = Job.objects.get()
    write, calls = writing.write_block, list[int]()

    def dying(working: engine.Engine, drafts: list[Draft], meanwhile: Callable[[], None]) -> None:
        write(working, drafts, meanwhile)
        calls.append(len(drafts))
        if len(calls) == 2:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(import_work, "write_block", dying)
        with pytest.raises(Killed):
            run_import.call(job.pk)
    assert Lead.objects.count() == 3
    assert resume_stale_jobs(timezone.now() + dt.timedelta(hours=1)) == 1
    run_import.call(job.pk)
    run.refresh_from_db()
    assert (run.stage, run.counts, Lead.objects.count()) == ("done", {"new": 8}, 8)
    assert sorted(Lead.objects.values_list("last_name", flat=True)) == [f"L{n}" for n in range(8)]


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_file_at_once_make_each_record_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cast = make_cast()
    monkeypatch.setattr(import_work, "BLOCK", 5)
    text = "Last Name,Company\n" + "".join(f"L{n},Acme {n}\n" for n in range(20))
    runs = [upload(cast.rep_a, tmp_path, text) for _twice in range(2)]
    for run in runs:
        begin(import_id=run.pk, stage="running", edition=None, actor=cast.rep_a, at=timezone.now())
    done = at_once([partial(import_work.perform, run.pk) for run in runs])
    counts = [run.counts for run in done if isinstance(run, Import)]
    assert Lead.objects.count() == 20
    assert sum(found.get("new", 0) for found in counts) == sum(found.get("repeated", 0) for found in counts) == 20


@pytest.mark.django_db
def test_fields_that_the_product_computes_cannot_be_filled(cast: Cast) -> None:
    names = set(importer_of("leads").all_targets(cast.rep_a))
    assert not names & {"state", "score", "owning_unit", "sort_key", "version", "created_by", "is_demo", "number"}
