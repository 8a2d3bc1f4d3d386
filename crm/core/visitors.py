"""Where a request comes from."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings


def visitor_address(meta: Mapping[str, Any]) -> str:
    """Behind a proxy what that one says last, else the other end of the connection; `meta` as in WSGI."""
    said = str(meta.get("HTTP_X_FORWARDED_FOR", "")) if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
    return said.rpartition(",")[2].strip() or str(meta.get("REMOTE_ADDR", ""))
