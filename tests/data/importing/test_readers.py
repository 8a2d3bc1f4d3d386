"""Files as they come out of programs, and broken ones, against what should be read of them."""

import datetime as dt
import json
import zipfile
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import xlsxwriter

from crm.data.importing.readers import Reading, Row, Unreadable, count_rows, guess, header_of, prepare, rows_of
from crm.data.importing.readers.cards import cards_of
from crm.data.importing.readers.encodings import guessed_encoding
from tests.data.importing.bombs import SHEETS, workbook_with
from tests.data.importing.published import published

WHOLE = ("utf8", "utf8_bom", "utf16be_bom", "cr_only_classic_mac", "lf_only", "sep_line_excel", "pipe", "all_quoted")
STRAY = [["Ann", 'Le"e', '5" pipes Ltd', "ann@acme.example"], ["Bob", "Ray Jr", "Acme", "bob@acme.example"]]
LANGUAGES = [
    ("cp1252", "Señor Pérez;100 €;“quoted”"),
    ("cp1252", "Müller;Jürgen;Gößweinstein"),
    ("cp1250", "Dvořák;Jiří;Příbram"),
    ("cp1251", "Иван;Петров;Москва"),
    ("koi8-r", "Иван;Петров;Москва"),
    ("cp1253", "Αθήνα;Νίκος;Γιώργος"),
    ("cp1254", "Şahin;Ayşe;İstanbul"),
    ("cp1255", "שלום;תל אביב"),
    ("cp932", "山田;東京;カメラ"),
    ("gb18030", "北京;王小明;有限公司"),
    ("cp949", "김철수;서울;주식회사"),
]


def malformed(name: str) -> Path:
    return published("hostile", "csv_malformed", name)


def read(source: Path, to: Path) -> tuple[list[str], list[Row]]:
    prepare(source, to)
    found = guess(to)
    return found.header, list(rows_of(to, found.reading))


def cells(rows: list[Row]) -> list[list[str]]:
    return [row.cells for row in rows]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


@pytest.fixture
def four_rows() -> list[list[str]]:
    wanted: list[list[str]] = json.loads(malformed("expected.json").read_text())["rows_of_utf8.csv"]
    return wanted


@pytest.mark.parametrize("name", [*(f"{name}.csv" for name in WHOLE), "utf16le_bom_tabs_excel_unicode_text.txt"])
def test_however_a_table_is_written_its_rows_are_the_same(name: str, four_rows: list[list[str]], target: Path) -> None:
    header, rows = read(malformed(name), target)
    assert [header, *cells(rows)] == four_rows


@pytest.mark.parametrize(
    ("name", "number"), [("cp1252_semicolon_excel_es", 1), ("cp1250_semicolon_excel_pl", 2), ("shift_jis", 3)]
)
def test_old_character_sets_are_guessed(name: str, number: int, four_rows: list[list[str]], target: Path) -> None:
    assert cells(read(malformed(f"{name}.csv"), target)[1]) == [four_rows[number]]


