"""What a service refuses, in words for the person who asked.

One exception for each answer that a screen can give; the sentence is shown as it stands.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class Refusal(Exception):
    """Base: nothing was changed, and `sentence` says why."""

    status = 400

    def __init__(self, sentence: str, *, details: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = tuple(details)


class NotFound(Refusal):
    """The record does not exist, or this person may not know that it does."""

    status = 404


class Forbidden(Refusal):
    """The record is visible, the act is not allowed."""

    status = 403


class Conflict(Refusal):
    """The record has moved on: a wrong state, a stale form, something that depends on it."""

    status = 409


class IllegalMove(Conflict):
    """The state machine has no such move from here."""


class Invalid(Refusal):
    """A value cannot be accepted. `field` names the form field it belongs to, or is empty."""

    status = 422

    def __init__(self, sentence: str, *, field: str = "", details: Sequence[str] = ()) -> None:
        super().__init__(sentence, details=details)
        self.field = field


class TooMany(Refusal):
    """Too often in too short a time."""

    status = 429


class TooSlow(Refusal):
    """The database stopped a statement that ran for longer than a page may take."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("This took too long and was stopped. Nothing was changed. Ask for less, or try again later.")
        )


class Away(Refusal):
    """There is no database to ask."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_("The database does not answer. Nothing was saved. Try again in a minute."))
