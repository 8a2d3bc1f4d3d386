"""The list of pages is whole: every address of the product stands in it, and every tab of every record."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser.answers import Shown
from tests.browser.pages import PAGELESS, pages


def _addresses(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else str(entry.pattern)
        elif entry.namespace != "admin":
            yield from _addresses(entry, f"{entry.namespace}:" if entry.namespace else namespace)


def test_every_address_has_a_page() -> None:
    assert set(_addresses(get_resolver())) == {page.address for page in pages()} | PAGELESS


def test_every_page_has_a_name_of_its_own() -> None:
    names = [page.name for page in pages()]
    assert sorted(set(names)) == sorted(names)


def test_every_tab_is_a_page(answers: list[Shown]) -> None:
    asked = {shown.url for shown in answers}
    records = [shown for shown in answers if re.fullmatch(r"/[\w-]+/\d+/", shown.url)]
    opened = {record.url for record in records if any(url.startswith(f"{record.url}?tab=") for url in asked)}
    missing = {
        f"{record.url}?tab={tab}"
        for record in records
        if record.url in opened
        for tab in re.findall(r'href="[^"]*\?tab=(\w+)"', record.html)
        if f"{record.url}?tab={tab}" not in asked
    }
    assert missing == set()
