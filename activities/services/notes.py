"""Notes, and files on them. Files lie outside the web root under random names."""

import datetime as dt
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from activities.kinds import Kind
from activities.models import Activity, Attachment
from activities.regarding import Ref
from activities.services.activities import create_activity
from crm.core.access import WRITE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Invalid
from crm.core.folding import one_line
from crm.core.transactions import service
from crm.users.services.notifications import tell_mentioned

MAX_FILE_SIZE = 25 * 1024 * 1024
MAX_FILES = 20

# Signs that turn the reading direction or cannot be seen let "exe.pdf" look like "fdp.exe".
_DECEIVING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_MOST_NAMED = 60


@service("note.added")
def add_note(
    *,
    regarding: Ref | None,
    description: str,
    actor: Actor,
    at: dt.datetime,
    subject: str = "",
    files: Sequence[File[bytes]] = (),
) -> Activity:
    """Write a note, with files if there are any. It needs a text or a file. Whom it names as `@login` is told."""
    title = one_line(subject) or _title(description, files)
    if not title:
        raise Invalid(_("Write a note or choose a file."), field="description")
    note = create_activity(
        kind=Kind.NOTE,
        values={"subject": title, "description": description},
        actor=actor,
        at=at,
        regarding=regarding,
    )
    _store(note, files)
    about = note if regarding is None else regarding.model(pk=regarding.pk)
    tell_mentioned(text=description, about=about, actor=actor, at=at)
    return note


@service("file.attached")
def attach_files(*, activity_id: int, files: Sequence[File[bytes]], actor: Actor, at: dt.datetime) -> list[Attachment]:
    """Files on an activity of any kind and state."""
    return _store(lock_for(Activity, activity_id, actor, WRITE), files)


def safe_name(name: str) -> str:
    """A file name as it is shown and offered for saving: no path, nothing invisible, at most 255 characters."""
    base = PurePosixPath(name.replace("\\", "/")).name
    text = _FORBIDDEN.sub("_", one_line(_DECEIVING.sub("", base))).strip(" .")
    stem, dot, suffix = text.rpartition(".")
    if len(text) > 255 and dot and len(suffix) < 20:
        return f"{stem[: 254 - len(suffix)]}.{suffix}"
    return text[:255] or "file"


def _title(description: str, files: Sequence[File[bytes]]) -> str:
    first = next((line.strip() for line in description.splitlines() if line.strip()), "")
    if not first and files:
        return safe_name(files[0].name or "")
    return one_line(first if len(first) <= _MOST_NAMED else first[: _MOST_NAMED - 1].rstrip() + "…")


def _store(activity: Activity, files: Sequence[File[bytes]]) -> list[Attachment]:
    if len(files) > MAX_FILES:
        raise Invalid(_("At most %(number)d files at once.") % {"number": MAX_FILES}, field="attachments")
    for file in files:
        if file.size > MAX_FILE_SIZE:
            raise Invalid(
                _("“%(name)s” is larger than 25 MB. Send a smaller file.") % {"name": safe_name(file.name or "")},
                field="attachments",
            )
    stored: list[Attachment] = []
    with _removed_on_failure(stored):
        for file in files:
            stored.append(_attachment(activity, file))
            stored[-1].save()
    return stored


def _attachment(activity: Activity, file: File[bytes]) -> Attachment:
    name = safe_name(file.name or "")
    attachment = Attachment(
        activity=activity,
        name=name,
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=file.size,
        sha256=_digest(file),
    )
    attachment.file.save(name, file, save=False)
    return attachment


def _digest(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


@contextmanager
def _removed_on_failure(stored: list[Attachment]) -> Iterator[None]:
    """What is on the disk goes again when the rows do not come to be."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for attachment in stored:
            attachment.file.delete(save=False)
        raise
