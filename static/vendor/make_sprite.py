"""Build `tabler-icons/sprite.svg` from the outline folder of the Tabler icons package.

Usage: `python static/vendor/make_sprite.py FOLDER`, where FOLDER is `icons/outline` of the
unpacked package at the version that `VERSIONS.md` names. To add an icon, add its name to
`tabler-icons/icons.txt` and run it again; names are those of the package.
"""

import re
import sys
from pathlib import Path

# Every source file draws an invisible square that keeps the canvas size; a symbol has its viewBox.
BOUNDS = re.compile(r'<path\s+stroke="none"\s+d="M0 0h24v24H0z"\s+fill="none"\s*/>')
BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def symbol(name: str, source: str) -> str:
    """Return one `<symbol>` whose id is the icon's name."""
    found = BODY.search(source)
    if found is None:
        raise SystemExit(f"{name}: no svg element in the source file.")
    shapes = " ".join(BOUNDS.sub("", found.group(1)).split())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def main(folder: Path, home: Path) -> None:
    """Write the sprite into `home`, which holds the list of names; a missing icon stops with its name."""
    names = (home / "icons.txt").read_text(encoding="utf-8").split()
    missing = [name for name in names if not (folder / f"{name}.svg").is_file()]
    if missing:
        raise SystemExit(f"Not in {folder}: {', '.join(missing)}")
    symbols = [symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8")) for name in names]
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""]
    (home / "sprite.svg").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: make_sprite.py FOLDER_OF_OUTLINE_ICONS")
    main(Path(sys.argv[1]), Path(__file__).parent / "tabler-icons")
