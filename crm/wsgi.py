"""The WSGI application that granian serves."""

import os
from collections.abc import Iterable
from typing import Any, cast

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
_django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - the settings come first

from crm.core.bodies import BrokenOff, NoSeat, Seats, announced, drop_body, is_coming, take_body  # noqa: E402
from crm.core.charsets import without_odd_charset  # noqa: E402
from crm.core.outages import limit_statements  # noqa: E402
from crm.core.visitors import visitor_address  # noqa: E402

_HEARD_OUT = 10
_IN_ONE_PIECE = 2 * 1024 * 1024

limit_statements(settings.STATEMENT_TIMEOUT)
_seats = Seats()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's application, behind what has to be settled before there is a request for it."""
    environ["CONTENT_TYPE"] = without_odd_charset(environ.get("CONTENT_TYPE") or "")
    # What is larger than anything we take is refused by Django for what was announced. Up to some size it is read
    # nevertheless, so that whoever chose too large a file gets to see why; nobody waits for more.
    if is_coming(environ) and announced(environ) <= _HEARD_OUT * settings.REQUEST_BODY_LIMIT:
        try:
            with _seats.seat(visitor_address(environ)):
                if announced(environ) > settings.REQUEST_BODY_LIMIT:
                    drop_body(environ)
                else:
                    take_body(environ, settings.REQUEST_BODY_LIMIT)
        except BrokenOff:
            return _refused(start_response, "400 Bad Request", b"The request broke off in the middle.")
        except NoSeat:
            return _refused(start_response, "503 Service Unavailable", b"Too much is being sent. Try again later.")
    return _in_one_piece(_django(environ, start_response))


def _in_one_piece(response: Any) -> Iterable[bytes]:
    """What is not large leaves this thread at once: handed over in pieces, it waits for the slowest reader."""
    length = response.headers.get("Content-Length", "")
    if response.streaming and not (length.isdigit() and int(length) <= _IN_ONE_PIECE):
        return cast(Iterable[bytes], response)
    try:
        return [b"".join(response)]
    finally:
        response.close()


def _refused(start_response: Any, status: str, sentence: bytes) -> list[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(sentence)))]
    headers += [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Retry-After", "10")]
    headers += [("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")]
    start_response(status, headers)
    return [sentence]
