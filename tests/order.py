"""In which order the workers take the files of tests: the longest first.

A worker takes a whole file, so that what a module furnishes is furnished once. What is long must not come last, since
the other worker would then have nothing to do.
"""

from collections import Counter

import pytest

#: What takes more than some ten seconds, the longest first. All others follow by number of tests.
_LONGEST = (
    "tests/proofs/test_query_counts.py",
    "tests/data/importing/test_maven.py",
)


def longest_first(items: list[pytest.Item]) -> None:
    """Reorder the files, and leave the order within each as it is."""
    sizes = Counter(map(_file, items))
    named = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: (named.get(_file(item), len(named)), -sizes[_file(item)], _file(item)))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
