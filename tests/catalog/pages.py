"""What the page tests of the catalogue and of customers ask of answers."""

import re

from django.test import Client

REGION = {"HX-Request": "true", "HX-Target": "list"}


def text_of(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def list_of(client: Client, url: str) -> str:
    """A list whose address may name filters, which become part of its query."""
    response = client.get(url, follow=True)
    assert (response.status_code, len(response.redirect_chain) < 2) == (200, True)
    return response.content.decode()


def names_in(page: str) -> list[str]:
    """The names of a list's rows, in their order."""
    before = r'<td class="is-name at-name">(?:<span class="named"><span class="avatar[^>]*>[^<]*</span>)?'
    return re.findall(before + r'<a href="[^"]+" title="[^"]+">([^<]+)</a>', page)


def hidden(page: str, name: str) -> str:
    """The value of the first hidden field of this name."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return found[1]
