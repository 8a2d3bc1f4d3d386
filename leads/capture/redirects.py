"""Where a visitor may be sent after a post: only to hosts that the form allows."""

import re
from collections.abc import Collection
from urllib.parse import quote, urlsplit

from crm.core.folding import ascii_host

MAX_URL_LENGTH = 2000

_WEB = re.compile(r"https?://[^/?#\\]", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]|%(?:0[0-9a-f]|1[0-9a-f]|7f)", re.IGNORECASE)
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]")


def safe_return_url(url: str, allowed_hosts: Collection[str]) -> str | None:
    """The address in ASCII if it leads to an allowed host, else ``None``.

    An entry is ``host``, ``host:port``, or ``.host`` for the host and everything below it; an address with
    a port needs an entry with that port. What is returned names the very host that was compared, so that a
    browser with other ideas about international names can't be led elsewhere. Posted values are never added.
    """
    if len(url) > MAX_URL_LENGTH or _FORBIDDEN.search(url) or not _WEB.match(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = _host_and_port(parts.netloc)
        rest = quote(url[len(f"{parts.scheme}://{parts.netloc}") :], safe="%/:=&?~#+!$,;'@()*[]|")
    except ValueError:  # includes characters that no encoding has
        return None
    if not host or not any(_matches(host, port, entry) for entry in allowed_hosts):
        return None
    return f"{parts.scheme}://{host}{port}{rest}"


def allowed_host(entry: str) -> str:
    """An entry of the list of allowed hosts as it is compared; "" when it names no host.

    Takes what people paste: scheme and path are cut off, international names become punycode.
    """
    text = entry.strip().lower()
    netloc = re.split(r"[/?#]", text.partition("://")[2] or text, maxsplit=1)[0]
    below = "." if netloc.startswith(".") else ""
    host, port = _host_and_port(netloc.removeprefix("."))
    return below + host + port if host else ""


def _host_and_port(netloc: str) -> tuple[str, str]:
    """Split a network location into host and ``:port``; no host if there is a user or anything odd in it."""
    match = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(:\d{1,5})?", netloc)
    if match is None or "@" in netloc:
        return "", ""
    host = match[1].lower()
    return host if _IPV6.fullmatch(host) else ascii_host(host), match[2] or ""


def _matches(host: str, port: str, entry: str) -> bool:
    allowed = allowed_host(entry)
    if not allowed.startswith("."):
        return host + port == allowed
    return f".{host}{port}".endswith(allowed)
