"""The pure reading of a posted lead: bytes in, fields out, whatever was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import unquote, unquote_to_bytes

from crm.core.folding import storable
from leads.capture import charsets, multipart
from leads.capture.flags import Flag
from leads.capture.headers import header_parameters
from leads.capture.jsonbody import json_pairs
from leads.capture.keys import plain_key

#: Values kept of one post; the rest stays in the raw body.
MAX_FIELDS = 1000

type Fields = tuple[tuple[str, tuple[str, ...]], ...]
type BytePair = tuple[bytes, bytes]

_FORM_KEYS = ("oid", "orgid", "publicid")
_RETURN_KEYS = frozenset({"returl", "returnurl", "redirecturl", "successurl"})
_YES = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True)
class Submission:
    """A post as read: every key with its values in order, line ends as sent, and what was odd about it.

    ``query`` holds the parameters of the address in the same shape; ``flags`` are values of ``Flag``.
    """

    fields: Fields
    flags: tuple[str, ...] = ()
    query: Fields = ()

    @cached_property
    def _by_key(self) -> dict[str, tuple[str, ...]]:
        return dict(self.fields)

    def values(self, key: str) -> tuple[str, ...]:
        """All values of exactly this key."""
        return self._by_key.get(key, ())

    def first(self, key: str) -> str:
        """The first value of exactly this key, "" without one."""
        return next(iter(self.values(key)), "")

    def as_dict(self) -> dict[str, list[str]]:
        """The fields as JSON can store them."""
        return {key: list(values) for key, values in self.fields}

    @property
    def form_key(self) -> str:
        """What ``oid`` or ``orgid`` say in any spelling, the body before the address; "" without them."""
        for fields in (self.fields, self.query):
            for wanted in _FORM_KEYS:
                if found := _first_filled(fields, {wanted}):
                    return found
        return ""

    @property
    def return_url(self) -> str:
        """Where the sender wants the visitor to go, unchecked and HTML entities resolved; "" for nowhere."""
        return unescape(_first_filled(self.fields, _RETURN_KEYS))

    @property
    def debug(self) -> bool:
        """Whether the sender asks for a report, which only an administrator may be shown."""
        return _first_filled(self.fields, {"debug"}).lower() in _YES


def read_submission(*, body: bytes, content_type: str, query_string: str = "") -> Submission:
    """Read a body of any kind; never raises, oddities are flagged. The caller limits the body's size."""
    media, parameters = header_parameters(content_type)
    address = _Reading()
    address.add_bytes(_urlencoded(query_string.encode("utf-8", "replace")), charsets.UTF_8)
    named = (parameters.get("charset", ""), _first_filled(address.listed(), {"encoding"}))
    charset = next(filter(None, map(charsets.known_charset, named)), "")
    body, charset = charsets.as_ascii_based(body, charset)
    reading = _Reading()
    reading.read(body, media, parameters.get("boundary", ""), charset)
    return Submission(fields=reading.listed(), flags=tuple(reading.flags), query=address.listed())


def _first_filled(fields: Fields, wanted: Iterable[str]) -> str:
    keys = frozenset(wanted)
    for key, values in fields:
        if plain_key(key) in keys:
            for value in values:
                if value.strip():
                    return value.strip()
    return ""


def _urlencoded(body: bytes) -> list[BytePair]:
    pairs: list[BytePair] = []
    for chunk in filter(None, body.strip().split(b"&")):
        key, _, value = chunk.replace(b"+", b" ").partition(b"=")
        pairs.append((unquote_to_bytes(key), unquote_to_bytes(value)))
        if len(pairs) > MAX_FIELDS:  # one more than is kept, so that the reading notices
            break
    return pairs


def _text_lines(body: bytes) -> list[BytePair]:
    """Read what a form with enctype text/plain sends: one field per line, nothing encoded."""
    lines = body.strip().splitlines()[: MAX_FIELDS + 1]
    return [(key, value) for key, _, value in (line.partition(b"=") for line in lines)]


def _declared_inside(pairs: list[BytePair]) -> str:
    for key, value in pairs:
        if key.lower() in (b"_charset_", b"encoding"):
            found = charsets.known_charset(value.decode("ascii", "replace"))
            if found and not found.startswith(("utf-16", "utf-32")):
                return found
    return ""


