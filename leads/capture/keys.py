"""Field names as senders spell them, brought to one spelling."""

import re

from crm.core.folding import fold


def words(text: str) -> frozenset[str]:
    """The words of a table written as running text."""
    return frozenset(text.split())


# What builders wrap around the names of their fields: fields[email][value], lead[first_name], persons[name].
WRAPPERS = words(
    "attributes contact contactform data fields form formdata formfields lead leads meta payload person persons "
    "properties"
)
_LONGEST_KEY = 100
_BRACKETED = re.compile(r"(\w{1,40})\[([^\[\]]*)\](?:\[value\])?(?:\[\])?")


def plain_key(name: str) -> str:
    """The folded letters and digits of a name: ``First Name``, ``first-name``, ``firstName`` are one.

    "" for a name that is longer than any that means something here: a thousand of those take time to fold.
    """
    return "" if len(name) > _LONGEST_KEY else "".join(sign for sign in fold(name) if sign.isalnum())


def inner_key(name: str) -> str:
    """The plain key inside the brackets of a known wrapper; "" when the name is not of that shape."""
    match = _BRACKETED.fullmatch(name)
    return plain_key(match[2]) if match and plain_key(match[1]) in WRAPPERS else ""
