"""Workbooks (XLSX, XLS, ODS). They are read in a process of their own, which has little memory and time."""

import resource
import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from crm.data.importing.readers.rows import Unreadable

MEMORY = 1536 * 1024 * 1024
SECONDS = 60
_READER = Path(__file__).with_name("workbook_process.py")


def write_rows(source: Path, to: Path) -> None:
    """The rows of the first sheet that has any. Formulas are the values that they had when the file was saved."""
    command = [sys.executable, "-I", "-S", str(_READER), str(source), str(to), *_library_places()]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, preexec_fn=_confined, check=False)  # noqa: S603 - our own file, and nothing but two limits is set
    except subprocess.TimeoutExpired as error:
        raise Unreadable(_("This workbook is too large to be read. Save the sheet as CSV and upload that.")) from error
    if done.returncode == 0:
        return
    if b"no rows" in done.stdout:
        raise Unreadable(_("The file is empty."))
    if b"not a workbook" in done.stdout:
        raise Unreadable(_("This workbook is damaged, or locked with a password."))
    raise Unreadable(_("This workbook is too large to be read. Save the sheet as CSV and upload that."))


def _library_places() -> list[str]:
    return [place for place in sys.path if place.endswith("site-packages")]


def _confined() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
