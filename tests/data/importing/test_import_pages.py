"""The wizard as a person goes through it: file, columns, rehearsal, words, run, result, and back."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.data.models import Import
from crm.data.services import import_work, imports
from leads.models import Lead
from tests.data.importing.runs import upload
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor
from tests.queue import work_off

pytestmark = pytest.mark.django_db

TEXT = "First Name,Last Name,Email,Owner,Rating\nAnn,Lee,ann@acme.example,Benny,Hot\nBob,Ray,nonsense,,Warm\n"


def send(client: Client, text: str, name: str = "leads.csv", noun: str = "leads") -> Any:
    return client.post("/imports/new/", {"noun": noun, "file": SimpleUploadedFile(name, text.encode())})


def columns(run: Import, **said: str) -> dict[str, str]:
    told = {"order": "dmy", "decimal": ".", "update_by": "", "duplicates": "skip"}
    return told | {f"column-{place}": name for place, name in enumerate(run.mapping)} | said


def test_a_file_goes_through_the_wizard_and_back(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    assert "/imports/new/?list=%2Fleads%2F" in client.get("/leads/").content.decode()
    assert '<option value="leads" selected>' in client.get("/imports/new/?list=%2Fleads%2F").content.decode()

    answer = send(client, TEXT)
    run = Import.objects.get()
    assert answer.headers["Location"] == f"/imports/{run.pk}/columns/"
    page = client.get(f"/imports/{run.pk}/columns/").content.decode()
    assert "ann@acme.example · nonsense" in page

    answer = client.post(f"/imports/{run.pk}/columns/", columns(run))
    assert answer.headers["Location"] == f"/imports/{run.pk}/"
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "owner: “Benny” in 1 row" in page
    assert "e-mail: “nonsense” is not an e-mail address." in page
    assert Lead.objects.count() == 0

    page = client.get(f"/imports/{run.pk}/values/").content.decode()
    assert f'<option value="={cast.rep_b.pk}">Ben North</option>' in page
    client.post(f"/imports/{run.pk}/values/", {"means-owner-0": f"={cast.rep_b.pk}"})
    run.refresh_from_db()
    assert run.found["counts"] == {"new": 1, "failed": 1}

    client.post(f"/imports/{run.pk}/run/", {"edition": run.edition, "idempotency_key": "once"})
    client.post(f"/imports/{run.pk}/run/", {"edition": run.edition, "idempotency_key": "once"})
    lead = Lead.objects.get()
    assert (lead.name, lead.owner) == ("Ann Lee", cast.rep_b)
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert f"/imports/{run.pk}/failed/" in page
    failed = b"".join(client.get(f"/imports/{run.pk}/failed/")).decode("utf-8-sig").splitlines()
    assert failed == [
        "First Name,Last Name,Email,Owner,Rating,(Do Not Modify) Line,(Do Not Modify) Reason",
        "Bob,Ray,nonsense,,Warm,3,e-mail: “nonsense” is not an e-mail address.",
    ]
    assert "1 new, 1 failed" in client.get("/imports/").content.decode()

    assert "Take back the import" in client.get(f"/imports/{run.pk}/undo/").content.decode()
    client.post(f"/imports/{run.pk}/undo/")
    assert Lead.objects.count() == 0


def test_a_large_file_is_left_to_the_worker_and_the_page_shows_how_far_it_is(
    cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (imports, import_work):
        monkeypatch.setattr(place, "AT_ONCE", 1)
    client = client_for(cast.rep_a)
    send(client, TEXT.replace("Benny", ""))
    run = Import.objects.get()
    client.post(f"/imports/{run.pk}/columns/", columns(run))
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert 'hx-trigger="load delay:1s"' in page
    assert "0 of 2 rows" in page
    assert client.post(f"/imports/{run.pk}/run/").status_code == 409
    assert work_off() == 1
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "Import 1 row" in page
    assert 'aria-current="step"><span class="import-step">3</span>' in page
    run.refresh_from_db()
    client.post(f"/imports/{run.pk}/run/", {"edition": run.edition})
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert 'hx-trigger="load delay:1s"' in page
    assert 'aria-current="step"><span class="import-step">4</span>' in page


def test_rows_that_come_in_with_a_warning_are_counted_and_listed(
    cast: Cast, client_for: ClientFor, tmp_path: Path
) -> None:
    make_lead(cast.rep_a, first_name="Ann", last_name="Lee", phone="+49 30 2000001")
    run = upload(cast.rep_a, tmp_path, "Last Name,Business Phone\nRay,+49 30 2000001\nFay,+49 30 2000002\n")
    client = client_for(cast.rep_a)
    client.post(f"/imports/{run.pk}/columns/", columns(run))
    assert f"/imports/{run.pk}/?outcome=warned#rows" in client.get(f"/imports/{run.pk}/").content.decode()
    page = client.get(f"/imports/{run.pk}/?outcome=warned").content.decode()
    assert "Perhaps the same as Ann Lee (lead): same phone number." in page
    assert "Fay" not in page


def test_what_was_changed_in_another_tab_is_not_run_unseen(cast: Cast, client_for: ClientFor, tmp_path: Path) -> None:
    client = client_for(cast.rep_a)
    run = upload(cast.rep_a, tmp_path, TEXT)
    client.post(f"/imports/{run.pk}/columns/", columns(run))
    answer = client.post(f"/imports/{run.pk}/run/", {"edition": run.edition})
    assert answer.status_code == 409
    assert "changed since you looked" in answer.content.decode()
    assert Lead.objects.count() == 0


def test_a_file_is_read_otherwise_when_somebody_says_so(cast: Cast, client_for: ClientFor, tmp_path: Path) -> None:
    client = client_for(cast.rep_a)
    run = upload(cast.rep_a, tmp_path, "title\nLast Name;City\nMüller;Köln\n".encode("cp1252"))
    page = f"/imports/{run.pk}/columns/"
    said = {"read": "1", "encoding": "cp850", "delimiter": ";", "header_line": "2"}
    assert client.post(page, said | {"header_line": "9"}).status_code == 422
    client.post(page, said | {"encoding": "cp1252"})
    run.refresh_from_db()
    assert (run.header, run.mapping, run.rows) == (["Last Name", "City"], ["last_name", "city"], 1)
    assert "Köln" in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"Last Name\n", "no rows"),
        ("a.pdf", b"%PDF-1.7", "This is no table"),
        ("a.csv", b'Last Name\n"Lee\n', "Line 2"),
    ],
)
def test_what_cannot_be_read_is_said_at_the_file(
    name: str, content: bytes, sentence: str, cast: Cast, client_for: ClientFor
) -> None:
    file = SimpleUploadedFile(name, content)
    answer = client_for(cast.rep_a).post("/imports/new/", {"noun": "leads", "file": file})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Import.objects.count() == 0


def test_formulas_and_markup_of_a_file_are_texts(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    send(client, "Last Name,Company\n<script>alert(1)</script>,'=1+1\n")
    run = Import.objects.get()
    for path in (f"/imports/{run.pk}/columns/", f"/imports/{run.pk}/"):
        assert "<script>alert" not in client.get(path).content.decode()
    client.post(f"/imports/{run.pk}/columns/", columns(run))
    client.post(f"/imports/{run.pk}/run/")
    assert Lead.objects.get().company == "=1+1"
