"""The two letters of a country that somebody has typed by name."""

from functools import lru_cache

from babel import Locale

from crm.core.folding import fold

_LANGUAGES = ("en", "de", "fr", "es", "it")
_LETTERS = 2
# What people write beside the names that Babel knows.
_ALSO = {"usa": "US", "u.s.a.": "US", "uk": "GB", "great britain": "GB", "england": "GB"}


def country_code(text: str) -> str:
    """`DE` for "Germany", "Deutschland" or "de"; empty for what is no country."""
    return _known(fold(text)) if text else ""


@lru_cache(1024)
def _known(folded: str) -> str:
    return _codes().get(folded, "")


@lru_cache(1)
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in reversed(_LANGUAGES):
        territories = Locale(language).territories
        countries = {code: name for code, name in territories.items() if len(code) == _LETTERS and code.isalpha()}
        found |= {fold(name): code for code, name in countries.items()}
        found |= {fold(code): code for code in countries}
    return found | {fold(name): code for name, code in _ALSO.items()}
