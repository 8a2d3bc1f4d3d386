"""Ways to reach somebody, as links. What could not be a number or a page stays text."""

from django.utils.html import format_html

from crm.core.folding import website_domain
from crm.customers.keys import phone_key


def mail_link(email: str) -> str:
    return format_html('<a href="mailto:{}">{}</a>', email, email) if email else ""


def phone_link(phone: str) -> str:
    number = phone_key(phone)
    return format_html('<a href="tel:{}">{}</a>', number, phone) if number else phone


def web_link(website: str) -> str:
    if not website_domain(website):
        return website
    url = website if "://" in website else f"https://{website}"
    return format_html('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', url, website)
