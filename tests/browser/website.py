"""Somebody's website with a contact form: plain HTML that posts to the CRM and gets its visitor back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_FORM = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Contact us</title>
<meta name="viewport" content="width=device-width">
<style>input, button {{ min-height: 32px }}</style></head><body>
<h1>Contact us</h1>
<form action="{action}" method="post">
  <input type="hidden" name="retURL" value="{back}">
  <p><label>First name <input name="first_name"></label></p>
  <p><label>Last name <input name="last_name" required></label></p>
  <p><label>E-mail <input name="email" type="email" required></label></p>
  <p><label>Company <input name="company"></label></p>
  <p><label>Phone <input name="phone"></label></p>
  <p><label>Your question <textarea name="description"></textarea></label></p>
  <p><label>Number of lines <input name="00N2000000lines"></label></p>
  <p><button type="submit">Send</button></p>
</form></body></html>"""
_THANKS = "<!doctype html><html lang='en'><title>Thank you</title><h1>Thank you, we will call you.</h1></html>"


@dataclass(frozen=True)
class Website:
    host: str

    @property
    def address(self) -> str:
        return f"http://{self.host}/contact.html"


@contextmanager
def running_website(*, action: str) -> Iterator[Website]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, action))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Website(f"127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Pages(BaseHTTPRequestHandler):
    def __init__(self, action: str, *args: object) -> None:
        self._action = action
        super().__init__(*args)  # type: ignore[arg-type]  # as the server calls it

    def do_GET(self) -> None:
        page = _THANKS
        if self.path == "/contact.html":
            host = self.headers["Host"]
            page = _FORM.format(action=self._action, back=f"http://{host}/thanks.html")
        body = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
