"""``multipart/form-data`` in linear time, tolerant of bare line feeds and cut-off ends."""

import binascii
import quopri
import re
from dataclasses import dataclass

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LONGEST_BOUNDARY = 200


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its two form headers as sent (``b""`` when absent) and its content, transfer-decoded."""

    disposition: bytes
    content_type: bytes
    content: bytes


def boundary_of(body: bytes, declared: str) -> bytes:
    """The declared boundary if the body has it, else the one that its first line shows; b"" for none."""
    boundary = declared.encode("utf-8", "replace")
    if boundary and len(boundary) <= _LONGEST_BOUNDARY and b"--" + boundary in body:
        return boundary
    first_line = body.lstrip()[: _LONGEST_BOUNDARY + 4].splitlines()[:1]
    if first_line and first_line[0].startswith(b"--"):
        return first_line[0][2:].rstrip()
    return b""


def read_parts(body: bytes, boundary: bytes, limit: int) -> tuple[list[Part], bool]:
    """Up to ``limit`` parts, and whether the body is whole: every part has its headers, the end is marked."""
    delimiter = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*+(?=\r?\n|\Z)")
    chunks, closed, start = [], False, -1
    for match in delimiter.finditer(body):
        if start >= 0:
            chunks.append(body[start : match.start()])
        start, closed = match.end(), match[1] is not None
        if closed or len(chunks) >= limit:
            break
    if not closed and start >= 0 and len(chunks) < limit:
        chunks.append(body[start:])
    parts = [part for part in map(_part, chunks) if part is not None]
    return parts, closed and len(parts) == len(chunks)


def _part(chunk: bytes) -> Part | None:
    """Read headers and content of what stands between two delimiters, leading line end included."""
    blank = _BLANK_LINE.search(chunk)
    if blank is None:
        return None
    headers = _headers(chunk[: blank.start()])
    content = _transferred(chunk[blank.end() :], headers.get(b"content-transfer-encoding", b""))
    return Part(headers.get(b"content-disposition", b""), headers.get(b"content-type", b""), content)


def _headers(block: bytes) -> dict[bytes, bytes]:
    headers: dict[bytes, bytes] = {}
    unfolded = re.sub(rb"\r?\n[ \t]++", b" ", block)
    for line in unfolded.splitlines():
        name, colon, value = line.partition(b":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return headers


def _transferred(content: bytes, encoding: bytes) -> bytes:
    """Undo a transfer encoding; browsers send none, mail-minded clients do."""
    match encoding.lower():
        case b"base64":
            try:
                return binascii.a2b_base64(content)
            except binascii.Error:
                return content
        case b"quoted-printable":
            return quopri.decodestring(content)
        case _:
            return content
