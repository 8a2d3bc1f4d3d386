"""An icon that the sprite does not hold is an empty place on the page, which nothing else notices."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_IN_PYTHON = re.compile(r'(?:\bicon=|\bicon\()"([a-z0-9-]+)"')
_IN_TEMPLATES = re.compile(r'(?:{% icon |icon\.html" with name=)"([a-z0-9-]+)"')


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = (ROOT / "static/vendor/tabler-icons/sprite.svg").read_text()
    named = {
        name
        for folder, suffix, pattern in (
            *((app, "*.py", _IN_PYTHON) for app in ("activities", "catalog", "crm", "leads", "sales")),
            ("templates", "*.html", _IN_TEMPLATES),
        )
        for path in (ROOT / folder).rglob(suffix)
        for name in pattern.findall(path.read_text())
    }

    assert len(named) > 30
    assert [name for name in sorted(named) if f'id="{name}"' not in sprite] == []
