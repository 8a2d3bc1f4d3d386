"""Text in the shapes in which it is stored, compared and sorted.

The database has C collation and no extensions, so whatever a person would call "the same name" is decided
here: what :func:`fold` returns is stored beside a name and answers sorting, prefix search and keysets.
"""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

#: What is stored of a record is asked for again where it is compared. So many answers are kept.
_KEPT = 4_096
#: Normalising costs time squared on hostile runs of marks, so no more than this is looked at.
READ_AT_MOST = 1000
#: The columns for folded names hold this much, and it always fits into an index entry (2,704 bytes).
FOLDED_AT_MOST = 300
COMPANY_KEY_AT_MOST = 200
EMAIL_AT_MOST = 254

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_LINE_ENDS = re.compile("\r\n?")

# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, and signs without a shape of their own.
# The vowel signs of Indic scripts and the voicing marks of kana make other letters and therefore stay.
_MARKS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_LETTERS = str.maketrans(
    {
        "\u00f8": "o",  # o with stroke
        "\u0142": "l",  # l with stroke
        "\u0111": "d",  # d with stroke
        "\u00f0": "d",  # eth
        "\u00fe": "th",  # thorn
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u0131": "i",  # dotless i
        "\u0127": "h",  # h with stroke
        "\u0167": "t",  # t with stroke
        "\u2018": "'",
        "\u2019": "'",
        "\u02bb": "'",
        "\u02bc": "'",
        "\u2010": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
    }
)

_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_OTHER_SCHEME = re.compile(r"(?!https?://)[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)


# Legal forms: folded, without dots; runs of single letters are joined before the look-up (S. A. -> sa).
_ENDINGS = frozenset(
    tuple(form.split())
    for form in """
    gmbh|ggmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|eg|ek|ev|se|haftungsbeschrankt|aktiengesellschaft
    |gesellschaft mit beschrankter haftung
    |ltd|limited|plc|llp|lp|llc|lllp|inc|incorporated|corp|corporation|co|company|pllc
    |and co|und co|et cie|and cie|y cia|e cia|cie|cia
    |sa|sas|sasu|sarl|eurl|sci|snc|scs|spa|srl|srls|sapa|sl|slu|sau|slne|sll
    |de cv|s de rl|sapi|ac|sc|ltda|lda|limitada|eireli|epp
    |bv|nv|bvba|vof|cv|ab|as|asa|aps|oy|oyj|ans|ehf|hf|kk|gk|yk
    |sro|as|spol sro|sp z oo|sp zoo|spolka z oo|spolka akcyjna|sp k|sp j
    |doo|dd|ad|ead|ood|eood|kft|zrt|nyrt|bt|sia|uab|ou|eood
    |pte|pty|pvt|private|proprietary|bhd|sdn|tbk|jsc|ojsc|pjsc|cjsc|fzco|fze
    """.replace("\n", " ").split("|")
)
_BEGINNINGS = frozenset(
    [
        "주식회사",
        "주",
        "유",
        "株式会社",
        "株",
        "有限会社",
        "有",
        "合同会社",
        "ооо",
        "оао",
        "зао",
        "пао",
        "ао",
        "тов",
        "pt",
    ]
)
# Written without a space before or after the name.
_GLUED = (
    "\u682a\u5f0f\u4f1a\u793e",
    "\u6709\u9650\u4f1a\u793e",
    "\u5408\u540c\u4f1a\u793e",
    "\u80a1\u4efd\u6709\u9650\u516c\u53f8",
    "\u6709\u9650\u8d23\u4efb\u516c\u53f8",
    "\u6709\u9650\u516c\u53f8",
    "\uc8fc\uc2dd\ud68c\uc0ac",
)
_LONGEST_ENDING = max(len(form) for form in _ENDINGS)


def storable(text: str) -> str:
    """The text without what PostgreSQL refuses: NUL and lone surrogates."""
    return _UNSTORABLE.sub("", text)


def clean_text(text: str) -> str:
    """Storable text whose line ends are all ``\\n``."""
    return _LINE_ENDS.sub("\n", storable(text))


def one_line(text: str) -> str:
    """Storable text for a field of one line: white space collapsed, no control characters."""
    if text.isprintable():  # neither white space but the blank, nor anything that cannot be stored
        return " ".join(text.split())
    return " ".join(_CONTROLS.sub("", storable(text)).split())


def fold(text: str) -> str:
    """The text as people compare it: no case, no accents, no invisible signs, single spaces.

    Folding twice changes nothing. The result has at most ``FOLDED_AT_MOST`` characters.
    """
    text = text[:READ_AT_MOST]
    if text.isascii():
        return _cut(_CONTROLS.sub("", text).lower())
    folded = _bare(_bare(text).casefold().translate(_LETTERS))
    return _cut(unicodedata.normalize("NFC", folded))


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _MARKS.sub("", text))
    return "".join(sign for sign in _MARKS.sub("", decomposed) if _is_seen(sign))


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs"} or sign.isspace()


