"""The table of attacks and their tests tells the truth."""

import ast
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from tests.attacks.coverage import ABSENT, COVERAGE

ALL = range(1, 39)


@cache
def functions_of(path: str) -> dict[str, str]:
    """By name the docstring of each test of a file."""
    tree = ast.parse((Path(settings.BASE_DIR) / path).read_text(encoding="utf-8"))
    found = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))
    return {node.name: ast.get_docstring(node) or "" for node in found}


def test_every_attack_is_tried_or_has_nothing_to_be_tried_on() -> None:
    assert sorted([*COVERAGE, *ABSENT]) == list(ALL)
    assert all(reason.startswith("no such noun yet: ") for reason in ABSENT.values())


@pytest.mark.parametrize("number", COVERAGE)
def test_every_test_that_is_named_exists(number: int) -> None:
    for test in COVERAGE[number]:
        path, name = test.split("::")
        assert name in functions_of(path), test


def test_every_test_here_says_which_attack_it_is() -> None:
    own = sorted((Path(settings.BASE_DIR) / "tests" / "attacks").glob("test_*.py"))
    silent = [
        f"{path.name}::{name}"
        for path in own
        if path.name != "test_coverage.py"
        for name, words in functions_of(str(path.relative_to(settings.BASE_DIR))).items()
        if not words[:1].isdigit()
    ]
    assert silent == []
