"""Texts of a file as values of a field. `ValueError` carries a sentence for the person."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from crm.core.custom.values import checked, from_text, to_json
from crm.core.fields import Kind
from crm.core.folding import clean_text, fold, one_line
from crm.data.importing.styles import Style, read_date, read_moment, read_number
from crm.data.importing.targets import Target

type Reader = Callable[[str], Any]

_YES = frozenset(["yes", "true", "y", "1", "x", "on", "ja", "oui", "si", "sí", "wahr", "vrai", "verdadero"])
_NO = frozenset(["no", "false", "n", "0", "off", "nein", "non", "falsch", "faux", "falso"])
_is_email = EmailValidator()
_PLAIN_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,60}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,60}[A-Za-z0-9])?\.)+[A-Za-z]{2,20}")


class Unknown(ValueError):
    """The text is none of the choices; a person can say which one it means."""


def reader_of(target: Target, style: Style, zone: dt.tzinfo) -> Reader:
    """What makes values for this field out of the texts of this file."""
    if target.definition is not None:
        return _reader_of_custom(target, style)
    readers: Mapping[Kind, Reader] = {
        Kind.TEXT: _email_reader(target) if target.is_email else _text_reader(target),
        Kind.LONG_TEXT: lambda text: clean_text(text).strip(),
        Kind.WHOLE: _whole_reader(target, style),
        Kind.DECIMAL: _number_reader(target, style),
        Kind.MONEY: _number_reader(target, style),
        Kind.DATE: lambda text: read_date(text, style.order),
        Kind.MOMENT: lambda text: read_moment(text, style.order, zone),
        Kind.YES_NO: _yes_no,
        Kind.CHOICE: _choice_reader(target),
        Kind.STATE: _choice_reader(target),
    }
    return readers[target.kind]


def _text_reader(target: Target) -> Reader:
    most = target.most

    def read(text: str) -> str:
        line = one_line(text)
        if most is not None and len(line) > most:
            raise ValueError(_("At most %(most)d characters fit here.") % {"most": most})
        return line

    return read


def _email_reader(target: Target) -> Reader:
    read = _text_reader(target)

    def read_email(text: str) -> str:
        bare = str(read(text)).removeprefix("mailto:")
        if not _PLAIN_EMAIL.fullmatch(bare):
            try:
                _is_email(bare)
            except ValidationError:
                raise ValueError(_("“%(text)s” is not an e-mail address.") % {"text": bare[:60]}) from None
        return bare

    return read_email


def _number_reader(target: Target, style: Style) -> Reader:
    most_digits, places = target.digits - target.places, Decimal(1).scaleb(-target.places)

    def read(text: str) -> Decimal:
        number = read_number(text, style.decimal)
        if number.adjusted() >= most_digits:
            raise ValueError(_("“%(text)s” is larger than what can be kept.") % {"text": text[:60]})
        if target.lowest is not None and number < target.lowest:
            raise ValueError(_("Enter a number of at least %(least)s.") % {"least": target.lowest})
        if target.highest is not None and number > target.highest:
            raise ValueError(_("Enter a number of at most %(most)s.") % {"most": target.highest})
        return number.quantize(places) if target.places else number

    return read


def _whole_reader(target: Target, style: Style) -> Reader:
    read_any = _number_reader(target, style)

    def read(text: str) -> int:
        number = read_any(text)
        if number != number.to_integral_value():
            raise ValueError(_("“%(text)s” is not a whole number.") % {"text": text[:60]})
        if abs(number) > 2_147_483_647:
            raise ValueError(_("“%(text)s” is larger than what can be kept.") % {"text": text[:60]})
        return int(number)

    return read


def _yes_no(text: str) -> bool:
    word = fold(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unknown(_("“%(text)s” means neither yes nor no.") % {"text": text[:60]})


def _choice_reader(target: Target) -> Reader:
    known = dict(target.synonyms)
    known |= {plain(str(label)): value for value, label in target.choices}
    known |= {plain(value): value for value, _label in target.choices}

    def read(text: str) -> str:
        try:
            return known[plain(text)]
        except KeyError:
            raise Unknown(_("“%(text)s” is none of the choices.") % {"text": text[:60]}) from None

    return read


def plain(text: str) -> str:
    """What of a choice is compared: `Trade Show` and `trade_show` are the same."""
    return "".join(sign for sign in fold(text) if sign.isalnum())


def _reader_of_custom(target: Target, style: Style) -> Reader:
    """As JSON keeps it. Dates and numbers are read in the style of the file."""
    definition: Any = target.definition
    first: Reader = {
        Kind.DATE: lambda text: read_date(text, style.order),
        Kind.WHOLE: lambda text: read_number(text, style.decimal),
        Kind.DECIMAL: lambda text: read_number(text, style.decimal),
        Kind.MONEY: lambda text: read_number(text, style.decimal),
        Kind.YES_NO: _yes_no,
    }.get(target.kind, lambda text: from_text(definition, text))

    def read(text: str) -> Any:
        try:
            return to_json(definition, checked(definition, first(text)))
        except ValueError as error:
            if target.kind in {Kind.CHOICE, Kind.CHOICES}:
                raise Unknown(str(error)) from error
            raise

    return read
