"""What was uploaded becomes one text file of rows: as it is, or written anew from a workbook, cards or an archive."""

import csv
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from crm.data.importing.readers.cards import Card, cards_of
from crm.data.importing.readers.people import COLUMNS, columns_of
from crm.data.importing.readers.rows import Unreadable
from crm.data.importing.readers.workbooks import write_rows

MOST_MEMBERS = 2_000
MOST_UNPACKED = 512 * 1024 * 1024
#: Cards are read as a whole.
MOST_OF_CARDS = 50 * 1024 * 1024
_HEAD, _PIECE = 4096, 1 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOKS = frozenset(["xl/workbook.xml", "xl/workbook.bin", "content.xml"])
_NO_TABLES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"MZ",
    b"\x7fELF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
)
_CONTROLS = frozenset(range(32)) - {0, 7, 8, 9, 10, 11, 12, 13, 26, 27}


@dataclass(frozen=True, slots=True)
class Prepared:
    """`kind` is csv, workbook or cards. Only of csv are encoding and delimiter a question."""

    kind: str


def prepare(source: Path, to: Path) -> Prepared:
    """Write the rows of `source` to the text file `to`. Raises `Unreadable` for what holds no table."""
    with source.open("rb") as opened:
        head = opened.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _from_zip(source, to)
    if head.startswith(_OLE):
        write_rows(source, to)
        return Prepared("workbook")
    return _from_text(source, head, to)


def _from_text(source: Path, head: bytes, to: Path) -> Prepared:
    if head.startswith(_NO_TABLES) or _is_binary(head):
        raise Unreadable(
            _("This is no table. Upload a CSV file, an Excel workbook, vCards, or a zip file of one of them.")
        )
    if b"BEGIN:VCARD" in head.replace(b"\0", b"").upper():
        write_cards(cards_of(source.read_bytes()), to)
        return Prepared("cards")
    shutil.copyfile(source, to)
    return Prepared("csv")


def _is_binary(head: bytes) -> bool:
    return sum(1 for byte in head if byte in _CONTROLS) * 50 > len(head)


def _from_zip(source: Path, to: Path) -> Prepared:
    try:
        with zipfile.ZipFile(source) as archive:
            members = _bounded(archive)
            names = {member.filename for member in members}
            if names & _WORKBOOKS:
                write_rows(source, to)
                return Prepared("workbook")
            return _from_archive(archive, members, to)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable(_("This zip file is damaged or locked with a password.")) from error


def _bounded(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """What the archive says of itself is held against it while it is unpacked."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_MEMBERS:
        raise Unreadable(_("This zip file holds more than %(most)d files.") % {"most": MOST_MEMBERS})
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Unreadable(_("Unpacked, this file would be far larger than what can be imported."))
    return members


def _from_archive(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], to: Path) -> Prepared:
    shown = [member for member in members if not PurePosixPath(member.filename).name.startswith((".", "__"))]
    shown = [member for member in shown if not member.filename.startswith("__MACOSX/")]
    cards = [member for member in shown if member.filename.lower().endswith((".vcf", ".vcard"))]
    if cards and len(cards) == len(shown):
        write_cards(chain.from_iterable(cards_of(_unpacked_card(archive, member)) for member in cards), to)
        return Prepared("cards")
    tables = [
        member
        for member in shown
        if member.filename.lower().endswith((".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods"))
    ]
    if len(tables) != 1:
        raise Unreadable(_("A zip file holds one table, or any number of vCards and nothing else."))
    inner = to.with_suffix(".inner")
    try:
        with inner.open("wb") as target:
            for piece in _pieces(archive, tables[0]):
                target.write(piece)
        if _is_archive(inner):
            raise Unreadable(_("A zip file holds one table, or any number of vCards and nothing else."))
        return prepare(inner, to)
    finally:
        inner.unlink(missing_ok=True)


def _is_archive(path: Path) -> bool:
    """Packed, and no workbook: whoever unpacks one within another may do so for ever."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return _WORKBOOKS.isdisjoint(archive.namelist())


def _unpacked_card(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.file_size > MOST_OF_CARDS:
        raise Unreadable(_("Unpacked, this file would be far larger than what can be imported."))
    return b"".join(_pieces(archive, member))


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """No more of them than the archive says that there are."""
    left = member.file_size
    with archive.open(member) as opened:
        while piece := opened.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise Unreadable(_("This zip file is damaged or locked with a password."))
            yield piece


def write_cards(cards: Iterable[Card], to: Path) -> None:
    """One row for each card that says anything."""
    write_table(to, COLUMNS, (row for row in map(columns_of, cards) if any(row)))


def write_table(
    to: Path, header: Sequence[str], rows: Iterable[Sequence[str]], dress: Callable[[str], str] = str
) -> None:
    with to.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(header)
        writer.writerows([dress(cell) for cell in row] for row in rows)
