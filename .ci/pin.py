"""Write the versions that were resolved now into `[tool.uv] constraint-dependencies` of pyproject.toml.

    uv run --no-sync python .ci/pin.py

`uv.lock` records download addresses and is therefore not part of the project; names and exact versions are, so that
everybody installs the same. Only names, versions and environment markers are written.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;]+)\s*(?:;\s*(?P<marker>.+))?$")
_LIST = re.compile(r"^constraint-dependencies = \[.*?^\]\n", re.MULTILINE | re.DOTALL)
_TABLE = "[tool.uv]\n"


def main() -> int:
    text = PROJECT.read_text(encoding="utf-8")
    without = _LIST.sub("", text)
    # Without the old constraints, else nothing would ever move.
    PROJECT.write_text(without, encoding="utf-8")
    try:
        pins = resolved(direct_names(without))
    except BaseException:
        PROJECT.write_text(text, encoding="utf-8")
        raise
    PROJECT.write_text(with_pins(without, pins), encoding="utf-8")
    sys.stdout.write(f"{len(pins)} versions pinned.\n")
    return 0


def resolved(direct: set[str]) -> list[str]:
    """`name==version ; marker` of every indirect dependency, sorted by name."""
    _run("uv", "lock", "--upgrade")
    exported = _run("uv", "export", "--all-groups", "--no-hashes", "--no-annotate", "--no-header", "--no-emit-project")
    pins = []
    for line in exported.splitlines():
        if not line or line.startswith("#"):
            continue
        found = _PIN.match(line)
        if found is None:
            raise SystemExit(f"This line of the export names no version: {line}")
        if canonical(found["name"]) not in direct:
            marker = f" ; {found['marker']}" if found["marker"] else ""
            pins.append(f"{found['name']}=={found['version']}{marker}")
    return sorted(pins)


def direct_names(text: str) -> set[str]:
    """What pyproject.toml itself asks for; those versions are exact already."""
    project = tomllib.loads(text)
    groups = project.get("dependency-groups", {}).values()
    wanted = [*project["project"]["dependencies"], *(line for group in groups for line in group)]
    return {canonical(re.split(r"[\[=<>!~; ]", line, maxsplit=1)[0]) for line in wanted}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def with_pins(text: str, pins: list[str]) -> str:
    """The list stands at the head of `[tool.uv]`."""
    if _TABLE not in text:
        raise SystemExit("pyproject.toml has no [tool.uv] table.")
    quoted = "".join('    "{}",\n'.format(pin.replace('"', "'")) for pin in pins)
    return text.replace(_TABLE, f"{_TABLE}constraint-dependencies = [\n{quoted}]\n", 1)


def _run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE)  # noqa: S603 - our own words
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
