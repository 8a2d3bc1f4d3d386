"""Exports as people make them: from a list, in a browser."""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from python_calamine import CalamineWorkbook

from crm.data.models import Export


def ask(client: Client, address: str, format: str = "csv", **more: str) -> Any:
    """What the form of the list at this address is answered."""
    values = {"list": address, "format": format, "columns": "shown", "separator": "comma", **more}
    return client.post("/exports/new/", values)


def taken(client: Client, address: str, format: str = "csv", **more: str) -> bytes:
    """The file of a list that is small enough to be made at once."""
    response = ask(client, address, format, **more)
    assert response.status_code == 302, response.content.decode()
    return content(client.get(response.headers["Location"]))


def content(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def table(file: bytes, sign: str = ",") -> list[list[str]]:
    """The rows of a CSV file, its head first."""
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=sign))


def column(file: bytes, label: str) -> list[str]:
    head, *rows = table(file)
    return [row[head.index(label)] for row in rows]


def sheet(file: bytes) -> list[list[Any]]:
    """The rows of a workbook's first sheet, with the types that its cells have."""
    rows: list[list[Any]] = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    return rows


def parts(file: bytes) -> dict[str, str]:
    """What lies in a workbook, by name."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def formulas(file: bytes) -> list[str]:
    return re.findall(r"<f[ >].*?</f>", "".join(parts(file).values()))


def stored() -> list[Path]:
    folder = Path(settings.EXPORTS_ROOT)
    return sorted(folder.iterdir()) if folder.exists() else []


def exported() -> list[tuple[str, str, int | None]]:
    """(person, list, rows) of all that was ever exported."""
    rows = Export.objects.order_by("pk").values_list("person__username", "title", "rows")
    return list(rows)
