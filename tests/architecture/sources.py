"""The product's own Python files, parsed."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

ROOTS = ("crm", "catalog", "activities", "leads", "sales")


@dataclass(frozen=True)
class Source:
    """`name` is the path from the project's folder."""

    name: str
    tree: ast.Module
    lines: int

    @property
    def parts(self) -> tuple[str, ...]:
        return Path(self.name).with_suffix("").parts

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 1)}"


@functools.cache
def sources(*roots: str) -> tuple[Source, ...]:
    """Without migrations, which tools write."""
    return tuple(_read(roots or ROOTS))


def _read(roots: tuple[str, ...]) -> Iterator[Source]:
    base = Path(settings.BASE_DIR)
    for root in roots:
        for path in sorted((base / root).rglob("*.py")):
            if "migrations" not in path.parts:
                text = path.read_text(encoding="utf-8")
                yield Source(str(path.relative_to(base)), ast.parse(text), text.count("\n"))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def attributes(tree: ast.AST, *names: str) -> Iterator[ast.Attribute]:
    """Every `something.name`."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in names)
