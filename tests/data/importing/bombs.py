"""Workbooks that are small and say that they are huge."""

import zipfile
from pathlib import Path

import xlsxwriter

_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
)
_FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
_WIDE = '<row r="1"><c r="A1"><v>1</v></c><c r="ZZZZ1"><v>1</v></c></row>'
_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
SHEETS = (_SHEET % _FAR, _SHEET % _WIDE, _LAUGHS + _SHEET % "<row r='1'><c t='str'><v>&b;", "no xml")


def workbook_with(sheet: str, path: Path) -> Path:
    """One whose only sheet is this text."""
    source = path.with_suffix(".source")
    with xlsxwriter.Workbook(source) as book:
        book.add_worksheet().write(0, 0, "Name")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.infolist():
            is_sheet = member.filename == "xl/worksheets/sheet1.xml"
            new.writestr(member.filename, sheet if is_sheet else old.read(member))
    return path
