"""Which character set a text file is written in, guessed from its bytes."""

import codecs
import re
import unicodedata
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext_lazy as _

SAMPLE = 256 * 1024
_PIECE = 1024 * 1024
#: Letters, and the signs that stand among them where a text is read wrongly.
_WORD = re.compile(r"[^\W\d_]+(?:[^\s\x00-\x7f]|[^\W\d_])*|[^\s\x00-\x7f]+[^\W\d_]*(?:[^\s\x00-\x7f]|[^\W\d_])*")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ENCODINGS = {
    "utf-8": _("Unicode (UTF-8)"),
    "utf-16-le": _("Unicode (UTF-16)"),
    "utf-16-be": _("Unicode (UTF-16, big-endian)"),
    "cp1252": _("Western European (Windows-1252)"),
    "cp1250": _("Central European (Windows-1250)"),
    "cp1251": _("Cyrillic (Windows-1251)"),
    "cp1253": _("Greek (Windows-1253)"),
    "cp1254": _("Turkish (Windows-1254)"),
    "cp1255": _("Hebrew (Windows-1255)"),
    "cp1256": _("Arabic (Windows-1256)"),
    "cp1257": _("Baltic (Windows-1257)"),
    "cp932": _("Japanese (Shift JIS)"),
    "euc_jp": _("Japanese (EUC)"),
    "gb18030": _("Chinese (GB 18030)"),
    "big5": _("Chinese (Big5)"),
    "cp949": _("Korean (Windows-949)"),
    "koi8-r": _("Cyrillic (KOI8-R)"),
    "cp850": _("Western European (DOS)"),
    "mac_roman": _("Western European (Macintosh)"),
}
"""What a file can be read as, with the words for it; the first that fits best is guessed."""

# What is usual in the languages of a set. Letters beside these cost a little, other signs within words more.
_SIGNS = "’‘“”„–—€"
_USUAL = {
    "cp1252": ("äöüß", "áéíóúñü¡¿ºª", "éèêëàâçîïôùûüœæ", "ãõáâàéêíóôúç", "åäöæøéü", "àèéìíòóù", "éëïóöü"),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ"),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
    "cp1254": ("çğıöşüâî",),
}
_BY_SCRIPT = {"cp1251": "CYRILLIC", "koi8-r": "CYRILLIC", "cp1253": "GREEK", "cp1255": "HEBREW", "cp1256": "ARABIC"}
_EAST_ASIAN = {
    "cp932": ("HIRAGANA", "KATAKANA", "CJK"),
    "euc_jp": ("HIRAGANA", "KATAKANA", "CJK"),
    "cp949": ("HANGUL",),
    "gb18030": ("CJK",),
    "big5": ("CJK",),
}


def guessed_encoding(path: Path) -> tuple[str, bool]:
    """The name of the encoding, and whether bytes of the file do not fit it and will be lost."""
    with path.open("rb") as source:
        sample = source.read(SAMPLE)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name, False
    if wide := _without_mark(sample):
        return wide, False
    if _is_utf_8(path):
        return "utf-8", False
    if _is_broken_utf_8(sample):
        return "utf-8", True
    return _best(sample), False


def _without_mark(sample: bytes) -> str:
    """UTF-16 that does not say so: every other byte of plain text is zero."""
    if len(sample) < 4 or sample.count(0) * 3 < len(sample):
        return ""
    return "utf-16-be" if sample[0:400:2].count(0) > sample[1:400:2].count(0) else "utf-16-le"


def _is_utf_8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as source:
        try:
            while piece := source.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _is_broken_utf_8(sample: bytes) -> bool:
    """More that can only be UTF-8 than that cannot be."""
    text = sample.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    proper = sum(1 for sign in text if sign > "\x7f" and sign != "\ufffd")
    return proper > lost


def _best(sample: bytes) -> str:
    scores = {name: _score(sample, name) for name in (*_USUAL, *_BY_SCRIPT, *_EAST_ASIAN)}
    best = max(scores.values())
    return next((name for name in ENCODINGS if scores.get(name) == best), "cp1252")


def _score(sample: bytes, name: str) -> int:
    """The higher the likelier."""
    try:
        text = codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeDecodeError:
        return -(10**6)
    words = list(islice((word for word in _WORD.findall(text) if not word.isascii()), 2000))
    if name in _EAST_ASIAN:
        return sum(_worth_of_signs(word, *_EAST_ASIAN[name]) for word in words)
    if name in _BY_SCRIPT:
        return sum(_worth_of_script(word, _BY_SCRIPT[name]) for word in words)
    return max(sum(_worth(word, language) for word in words) for language in _USUAL[name])


def _worth_of_signs(word: str, *scripts: str) -> int:
    """Those that say which language it is count more than those that several have. None stands among Latin letters."""
    if any(sign.isascii() for sign in word):
        return -4
    return sum(_worth_of_sign(sign, scripts) for sign in word)


def _worth_of_sign(sign: str, scripts: tuple[str, ...]) -> int:
    name = unicodedata.name(sign, "")
    if name.startswith("CJK"):
        return 2 if "CJK" in scripts else -3
    if not name.startswith(scripts):
        return -3
    return 3 if not name.startswith("HANGUL") or _is_usual_hangul(sign) else -1


def _is_usual_hangul(sign: str) -> bool:
    try:
        return len(sign.encode("euc_kr")) == 2  # rare ones are put together
    except UnicodeEncodeError:
        return False


def _worth_of_script(word: str, script: str) -> int:
    """Its letters stand beside none of Latin, and no large one follows a small one."""
    own = sum(1 for sign in word if unicodedata.name(sign, "").startswith(f"{script} ") and sign.isalpha())
    if own < len(word):
        return -4
    has_inner = word[1:] != word[1:].lower() and not word.isupper()
    return -own if has_inner else 2 * own - (word == word.lower() != word.upper())


def _worth(word: str, language: str) -> int:
    strange = [sign for sign in word if not sign.isascii()]
    worth = sum(2 if sign.lower() in language or sign == "İ" else _worth_of_other(sign) for sign in strange)
    # Of Latin letters, some have no accent.
    has_plain = any(sign.isascii() for sign in word)
    return worth if has_plain or len(word) < 4 else worth - 2 * len(word)


def _worth_of_other(sign: str) -> int:
    return 1 if sign in _SIGNS else -1 if sign.isalpha() else -3
