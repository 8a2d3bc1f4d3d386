"""Why something of a posted lead did not reach its column; every reason has a sentence for people."""

from enum import StrEnum

from django.utils.translation import gettext as _


class Flag(StrEnum):
    """What went wrong with a whole post, or, followed by ``:`` and a column, with one value of it."""

    MALFORMED = "malformed"
    CHARSET_GUESSED = "charset_guessed"
    UNDECODABLE = "undecodable"
    UNSTORABLE = "unstorable_characters"
    TOO_MANY_FIELDS = "too_many_fields"
    FILES_DROPPED = "files_dropped"
    TOO_LONG = "too_long"
    INVALID_EMAIL = "invalid_email"
    INVALID_WEBSITE = "invalid_website"
    INVALID_NUMBER = "invalid_number"
    INVALID_CHOICE = "invalid_choice"


def flag_sentence(flag: str) -> str:
    """The reason in the reader's language, without the column; an unknown flag is its own sentence."""
    kind = flag.partition(":")[0]
    sentences: dict[str, str] = {
        Flag.MALFORMED: _("The post was damaged; what could be read of it was kept."),
        Flag.CHARSET_GUESSED: _("The character set of the post was not certain; Windows-1252 was assumed."),
        Flag.UNDECODABLE: _("Some characters could not be read; the original is kept."),
        Flag.UNSTORABLE: _("Characters that can't be stored were left out; the original is kept."),
        Flag.TOO_MANY_FIELDS: _("The post had more than 1,000 values; the others are in the original only."),
        Flag.FILES_DROPPED: _("The post carried files, which this form does not accept."),
        Flag.TOO_LONG: _("The value is too long for its field; it is kept in the original."),
        Flag.INVALID_EMAIL: _("The value is not an e-mail address; it is kept in the original."),
        Flag.INVALID_WEBSITE: _("The value is not a web address; it is kept in the original."),
        Flag.INVALID_NUMBER: _("The value is not a number that fits; it is kept in the original."),
        Flag.INVALID_CHOICE: _("The value is none of the choices; it is kept in the original."),
    }
    return sentences.get(kind, flag)
