"""The WSGI application that granian serves."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
_django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - the settings come first

from crm.core.charsets import without_odd_charset  # noqa: E402
from crm.core.outages import limit_statements  # noqa: E402

limit_statements(settings.STATEMENT_TIMEOUT)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's application, after a look at what it would choke on while it still makes the request."""
    environ["CONTENT_TYPE"] = without_odd_charset(environ.get("CONTENT_TYPE") or "")
    return _django(environ, start_response)
