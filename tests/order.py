"""In which order the workers take the files of tests: the longest first.

A worker takes a whole file, so that what a module furnishes is furnished once. What is long must not come last, since
the other worker would then have nothing to do.
"""

from collections import Counter

import pytest

#: What takes more than some ten seconds, the longest first. All others follow by number of tests.
_LONGEST = (
    "tests/browser/test_layout.py",
    "tests/browser/test_translated_layout.py",
    "tests/proofs/test_bad_input.py",
    "tests/proofs/test_query_counts.py",
    "tests/browser/test_axe.py",
    "tests/proofs/test_northwind.py",
    "tests/proofs/test_rights_matrix.py",
    "tests/proofs/test_posted_forms.py",
    "tests/browser/test_the_line.py",
    "tests/data/importing/test_maven.py",
    "tests/browser/test_admin_pages.py",
    "tests/attacks/test_naughty_strings.py",
    "tests/architecture/test_translation.py",
    "tests/browser/test_html.py",
    "tests/browser/test_custom_fields.py",
    "tests/proofs/test_other_doors.py",
    "tests/hosting/test_embedded.py",
    "tests/browser/test_cards.py",
    "tests/proofs/test_bad_forms.py",
    "tests/reports/test_demo.py",
    "tests/hosting/test_up.py",
    "tests/proofs/test_admin_rights.py",
    "tests/users/test_admin.py",
    "tests/browser/test_views_by_keys.py",
    "tests/attacks/test_injection.py",
    "tests/browser/test_late_answers.py",
    "tests/attacks/test_headers.py",
    "tests/attacks/test_operations.py",
    "tests/data/test_duplicates.py",
    "tests/proofs/test_answers.py",
    "tests/settings/test_environment.py",
    "tests/hosting/test_supervisor.py",
)


def longest_first(items: list[pytest.Item]) -> None:
    """Reorder the files, and leave the order within each as it is."""
    sizes = Counter(map(_file, items))
    named = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: (named.get(_file(item), len(named)), -sizes[_file(item)], _file(item)))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
