"""Readers for environment variables: one value, one type, one sentence when it is wrong."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}

# Names with this prefix are ours alone, so an unknown one is a typing mistake.
_OWN_PREFIX = "THROUGHLINE_"
_OWN_NAMES = {"THROUGHLINE_HOME"}


def text(name: str, default: str = "") -> str:
    """The variable, or the contents of the file that `<name>_FILE` points to (for secrets)."""
    file_name = os.environ.get(f"{name}_FILE", "")
    if file_name and name in os.environ:
        raise ImproperlyConfigured(f"Set either {name} or {name}_FILE, not both.")
    if not file_name:
        return os.environ.get(name, default).strip()
    try:
        return Path(file_name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {file_name}, which cannot be read: {error}.") from error


def flag(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} must be on or off, not “{value}”.")


def choice(name: str, choices: tuple[str, ...], default: str) -> str:
    value = text(name) or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not “{value}”.")
    return value


def number(name: str, default: int) -> int:
    """A whole number from 0 on."""
    value = text(name) or str(default)
    if value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    raise ImproperlyConfigured(f"{name} must be a whole number from 0 on, not “{value}”.")


def names(name: str, default: str) -> list[str]:
    """A list separated by commas or blanks."""
    return text(name, default).replace(",", " ").split()


def base_url(name: str, default: str) -> str:
    """An http or https address without path, query or trailing slash."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name} must look like https://crm.example.com, not “{value}”.")
    return value


def mailers(name: str) -> dict[str, object]:
    """Django's mailers from `smtp://`, `smtps://` (TLS from the start) or `console://`."""
    value = text(name) or "console://"
    parts = urlsplit(value)
    if parts.scheme == "console":
        return {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must look like smtp://user:password@host:587; what was given is not shown.")
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
    except ValueError as error:
        raise ImproperlyConfigured(f"The port in {name} is not a number.") from error
    options = {
        "host": parts.hostname,
        "port": port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and parse_qs(parts.query).get("tls", ["on"])[0] not in _FALSE,
        "timeout": 10,
    }
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


def refuse_unknown_names() -> None:
    for name in sorted(os.environ):
        if name.startswith(_OWN_PREFIX) and name.removesuffix("_FILE") not in _OWN_NAMES:
            raise ImproperlyConfigured(f"{name} is not a setting of this product; see the table in the README.")
