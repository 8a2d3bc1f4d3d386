"""vCard 2.1, 3.0 and 4.0 as programs write them, not only as the standards say. Pure.

A card that nobody can read in a part is read in the rest; what lies inside another card (`AGENT`) is none of its own.
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from crm.core.folding import storable

_TYPES = """
    HOME WORK CELL VOICE FAX PAGER PREF MSG VIDEO BBS MODEM CAR ISDN PCS MOBILE INTERNET X400 MAIN OTHER DOM INTL
    POSTAL PARCEL TEXT TEXTPHONE IPHONE ASSISTANT CALLBACK COMPANY RADIO TELEX TTY
"""
_NAMES_OF_TYPES = frozenset(_TYPES.split())
_PROPERTY = re.compile(
    r'(?:(?P<group>[\w-]+)\.)?(?P<name>[\w-]+)(?P<parameters>(?:;(?:"[^"]*"|[^":])*)*):(?P<value>.*)', re.DOTALL
)
_PARAMETER = re.compile(r';([^=;"]*)(?:=((?:"[^"]*"|[^;"])*))?')
_LONGEST_CARD = 4_000_000
_CHARSETS = {"utf8": "utf-8", "shift_jis": "cp932", "iso-8859-1": "cp1252"}


@dataclass(slots=True)
class Card:
    """`name` is family, given, additional, prefix, suffix.

    An address is box, extended, street, city, region, code, country.
    """

    version: str = ""
    formatted: str | None = None
    name: list[str] | None = None
    organisation: list[str] | None = None
    title: str | None = None
    emails: list[str] = field(default_factory=list)
    phones: list[tuple[str, list[str]]] = field(default_factory=list)
    addresses: list[list[str]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    note: str = ""
    born: str = ""
    has_photo: bool = False
    nested: int = 0


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    parameters: dict[str, list[str]]
    value: str

    @property
    def types(self) -> list[str]:
        """Sorted, in capitals."""
        found = {one.upper() for one in self.parameters.get("TYPE", [])}
        return sorted(one for one in found if one in _NAMES_OF_TYPES)


def cards_of(data: bytes) -> Iterator[Card]:
    """The cards of one file, in their order."""
    stack: list[Card] = []
    for line in _logical_lines(_decoded(data)):
        found = _property(line)
        if found is None:
            continue
        if found.name == "BEGIN" and found.value.strip().upper() == "VCARD":
            if stack:
                stack[-1].nested += 1
            stack.append(Card())
        elif found.name == "END" and found.value.strip().upper() == "VCARD" and stack:
            card = stack.pop()
            if not stack:
                yield card
        elif stack:
            _take(stack[-1], found)
    # A file that was cut off still holds what came before.
    if stack:
        yield stack[0]


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _logical_lines(text: str) -> Iterator[str]:
    """Folded lines in one piece; those of quoted-printable end with `=`, those of base64 go on until a blank line."""
    kept = ""
    is_soft = False
    for line in re.split(r"\r\n|\r|\n", text):
        if is_soft:
            kept += "\n" + line
        elif line[:1] in {" ", "\t"} and kept:
            kept += line[1:]
        else:
            if kept:
                yield kept
            kept = line
        is_soft = kept.endswith("=") and "QUOTED-PRINTABLE" in kept.partition(":")[0].upper()
        if len(kept) > _LONGEST_CARD:
            kept = ""
    if kept:
        yield kept


def _property(line: str) -> _Property | None:
    found = _PROPERTY.fullmatch(line)
    if found is None:
        return None
    parameters: dict[str, list[str]] = {}
    for name, value in _PARAMETER.findall(found["parameters"]):
        known = name.strip().upper()
        if value:
            parameters.setdefault(known, []).extend(part.strip().strip('"') for part in value.strip('"').split(","))
        elif known in _NAMES_OF_TYPES:  # version 2.1 leaves out what they are
            parameters.setdefault("TYPE", []).append(known)
        elif known:
            parameters.setdefault("ENCODING", []).append(known)
    return _Property(found["name"].upper(), parameters, storable(_plain(found["value"], parameters)))


def _plain(value: str, parameters: dict[str, list[str]]) -> str:
    encodings = {one.upper() for one in parameters.get("ENCODING", [])}
    if "QUOTED-PRINTABLE" not in encodings:
        return value
    charset = (parameters.get("CHARSET") or ["utf-8"])[0].lower()
    data = quopri.decodestring(value.encode("utf-8", "replace"))
    try:
        return data.decode(_CHARSETS.get(charset, charset))
    except (LookupError, UnicodeDecodeError):
        return data.decode("cp1252", "replace")


def _take(card: Card, found: _Property) -> None:
    reader = _READERS.get(found.name)
    if reader is not None:
        reader(card, found)


def _take_version(card: Card, found: _Property) -> None:
    card.version = found.value.strip()


def _take_formatted(card: Card, found: _Property) -> None:
    if card.formatted is None:
        card.formatted = _text(found.value).strip()


def _take_name(card: Card, found: _Property) -> None:
    if card.name is None:
        card.name = (_parts(found.value) + [""] * 5)[:5]


def _take_organisation(card: Card, found: _Property) -> None:
    if card.organisation is None:
        card.organisation = [part for part in _parts(found.value) if part] or None


def _take_title(card: Card, found: _Property) -> None:
    if card.title is None:
        card.title = _text(found.value).strip()


def _take_email(card: Card, found: _Property) -> None:
    if email := _text(found.value).strip().removeprefix("mailto:"):
        card.emails.append(email)


def _take_phone(card: Card, found: _Property) -> None:
    if phone := _text(found.value).strip().removeprefix("tel:"):
        card.phones.append((phone, found.types))


def _take_address(card: Card, found: _Property) -> None:
    address = (_parts(found.value) + [""] * 7)[:7]
    if any(address):
        card.addresses.append(address)


def _take_url(card: Card, found: _Property) -> None:
    if url := _text(found.value).strip():
        card.urls.append(url)


def _take_note(card: Card, found: _Property) -> None:
    card.note = "\n".join(filter(None, (card.note, _text(found.value).strip())))


def _take_birthday(card: Card, found: _Property) -> None:
    card.born = _text(found.value).strip()


def _take_photo(card: Card, _found: _Property) -> None:
    card.has_photo = True


_READERS = {
    "VERSION": _take_version,
    "FN": _take_formatted,
    "N": _take_name,
    "ORG": _take_organisation,
    "TITLE": _take_title,
    "EMAIL": _take_email,
    "TEL": _take_phone,
    "ADR": _take_address,
    "URL": _take_url,
    "NOTE": _take_note,
    "BDAY": _take_birthday,
    "PHOTO": _take_photo,
}


def _parts(value: str) -> list[str]:
    """What semicolons separate."""
    return [_text(part).strip() for part in re.split(r"(?<!\\);", value)]


def _text(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value, flags=re.DOTALL)