def _cut(text: str) -> str:
    return " ".join(text.split())[:FOLDED_AT_MOST].rstrip()


def ascii_host(host: str) -> str:
    """A host name in lower case, international labels in punycode; "" when it is no host name."""
    host = host.strip().lower()
    if len(host) > 253:
        return ""
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return host if _HOST.fullmatch(host) else ""


@lru_cache(_KEPT)
def fold_email(email: str) -> str:
    """An address in the form in which two are compared: lower case, domain in punycode.

    Unlike :func:`fold` it keeps accents and look-alike letters apart: they are other mailboxes.
    """
    text = unicodedata.normalize("NFC", one_line(email)[:READ_AT_MOST]).lower()
    local, at, domain = text.rpartition("@")
    folded = f"{local}@{ascii_host(domain) or domain}" if at else text
    return folded[:EMAIL_AT_MOST]


@lru_cache(_KEPT)
def email_domain(email: str) -> str:
    """The domain of an address in punycode; "" when there is none or it is an address literal."""
    local, _, domain = one_line(email).rpartition("@")
    return ascii_host(domain) if local else ""


@lru_cache(_KEPT)
def website_domain(url: str) -> str:
    """The domain of a web address with or without its scheme, without ``www.``; "" when there is none."""
    text = one_line(url)[:READ_AT_MOST]
    if _OTHER_SCHEME.match(text):
        return ""
    try:
        host = urlsplit(text if "://" in text else "//" + text.lstrip("/")).hostname
    except ValueError:
        return ""
    domain = ascii_host((host or "").rstrip(".")).removeprefix("www.")
    return domain if "." in domain else ""


@lru_cache(_KEPT)
def company_key(name: str) -> str:
    """What stays of a company's name when case, accents, punctuation and legal forms are gone.

    "" only for a name without any sign; a name made of nothing but legal forms keeps its first word.
    """
    folded = fold(name)
    words = _words(folded)
    if not words:
        return folded[:COMPANY_KEY_AT_MOST]
    key = _without_glued(" ".join(_without_endings(_without_beginning(words))))
    return key[:COMPANY_KEY_AT_MOST].rstrip()


def _words(folded: str) -> list[str]:
    text = folded.replace("&", " and ").replace("+", " and ")
    text = "".join(_letter_or_gap(sign) for sign in text)
    return _joined_initials(text.split())


def _letter_or_gap(sign: str) -> str:
    if sign in ".'":
        return ""
    return " " if unicodedata.category(sign)[0] in "PSZC" else sign


def _joined_initials(words: list[str]) -> list[str]:
    joined: list[str] = []
    run = False
    for word in words:
        initial = len(word) == 1 and word.isascii() and word.isalpha()
        if initial and run:
            joined[-1] += word
        else:
            joined.append(word)
        run = initial
    return joined


def _without_beginning(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0] in _BEGINNINGS else words


def _without_endings(words: list[str]) -> list[str]:
    for size in range(min(_LONGEST_ENDING, len(words) - 1), 0, -1):
        if tuple(words[-size:]) in _ENDINGS:
            return _without_endings(words[:-size])
    return words


def _without_glued(key: str) -> str:
    for form in _GLUED:
        rest = key.removeprefix(form).removesuffix(form).strip()
        if rest:
            key = rest
    return key
