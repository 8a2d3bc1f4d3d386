"""Where one may arrive after signing in: Today, or any place of the navigation."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from crm.core.context import nav_entries

_HOME = "home"


def start_pages(person: Any) -> list[tuple[str, str]]:
    """(URL name, words) of the places within this person's reach, Today left out: that is where nobody chose."""
    return [
        (entry.url_name, str(entry.label))
        for entry in nav_entries()
        if entry.url_name != _HOME and (not entry.permission or person.has_perm(entry.permission))
    ]


def start_url(person: Any) -> str:
    """The address of the chosen page; that of Today where it is gone or out of reach by now."""
    chosen = person.start_page if person.start_page in dict(start_pages(person)) else _HOME
    try:
        return reverse(chosen)
    except NoReverseMatch:
        return reverse(_HOME)
