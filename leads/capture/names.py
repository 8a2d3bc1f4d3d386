"""A whole name in one field, taken apart as far as that is safe."""

import re
from dataclasses import dataclass

from crm.core.folding import fold, one_line
from leads.capture.keys import words

_SALUTATIONS = words(
    "mr mrs ms miss mx dr prof professor sir madam herr frau sr sra srta senor senora senorita "
    "mme mlle monsieur madame mademoiselle signor signora sig dott dottssa mister rev"
)
_SUFFIXES = words("jr sr ii iii iv phd md esq mba cpa dds msc bsc")
_PARTICLES = words(
    "af al ap av bin bint da dal dalla das de degli dei del della den der di do dos du el ibn la las le "
    "los op san santa st ten ter to van vom von za zu zum zur"
)
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a name, "" for what it does not have; never all of them "" for a filled name."""

    salutation: str
    first_name: str
    last_name: str


def is_salutation(text: str) -> bool:
    """Whether the whole text is a form of address (``Mrs.``, ``Prof. Dr.``)."""
    parts = text.split()
    return bool(parts) and all(_bare(part) in _SALUTATIONS for part in parts)


def split_name(full_name: str) -> PersonName:
    """Salutation, given names and family name; a single word and East Asian names are all family name.

    Understands ``Family, Given``, suffixes (``Jr.``) and particles in lower case (``van der``).
    """
    text = one_line(full_name)
    if _EAST_ASIAN.search(text):
        return PersonName("", "", text)
    salutation, parts = _without_salutation((text.strip(" ,") or text).split())
    family, comma, given = " ".join(parts).partition(",")
    if comma and family.strip() and given.strip() and _bare(given) not in _SUFFIXES:
        addressed, first = _without_salutation(given.split())
        return PersonName(salutation or addressed, " ".join(first), family.strip())
    cut = _family_start(parts)
    return PersonName(salutation, " ".join(parts[:cut]), " ".join(parts[cut:]))


def _bare(word: str) -> str:
    return fold(word).replace(".", "").strip(" ,")


def _without_salutation(parts: list[str]) -> tuple[str, list[str]]:
    size = 0
    while size < len(parts) - 1 and _bare(parts[size]) in _SALUTATIONS:
        size += 1
    return " ".join(parts[:size]), parts[size:]


def _family_start(parts: list[str]) -> int:
    """Give the index of the word with which the family name begins."""
    start = len(parts) - 1
    while start > 1 and _bare(parts[start]) in _SUFFIXES:
        start -= 1
    while start > 1 and parts[start - 1] in _PARTICLES:
        start -= 1
    # "van der Berg" alone is a family name, "Di Smith" is not: the particle is written small.
    if start == 1 and parts[0] in _PARTICLES:
        start = 0
    return max(start, 0)
