"""Notes with files: what is kept, how it is named, who may fetch it."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from activities.models import Activity, Attachment
from activities.regarding import Ref
from activities.services import notes
from activities.services.notes import add_note, attach_files, safe_name
from crm.core.errors import Forbidden, Invalid
from tests.factories.activities import AT
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor


@pytest.fixture(autouse=True)
def uploads(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(name: str = "plan.pdf", content: bytes = b"%PDF-1.7 plan") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def note_with(cast: Cast, *files: Any) -> Activity:
    lead = make_lead(cast.rep_a)
    return add_note(regarding=Ref.to(lead), description="See plan", files=files, actor=cast.rep_a, at=AT)


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_note_is_called_by_its_first_line(cast: Cast) -> None:
    long = add_note(regarding=None, description="\n\n" + "word " * 40 + "\nmore", actor=cast.rep_a, at=AT)
    assert long.subject.startswith("word word")
    assert (len(long.subject) <= 60, long.subject[-1]) == (True, "…")
    assert add_note(regarding=None, description="", files=[upload()], actor=cast.rep_a, at=AT).subject == "plan.pdf"


def test_an_empty_note_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        add_note(regarding=None, description=" \n", actor=cast.rep_a, at=AT)
    assert refusal.value.field == "description"
    assert not Activity.objects.exists()


def test_a_file_lies_outside_the_web_root_under_a_random_name(cast: Cast, uploads: Path) -> None:
    note_with(cast, upload("../../Plan <x>.PDF"))
    attachment, path = Attachment.objects.get(), stored_files(uploads)[0]
    assert (attachment.name, attachment.size) == ("Plan _x_.PDF", 13)
    assert attachment.media_type == "application/pdf"
    assert attachment.sha256 == hashlib.sha256(b"%PDF-1.7 plan").hexdigest()
    assert path.read_bytes() == b"%PDF-1.7 plan"
    assert path.suffix == ""
    assert "plan" not in str(path.relative_to(uploads)).lower()
    assert path.stat().st_mode & 0o077 == 0
    assert Path(site_settings.STATIC_ROOT) not in path.parents


def test_a_file_above_the_limit_is_refused_with_the_note(
    cast: Cast, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "MAX_FILE_SIZE", 10)
    with pytest.raises(Invalid) as refusal:
        note_with(cast, upload(content=b"short"), upload("big.bin", b"x" * 11))
    assert (refusal.value.field, "big.bin" in refusal.value.sentence) == ("attachments", True)
    assert not Activity.objects.exists()
    assert stored_files(uploads) == []


def test_a_failure_leaves_no_file_behind(cast: Cast, uploads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Attachment, **_options: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Attachment, "save", broken)
    with pytest.raises(OSError, match="disk full"):
        note_with(cast, upload())
    assert stored_files(uploads) == []
    assert not Activity.objects.exists()


def test_only_those_who_may_change_an_activity_attach_to_it(cast: Cast, uploads: Path) -> None:
    note = note_with(cast)
    with pytest.raises(Forbidden):
        attach_files(activity_id=note.pk, files=[upload()], actor=cast.rep_b, at=AT)
    assert stored_files(uploads) == []
    attach_files(activity_id=note.pk, files=[upload()], actor=cast.rep_a, at=AT)
    assert Attachment.objects.get().activity == note


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a/b\\c.txt", "c.txt"),
        ("../../etc/passwd", "passwd"),
        ("..", "file"),
        ("", "file"),
        ("fdp\u202etxt.exe", "fdptxt.exe"),
        ("a\r\nSet-Cookie: x.txt", "a Set-Cookie_ x.txt"),
        ('"quoted".txt', "_quoted_.txt"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("Łódź – plan.pdf", "Łódź – plan.pdf"),
        ("\x00nul.txt", "nul.txt"),
    ],
)
def test_a_file_name_is_shown_without_tricks(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("plan.pdf", "application/pdf"),
        ("page.html", "application/octet-stream"),
        ("pic.svg", "application/octet-stream"),
        ("script.js", "application/octet-stream"),
    ],
)
def test_a_file_is_sent_as_an_attachment_that_no_browser_runs(
    cast: Cast, client_for: ClientFor, name: str, media: str
) -> None:
    note = note_with(cast, upload(name, b"<script>1</script>"))
    response = client_for(cast.rep_a).get(f"/activities/{note.pk}/files/{Attachment.objects.get().pk}/")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"<script>1</script>"  # type: ignore[attr-defined]  # a file answer
    assert response["Content-Type"] == media
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_hidden_with_its_activity(cast: Cast, client_for: ClientFor) -> None:
    note, other = note_with(cast, upload()), note_with(cast)
    file = Attachment.objects.get()
    assert client_for(cast.rep_c).get(f"/activities/{note.pk}/files/{file.pk}/").status_code == 404
    assert client_for(cast.rep_a).get(f"/activities/{other.pk}/files/{file.pk}/").status_code == 404
    assert client_for(cast.rep_b).get(f"/activities/{note.pk}/files/{file.pk}/").status_code == 200


def test_a_lost_file_is_said_to_be_lost(cast: Cast, client_for: ClientFor, uploads: Path) -> None:
    note = note_with(cast, upload())
    stored_files(uploads)[0].unlink()
    response = client_for(cast.rep_a).get(f"/activities/{note.pk}/files/{Attachment.objects.get().pk}/")
    assert response.status_code == 404
    assert "backup" in response.text
