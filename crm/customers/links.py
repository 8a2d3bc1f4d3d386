"""Ways to reach somebody, and names of records, as links. What could not be a number or a page stays text."""

from typing import Any

from django.utils.html import format_html

from crm.core.folding import website_domain
from crm.core.record_names import Link, Pair, visible_names
from crm.customers.keys import phone_key


def mail_link(email: str) -> str:
    return format_html('<a href="mailto:{}">{}</a>', email, email) if email else ""


def phone_link(phone: str) -> str:
    """What cannot be dialled is text, which reads from left to right in every language."""
    if number := phone_key(phone):
        return format_html('<a href="tel:{}">{}</a>', number, phone)
    return format_html('<bdi dir="ltr">{}</bdi>', phone) if phone else ""


def web_link(website: str) -> str:
    if not website_domain(website):
        return website
    url = website if "://" in website else f"https://{website}"
    return format_html('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', url, website)


def linked(link: Link) -> str:
    """The name of a record leading to its page; the noun alone, in grey, of what the reader may not see."""
    if link.hidden:
        return format_html('<span class="muted">{}</span>', link.label)
    return format_html('<a href="{}">{}</a>', link.url, link.label) if link.url else link.label


def linked_names(actor: Any, pairs: list[Pair | None]) -> list[str]:
    """As `linked`, in the same order; empty for None. One query for each table that occurs."""
    names = visible_names(actor, [pair for pair in pairs if pair])
    return [linked(names[pair]) if pair else "" for pair in pairs]