@pytest.mark.parametrize(("encoding", "text"), LANGUAGES)
def test_the_language_of_a_text_tells_its_character_set(encoding: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(f"Name;First;City\n{text}\n".encode(encoding))
    assert guessed_encoding(path) == (encoding, False)


def test_ragged_rows_shift_nothing(target: Path) -> None:
    _header, rows = read(malformed("ragged_short_long.csv"), target)
    assert [(row.line, row.cells) for row in rows] == [
        (2, ["Ann", "Lee", "Acme"]),
        (3, ["Bob", "Ray", "Acme", "bob@acme.example", "EXTRA", "EXTRA2"]),
        (6, ["Cy", "Dee", "Acme", "cy@acme.example"]),
    ]


def test_a_quotation_mark_that_is_not_closed_names_its_line(target: Path) -> None:
    prepare(malformed("unclosed_quote.csv"), target)
    with pytest.raises(Unreadable, match="Line 2"):
        count_rows(target, Reading())


def test_a_mark_that_swallows_rows_until_the_next_one_is_found(tmp_path: Path) -> None:
    path = tmp_path / "swallowed.csv"
    path.write_text('Name,City\nAnn,"Rome\nBob,Oslo\nCy,"Bonn, old"\nDee,Lima\n')
    with pytest.raises(Unreadable, match="Line 2"):
        count_rows(path, Reading())


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("stray_quotes", STRAY),
        ("nul_bytes", [["Ann", "Lee", "Acme", "ann@acme.example"]]),
        ("ctrl_z_eof", [["Ann", "Lee", "Acme", "ann@acme.example"]]),
        ("header_on_row_3", [["Ann", "Lee", "Acme", "ann@acme.example"]]),
        ("blank_and_space_headers", [["Ann", "x", "Lee", "a@acme.example"]]),
    ],
)  # fmt: skip
def test_odd_files_are_read_right(name: str, wanted: list[list[str]], target: Path) -> None:
    assert cells(read(malformed(f"{name}.csv"), target)[1]) == wanted


def test_heads_are_found_where_they_stand(target: Path) -> None:
    assert read(malformed("header_on_row_3.csv"), target)[0] == ["First Name", "Last Name", "Company", "Email"]
    assert read(malformed("duplicate_headers.csv"), target)[0] == ["Name", "Email", "Email", "Phone", "Phone"]
    header, rows = read(malformed("no_header.csv"), target)
    assert (header, len(rows)) == ([""] * 4, 2)
    assert read(malformed("header_only.csv"), target)[1] == []


@pytest.mark.parametrize("name", ["empty.csv", "only_bom.csv"])
def test_an_empty_file_is_refused_with_a_sentence(name: str, target: Path) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read(malformed(name), target)


def test_lost_signs_are_told(target: Path) -> None:
    prepare(malformed("invalid_utf8_one_byte.csv"), target)
    found = guess(target)
    assert found.reading.encoding == "utf-8"
    assert len(found.notices) == 1
    assert next(rows_of(target, found.reading)).cells[0] == "José"


def test_wide_and_long_files_are_read(target: Path) -> None:
    header, rows = read(malformed("columns_5000.csv"), target)
    assert (len(header), len(rows[0].cells)) == (5000, 5000)
    assert len(read(malformed("long_field_2MB.csv"), target)[1][0].cells[2]) == 2_000_000


@pytest.mark.parametrize("size", [b"a," * 20_000, b"x" * 9_000_000])
def test_too_much_of_one_row_is_refused_at_once(size: bytes, target: Path) -> None:
    source = target.with_name("large.csv")
    source.write_bytes(b"a,b\n" + size + b"\n")
    began = perf_counter()
    with pytest.raises(Unreadable):
        read(source, target)
    assert perf_counter() - began < 5


def test_the_spectrum_of_csv_is_read_as_expected() -> None:
    folder = published("hostile", "csv_spectrum")
    for path in sorted((folder / "csvs").iterdir()):
        wanted = json.loads((folder / "json" / f"{path.stem}.json").read_text().replace("\\r\\n", "\\n"))
        header = header_of(path, Reading())
        rows = [dict(zip(header, row.cells, strict=True)) for row in rows_of(path, Reading())]
        assert rows == wanted, path.stem


def test_cards_are_read_as_another_reader_reads_them() -> None:
    folder = published("vcards")
    expected: dict[str, list[dict[str, Any]]] = json.loads((folder / "expected.json").read_text())
    for name, wanted in expected.items():
        cards = list(cards_of((folder / name).read_bytes()))
        assert len(cards) == len(wanted), name
        for card, told in zip(cards, wanted, strict=True):
            if told["n"] is not None:
                told["n"] = (told["n"] + [""] * 5)[:5]
            told["addresses"] = [[part.strip() for part in address] for address in told["addresses"]]
            assert {
                "version": card.version, "fn": card.formatted, "n": card.name, "org": card.organisation,
                "title": card.title, "emails": card.emails, "phones": [list(phone) for phone in card.phones],
                "addresses": card.addresses, "urls": card.urls, "has_photo": card.has_photo, "nested": card.nested,
            } == told, name  # fmt: skip


