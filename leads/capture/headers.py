"""Header values with parameters: ``Content-Type`` and ``Content-Disposition``."""

import re

# Possessive quantifiers keep both branches linear on hostile headers.
_PARAMETER = re.compile(r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]++|\\.)*+)"|([^;]*+))', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')


def header_parameters(value: str) -> tuple[str, dict[str, str]]:
    """The main value in lower case, and its parameters by lower-case name, the first of each name."""
    main = value.partition(";")[0].strip().lower()
    parameters: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(value):
        text = _ESCAPE.sub(r"\1", quoted) if quoted else plain.strip()
        parameters.setdefault(name.lower(), text)
    return main, parameters
