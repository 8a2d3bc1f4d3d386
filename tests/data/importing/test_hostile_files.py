"""Every hostile file at the door of the wizard: read right, refused with a sentence or flagged, and at once."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.data import import_forms
from crm.data.models import Import
from crm.data.services import imports
from leads.models import Lead
from tests.data.importing.published import published
from tests.data.importing.runs import do, upload
from tests.factories.cast import Cast
from tests.fixtures import ClientFor
from tests.queue import work_off

pytestmark = pytest.mark.django_db

#: The last one is full of quotation marks that nobody closes.
REFUSED = {"empty.csv", "only_bom.csv", "header_only.csv", "unclosed_quote.csv", "blns.txt"}
#: Of these the page of the columns is drawn.
SHOWN = {"columns_5000.csv", "rtl_zero_width.csv", "long_field_2MB.csv"}
#: Seconds of work, not of the clock: a refusal may take five.
PATIENCE = 5


def send(client: Client, path: Path) -> Any:
    began = time.process_time()
    answer = client.post("/imports/new/", {"noun": "leads", "file": SimpleUploadedFile(path.name, path.read_bytes())})
    assert time.process_time() - began < PATIENCE, path.name
    return answer


def walk(client: Client) -> Import:
    """From the columns to the result; what maps to nothing becomes the last name."""
    run = Import.objects.latest("pk")
    mapping = run.mapping if any(run.mapping) else ["last_name", *run.mapping[1:]]
    said = {"order": run.style["order"], "decimal": run.style["decimal"], "update_by": "", "duplicates": "create"}
    said |= {f"column-{place}": name for place, name in enumerate(mapping[: import_forms.MOST_COLUMNS])}
    if run.title in SHOWN:
        assert client.get(f"/imports/{run.pk}/columns/").status_code == 200
    assert client.post(f"/imports/{run.pk}/columns/", said).status_code == 302, run.title
    work_off()
    assert client.post(f"/imports/{run.pk}/run/").status_code == 302
    work_off()
    page = client.get(f"/imports/{run.pk}/").content.decode()
    assert "<script>alert" not in page
    done = Import.objects.get(pk=run.pk)
    assert done.stage == Import.Stage.DONE, (done.title, done.error)
    assert sum(done.counts.values()) == done.rows
    return done


def test_hostile_tables_go_through_the_wizard_or_are_refused(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    folder = published("hostile")
    files = [*sorted((folder / "csv_malformed").glob("*.*")), folder / "emails.txt"]
    files += [folder / "csv_injection" / "csv-payload.txt", folder / "blns" / "blns.txt"]
    for path in files:
        if path.suffix == ".json":
            continue
        before = (Import.objects.count(), Lead.objects.count())
        answer = send(client, path)
        if path.name in REFUSED:
            assert answer.status_code == 422, path.name
            assert 'class="field-errors"' in answer.content.decode(), path.name
            assert (Import.objects.count(), Lead.objects.count()) == before
        else:
            assert answer.status_code == 302, (path.name, answer.content.decode())
            walk(client)
    # The same four rows in nine files, one of them in an old character set, one with a lost sign in another cell.
    assert Lead.objects.filter(last_name="Muñoz", company='Café "Sol", S.A.').count() == 11


def test_texts_that_look_like_formulas_stay_texts(cast: Cast, client_for: ClientFor, tmp_path: Path) -> None:
    texts = published("hostile", "csv_injection", "csv-payload.txt").read_text().splitlines()
    run = upload(cast.rep_a, tmp_path, "Company\n" + "".join('"' + one.replace('"', '""') + '"\n' for one in texts))
    do(run, cast.rep_a)
    kept = list(Lead.objects.order_by("pk").values_list("company", flat=True))
    assert kept == [" ".join(text.split()) for text in texts]


def test_a_browser_uploads_50_megabytes_at_most(
    cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert imports.MOST_BYTES == 50 * 1024 * 1024
    monkeypatch.setattr(import_forms, "MOST_BYTES", 20)
    path = tmp_path / "large.csv"
    path.write_text("Last Name\nSomebody Long\n")
    answer = send(client_for(cast.rep_a), path)
    assert answer.status_code == 422
    assert "larger than 50 MB" in answer.content.decode()
    assert not Import.objects.exists()
