"""Every hostile file at the door of the wizard: read right, refused with a sentence or flagged, and at once."""

import csv
import json
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.core.folding import one_line
from crm.data import import_forms
from crm.data.importing import files
from crm.data.models import Import
from crm.data.services import imports
from leads.models import Lead
from tests.data.importing.bombs import SHEETS, workbook_with
from tests.data.importing.published import published
from tests.data.importing.runs import do, outcomes, upload
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


def test_the_spectrum_of_csv_comes_in_through_the_wizard(cast: Cast, client_for: ClientFor) -> None:
    client, folder = client_for(cast.rep_a), published("hostile", "csv_spectrum")
    for path in sorted((folder / "csvs").iterdir()):
        wanted = json.loads((folder / "json" / f"{path.stem}.json").read_text())
        before = set(Lead.objects.values_list("pk", flat=True))
        if not wanted:
            assert send(client, path).status_code == 422, path.name
            continue
        assert send(client, path).status_code == 302, path.name
        mapping = walk(client).mapping
        kept = list(Lead.objects.exclude(pk__in=before).order_by("pk"))
        for lead, row in zip(kept, wanted, strict=True):
            for name, text in zip(mapping, row.values(), strict=True):
                assert not name or " ".join(str(getattr(lead, name)).split()) == one_line(text), path.name


def test_names_of_all_scripts_stay_as_they_are_written(cast: Cast, client_for: ClientFor, tmp_path: Path) -> None:
    names: list[str] = json.loads(published("hostile", "names_unicode.json").read_text())
    path, client = tmp_path / "names.csv", client_for(cast.rep_a)
    with path.open("w", encoding="utf-8", newline="") as opened:
        rows = ([name, f"Company {number}"] for number, name in enumerate(names))
        csv.writer(opened).writerows([["Last Name", "Company"], *rows])
    assert send(client, path).status_code == 302
    done = walk(client)
    told = {line: (outcome, reason) for line, outcome, reason in outcomes(done)}
    kept = dict(Lead.objects.values_list("company", "last_name"))
    for number, name in enumerate(names):
        if len(one_line(name)) > 100:
            assert told[number + 2] == ("failed", "last name: At most 100 characters fit here."), name
        else:
            assert kept[f"Company {number}"] == one_line(name)
    assert done.counts["new"] == len(kept)


def _packed(folder: Path, name: str, *members: tuple[str, bytes, int]) -> Path:
    """An archive whose members hold a piece so many times."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, piece, times in members:
            with archive.open(member, "w", force_zip64=True) as opened:
                for _time in range(times):
                    opened.write(piece)
    return path


def _bombs(folder: Path) -> Iterator[Path]:
    yield _packed(folder, "large.zip", ("a.csv", b"0" * 1_000_000, 600))
    yield _packed(folder, "large-cards.zip", ("a.vcf", b"BEGIN:VCARD\n" * 100_000, 50))
    yield _packed(folder, "rows.zip", ("a.csv", b"a\n" * 500_000, 3))
    yield _packed(folder, "many.zip", *((f"{number}.vcf", b"", 1) for number in range(2_001)))
    inner = _packed(folder, "inner.zip", ("a.csv", b"a\n1\n", 1)).read_bytes()
    yield _packed(folder, "nested.zip", ("a.xlsx", inner, 1))
    for number, sheet in enumerate(SHEETS):
        yield workbook_with(sheet, folder / f"{number}.xlsx")


def test_bombs_are_refused_at_the_door_with_a_sentence(cast: Cast, client_for: ClientFor, tmp_path: Path) -> None:
    client = client_for(cast.rep_a)
    for path in _bombs(tmp_path):
        answer = send(client, path)
        assert answer.status_code == 422, path.name
        assert 'class="field-errors"' in answer.content.decode(), path.name
    assert not Import.objects.exists()
    assert not list(files.folder().iterdir())