CARD = """BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lee;Ann;;Ms.;\r\nFN:Ann Lee\r\nORG:Acme;Sales\r\nTITLE:Buyer\r
EMAIL:ann@acme.example\r\nTEL;TYPE=HOME:1\r\nTEL;TYPE=CELL:2\r\nTEL;TYPE=WORK:3\r\nTEL;TYPE=FAX:4\r
ADR;TYPE=WORK:;;1 Main St;Rome;RM;00100;Italy\r\nNOTE:met at\\nthe fair\r\nEND:VCARD\r\n"""
AS_ROW = {
    "Salutation": "Ms.", "First Name": "Ann", "Last Name": "Lee", "Company": "Acme", "Department": "Sales",
    "Job Title": "Buyer", "Email": "ann@acme.example", "Business Phone": "3", "Mobile Phone": "2", "Fax": "4",
    "Street": "1 Main St", "City": "Rome", "State/Province": "RM", "Postal Code": "00100", "Country": "Italy",
    "Description": "met at\nthe fair\n1",
}  # fmt: skip


def test_a_card_is_a_row_and_an_archive_of_cards_a_table(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "cards.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("fair/ann.vcf", CARD)
        archive.writestr("fair/bob.vcf", CARD.replace("Ann", "Bob"))
        archive.writestr("__MACOSX/fair/._ann.vcf", b"\0\1")
    assert prepare(source, target).kind == "cards"
    header, rows = guess(target).header, list(rows_of(target, Reading()))
    assert {head: cell for head, cell in zip(header, rows[0].cells, strict=True) if cell} == AS_ROW
    assert rows[1].cells[header.index("First Name")] == "Bob"


def test_a_workbook_is_a_table_with_the_values_of_its_formulas(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(source) as book:
        book.add_worksheet("empty")
        sheet = book.add_worksheet("leads")
        sheet.write_row(0, 0, ["Name", "Amount", "Close", "Hot"])
        sheet.write_row(2, 0, ["Ann\nLee", 12.5])
        sheet.write_datetime(
            2,
            2,
            dt.datetime(2026, 12, 18, tzinfo=dt.UTC).replace(tzinfo=None),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )
        sheet.write_boolean(2, 3, True)
        sheet.write_formula(3, 1, "=1+1", None, 2)
    assert prepare(source, target).kind == "workbook"
    assert cells(list(rows_of(target, Reading()))) == [["Ann\nLee", "12.5", "2026-12-18", "TRUE"], ["", "2", "", ""]]


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_workbook_that_is_a_bomb_ends_with_a_sentence_at_once(sheet: str, tmp_path: Path, target: Path) -> None:
    bomb = workbook_with(sheet, tmp_path / "bomb.xlsx")
    began = perf_counter()
    with pytest.raises(Unreadable):
        read(bomb, target)
    assert perf_counter() - began < 5


def test_an_archive_that_would_fill_the_disk_is_refused_unread(tmp_path: Path, target: Path) -> None:
    source = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w", force_zip64=True) as member,
    ):
        for _piece in range(600):
            member.write(b"0" * 1_000_000)
    with pytest.raises(Unreadable, match="far larger"):
        prepare(source, target)


@pytest.mark.parametrize(
    "head", [b"%PDF-1.7\n", b"\x89PNG\r\n", b"MZ\x90\0", bytes(range(256)) * 4, b"PK\x03\x04broken"]
)
def test_what_is_no_table_is_said_to_be_none(head: bytes, tmp_path: Path, target: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(head)
    with pytest.raises(Unreadable):
        read(source, target)
    assert not target.exists()


def test_rows_come_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1,2\n" * 100_000)
    assert cells(list(islice(rows_of(path, Reading()), 2))) == [["1", "2"], ["1", "2"]]
    assert count_rows(path, Reading()) == 100_000
