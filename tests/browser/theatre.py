"""Shows answered pages in a browser: a server in this process that knows them by heart, with their headers."""

import mimetypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from django.contrib.staticfiles import finders
from playwright.sync_api import Page as Tab

from tests.browser.answers import Shown

_LEFT_OUT = {"content-length", "set-cookie", "connection", "strict-transport-security"}


class Stage:
    """One page is on at a time: its address gives it, and the pieces that it asks for."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.on: Shown | None = None

    def open(self, tab: Tab, shown: Shown) -> None:
        self.on = shown
        tab.goto(f"http://{self.place}{shown.url}")


@contextmanager
def open_stage() -> Iterator[Stage]:
    stage = Stage("")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, stage)) as server:
        stage.place = f"127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield stage
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, stage: Stage, *arguments: object) -> None:
        self._stage = stage
        super().__init__(*arguments)  # type: ignore[arg-type]  # what the server gives to each handler

    def do_GET(self) -> None:
        shown = self._stage.on
        if self.path.startswith("/static/"):
            self._give_file(self.path.removeprefix("/static/").partition("?")[0])
        elif shown and self.path == shown.url:
            self._give(shown.status, shown.html.encode(), shown.headers)
        elif shown and self.path in shown.pieces:
            self._give(200, shown.pieces[self.path].encode(), {"Content-Type": "text/html; charset=utf-8"})
        else:
            self._give(404, b"", {})

    def log_message(self, format: str, *args: object) -> None:
        return

    def _give_file(self, name: str) -> None:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._give(200, _content(name), {"Content-Type": kind, "Cache-Control": "max-age=3600"})

    def _give(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _LEFT_OUT:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@cache
def _content(name: str) -> bytes:
    found = finders.find(name)
    return Path(str(found)).read_bytes() if found else b""
