"""Rows of the table of rights, and the words that they are made of; `rights.py` says what the letters mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALL, NONE = "oooooo", "mmmmmm"
READ, WORK, PREVIEW = "ohhooo", "ohhoof", "phhppf"
MAKE = "ooooof"
CATALOGUE = "fffoof"
#: What marketing and administrators keep: their list, and their records.
KEPT, KEPT_RECORD = "ffffof", "hhhhoh"
#: Activities are seen by the whole unit, and changed by their owner.
SEEN, DONE = "oohooo", "ofhoof"
#: Campaigns are seen by all who sell, and changed by those who run them.
RUN = "offoof"
#: What somebody keeps and shares with nobody.
OWN = "ohhhhh"
HIDDEN = "hhhhhh"
#: Of a known customer a lead is made: by those who may make leads and see the customer.
NEED = "ohhoof"


@dataclass(frozen=True)
class Row:
    """`record` is the key of the record in the world; `get` and `post` are words."""

    record: str = ""
    get: str = ALL
    post: str = NONE
    sent: Mapping[str, Any] = field(default_factory=dict)


def pages(noun: str, *, read: str = READ, work: str = WORK, make: str = MAKE, **sent: Any) -> dict[str, Row]:
    """List, new, record, edit and delete of one noun; `sent` fills its form."""
    _app, name = noun.split(":")
    key = name.replace("_", " ")
    return {
        f"{noun}_list": Row(),
        f"{noun}_create": Row("", make, make, sent),
        f"{noun}_detail": Row(key, read),
        f"{noun}_edit": Row(key, work, work, sent),
        f"{noun}_delete": Row(key, work, work),
    }


def act(record: str, word: str = WORK, **sent: Any) -> Row:
    return Row(record, word, word, sent)
