"""What html-validate finds in pages."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.browser.answers import Shown


def html_faults(answers: Iterable[Shown], tools: Path, folder: Path) -> list[str]:
    """Each as "page:line rule: what is wrong (element)"."""
    for shown in answers:
        name = re.sub(r"[^\w]+", "-", shown.name)
        (folder / f"{name}.html").write_text(shown.html, encoding="utf-8")
    script = tools.parent / "check_html.mjs"
    done = subprocess.run(["node", script, folder], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.splitlines()
