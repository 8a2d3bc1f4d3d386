"""A small table that a page shows, as a file in the same answer."""

from collections.abc import Iterable, Sequence

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.errors import NotFound
from crm.data.export import files
from crm.data.export.columns import Cell, FileColumn
from crm.data.export.formats import CSV, XLSX, format_of, written
from crm.data.export.safety import file_name
from crm.data.forms import usual_separator


def table_file(title: str, columns: Sequence[FileColumn], rows: Iterable[Sequence[Cell]], kind: str) -> FileResponse:
    """`kind` is a format of exports, any other word is `NotFound`. The caller has asked for the right to export."""
    if kind not in {CSV, XLSX}:
        raise NotFound(_("There is no such file."))
    chosen = format_of(kind)
    name = files.new_name(kind)
    path = files.make_private(name)
    try:
        writer = chosen.open(path, columns, usual_separator(), title)
        written(writer, rows)
        # Open it stays readable, and no copy is left behind.
        content = path.open("rb")
    finally:
        files.remove(name)
    told = file_name(f"{title} {timezone.localdate().isoformat()}", kind)
    response = FileResponse(content, as_attachment=True, filename=told, content_type=chosen.media_type)
    response["Cache-Control"] = "private, no-store"
    return response
