"""Phone numbers in the form in which two are compared."""

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

#: The same number is asked for by what is stored and by what is compared.
_KEPT = 4_096


@lru_cache(_KEPT)
def e164(raw: str, region: str | None) -> str:
    """The number as ``+<country><number>`` without its extension; "" when it can't be a phone number.

    ``region`` (ISO 3166 alpha-2) says how to read a number without country code; without a region only
    international numbers are read. A leading ``00`` counts as ``+`` wherever the region has no such number.
    """
    digits, number = raw.strip(), _parsed(raw, region)
    if not digits.startswith("00"):
        return _written(number)
    if number and phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return _written(_parsed("+" + digits[2:], None))


def _written(number: PhoneNumber | None) -> str:
    """Numbering plans change faster than libraries, so a number of the right length will do. Asked first is the length:
    whether the plan knows a number takes longer than all the rest."""
    if number and (_is_possible(number) or phonenumbers.is_valid_number(number)):
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return ""


def _parsed(raw: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(raw, region.upper() if region else None)
    except phonenumbers.NumberParseException:
        return None


def _is_possible(number: PhoneNumber) -> bool:
    # is_possible_number() would also accept numbers that can only be dialled inside their own town.
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
