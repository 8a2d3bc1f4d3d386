"""Somebody with a browser that keeps cookies and fills in forms, but runs no scripts."""

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

type Pairs = list[tuple[str, str]]

_TEXTLESS = {"submit", "button", "image", "reset", "file"}


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str


@dataclass
class Form:
    """What the browser would send if the person only pressed the button."""

    identity: str
    action: str
    pairs: Pairs = field(default_factory=list)

    def names(self) -> set[str]:
        return {name for name, _value in self.pairs}

    def with_values(self, **values: str) -> Pairs:
        """The pairs with some answers replaced or added; `-` in names is written `__`."""
        wanted = {name.replace("__", "-"): value for name, value in values.items()}
        kept = [pair for pair in self.pairs if pair[0] not in wanted]
        return kept + list(wanted.items())


class Visitor:
    """One keep-alive connection to a running server."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._connection = http.client.HTTPConnection(place, timeout=60)
        self._cookies: SimpleCookie = SimpleCookie()

    def close(self) -> None:
        self._connection.close()

    def twin(self) -> "Visitor":
        """The same person, signed in, in a second tab."""
        other = Visitor(self._place)
        other._cookies = self._cookies
        return other

    def get(self, path: str) -> Answer:
        return self._send("GET", path, b"", {})

    def post(self, path: str, pairs: Pairs) -> Answer:
        return self.send(path, urlencode(pairs).encode(), "application/x-www-form-urlencoded")

    def send(self, path: str, body: bytes, content_type: str) -> Answer:
        return self._send("POST", path, body, {"Content-Type": content_type})

    def sign_in(self, login: str, password: str) -> None:
        page = self.get("/login/")
        form = form_with(page, "login")
        answer = self.post("/login/", form.with_values(login=login, password=password))
        assert answer.status == 302, answer.text

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        for line in response.headers.get_all("Set-Cookie", []):
            self._cookies.load(line)
        return Answer(response.status, response.headers.get("Location", ""), response.read().decode())


def form_with(page: Answer, name: str) -> Form:
    """The one form of the page that has a control of this name."""
    found = [form for form in _forms(page.text) if name in form.names()]
    assert len(found) == 1, f"{len(found)} forms have a control named {name}"
    return found[0]


def _forms(text: str) -> list[Form]:
    reader = _FormReader()
    reader.feed(text)
    return reader.forms


class _FormReader(HTMLParser):
    """Collects the successful controls of each form as HTML defines them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._textarea = ""
        self._typed: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(found.get("id", ""), found.get("action", ""))
            self.forms.append(self._open)
        elif tag == "input":
            self._take_input(found)
        elif tag == "select":
            self._select, self._options = found.get("name", ""), []
        elif tag == "option" and self._select:
            self._options.append((found.get("value", ""), "selected" in found))
        elif tag == "textarea":
            self._textarea, self._typed = found.get("name", ""), []

    def handle_data(self, data: str) -> None:
        if self._typed is not None:
            self._typed.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select" and self._select:
            chosen = [value for value, selected in self._options if selected] or [v for v, _s in self._options[:1]]
            for value in chosen:
                self._add(self._select, value)
            self._select = ""
        elif tag == "textarea" and self._typed is not None:
            self._add(self._textarea, "".join(self._typed).removeprefix("\n"))
            self._typed = None

    def _take_input(self, found: dict[str, str]) -> None:
        kind = found.get("type", "text")
        if kind in _TEXTLESS or "disabled" in found:
            return
        if kind in {"radio", "checkbox"} and "checked" not in found:
            return
        self._add(found.get("name", ""), found.get("value", "on" if kind == "checkbox" else ""))

    def _add(self, name: str, value: str) -> None:
        if name and self._open is not None:
            self._open.pairs.append((name, value))
