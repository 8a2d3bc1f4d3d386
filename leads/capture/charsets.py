"""Character sets of posted text. Only plain text encodings are known: Python's others unpack or execute."""

import codecs
import re

from leads.capture.flags import Flag

UTF_8 = "utf-8"
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
_KNOWN = frozenset(
    codecs.lookup(name).name
    for name in (
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
        *(f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
        *(f"cp{page}" for page in (866, 874, *range(1250, 1259))),
        *("koi8-r", "koi8-u", "mac-roman", "gbk", "gb18030", "big5", "euc-kr", "cp949"),
        *("shift_jis", "cp932", "euc-jp", "iso2022_jp"),
    )
)
# As browsers do: who says Latin-1, Latin-5 or Shift JIS means the larger set of Windows.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gbk",
    "utf-8-sig": UTF_8,
}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def known_charset(name: str) -> str:
    """Python's name of a character set as senders write it; "" when it is unknown or no plain text."""
    name = name.strip().strip("\"'")
    if not _NAME.fullmatch(name):
        return ""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return ""
    meant = _MEANT.get(found, found)
    return meant if meant in _KNOWN else ""


def decode(data: bytes, charset: str) -> tuple[str, Flag | None]:
    """The text, and the flag that tells how sure it is.

    Bytes that are not UTF-8 are read as Windows-1252 unless they hold proper UTF-8 besides.
    """
    try:
        return data.decode(charset), None
    except UnicodeError:
        replaced = data.decode(charset, "replace")
    if charset == UTF_8 and replaced.replace("\ufffd", "").isascii():
        try:
            return data.decode("cp1252"), Flag.CHARSET_GUESSED
        except UnicodeError:
            return replaced, Flag.UNDECODABLE
    return replaced, Flag.UNDECODABLE


def as_ascii_based(body: bytes, charset: str) -> tuple[bytes, str]:
    """The body and its charset, brought to UTF-8 when it came in 16 or 32 bits or with a byte order mark.

    An ASCII body that claims UTF-16 is believed to be what it is.
    """
    for mark, marked in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _to_utf_8(body[len(mark) :], marked), UTF_8
    if charset.startswith(("utf-16", "utf-32")):
        wide = b"\0" in body
        return (_to_utf_8(body, charset) if wide else body), UTF_8
    return body, charset


def _to_utf_8(body: bytes, charset: str) -> bytes:
    if charset == UTF_8:
        return body
    return body.decode(charset, "replace").encode(UTF_8)