class _Reading:
    """Fields in the making: grouped by key in the order of arrival, bounded, and storable."""

    def __init__(self) -> None:
        self.flags: dict[str, None] = {}
        self._fields: dict[str, list[str]] = {}
        self._count = 0

    def listed(self) -> Fields:
        return tuple((key, tuple(values)) for key, values in self._fields.items())

    def flag(self, flag: Flag) -> None:
        self.flags[flag.value] = None

    def add(self, key: str, value: str) -> None:
        if self._count >= MAX_FIELDS:
            self.flag(Flag.TOO_MANY_FIELDS)
            return
        self._count += 1
        kept_key, kept = storable(key), storable(value)
        if (kept_key, kept) != (key, value):
            self.flag(Flag.UNSTORABLE)
        self._fields.setdefault(kept_key, []).append(kept)

    def decode(self, data: bytes, charset: str) -> str:
        text, doubt = charsets.decode(data, charset)
        if doubt:
            self.flag(doubt)
        return text

    def add_bytes(self, pairs: list[BytePair], charset: str) -> None:
        charset = charset or _declared_inside(pairs) or charsets.UTF_8
        for key, value in pairs:
            self.add(self.decode(key, charset), self.decode(value, charset))

    def read(self, body: bytes, media: str, boundary: str, charset: str) -> None:
        declared_json = media.endswith(("/json", "+json"))
        if self._reads_as_multipart(body, media, boundary, charset):
            return
        if body.lstrip().startswith((b"{", b"[")):
            if self._reads_as_json(body, charset):
                return
            if declared_json:
                self.flag(Flag.MALFORMED)
                return
        if body.strip() and (declared_json or b"=" not in body):
            self.flag(Flag.MALFORMED)
        lines = media == "text/plain" and b"\n" in body.strip()
        self.add_bytes(_text_lines(body) if lines else _urlencoded(body), charset)

    def _reads_as_json(self, body: bytes, charset: str) -> bool:
        try:
            pairs = json_pairs(self.decode(body, charset or charsets.UTF_8))
        except ValueError:
            return False
        for key, value in pairs:
            self.add(key, value)
        return True

    def _reads_as_multipart(self, body: bytes, media: str, boundary: str, charset: str) -> bool:
        declared = media.startswith("multipart/")
        shown = not media and body.startswith(b"--") and b"content-disposition" in body[:2000].lower()
        if not (declared or shown):
            return False
        found = multipart.boundary_of(body, boundary)
        parts, whole = multipart.read_parts(body, found, MAX_FIELDS + 1) if found else ([], False)
        if not whole and len(parts) <= MAX_FIELDS:
            self.flag(Flag.MALFORMED)
        self._add_parts(parts, charset)
        return bool(found)

    def _add_parts(self, parts: list[multipart.Part], charset: str) -> None:
        named = [(header_parameters(self.decode(part.disposition, charsets.UTF_8))[1], part) for part in parts]
        inside = [(names.get("name", "").encode(), part.content[:50]) for names, part in named]
        charset = charset or _declared_inside(inside) or charsets.UTF_8
        for names, part in named:
            media, parameters = header_parameters(part.content_type.decode("latin-1"))
            key = _unescaped(names.get("name", ""))
            if _is_file(names, media):
                self._add_file(key, names, len(part.content))
            else:
                own = charsets.known_charset(parameters.get("charset", ""))
                self.add(key, self.decode(part.content, own or charset))

    def _add_file(self, key: str, names: dict[str, str], size: int) -> None:
        encoded = names.get("filename*", "").rpartition("'")[2]
        name = unquote(encoded) or _unescaped(names.get("filename", ""))
        if not (name or size):  # a file field that the visitor left empty
            self.add(key, "")
            return
        self.flag(Flag.FILES_DROPPED)
        self.add(key, f"{name} ({size} bytes)".strip())


def _is_file(names: dict[str, str], media: str) -> bool:
    return "filename" in names or "filename*" in names or media.startswith("multipart/")


def _unescaped(name: str) -> str:
    """Undo what browsers do to quotes and line ends in the names of parts."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
