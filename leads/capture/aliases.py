"""From posted fields to the columns of a lead, whichever system the form was made for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crm.core.folding import fold_email
from leads.capture.columns import MAX_LENGTHS, Unfit, Value, column_value, is_joined
from leads.capture.keys import inner_key, plain_key
from leads.capture.names import is_salutation, split_name
from leads.capture.reading import Fields, Submission
from leads.capture.vocabulary import (
    ALIASES,
    CONTROL,
    EMAIL_OPT_OUT,
    EXACT,
    FULL_NAME,
    ODOO_SIGNS,
    VTIGER_SIGNS,
)

__all__ = ["MAX_LENGTHS", "LeadReading", "lead_values"]

# Elementor sends, beside each value, what kind of field it came from.
_ABOUT_A_FIELD = re.compile(
    r"(?:fields\[[^\[\]]*\]\[(?:id|type|title|raw_value|required)\]|form\[(?:id|name)\]|meta\[[^\[\]]*\]\[title\]|_wpcf7.*)",
    re.DOTALL,
)
_CONTROL = "control"
_IDENTITY = ("topic", "last_name", "company", "email")

type Candidate = tuple[str, str]


@dataclass(frozen=True)
class LeadReading:
    """What a post says about a lead.

    ``values``: column -> value that fits it (text, or ``bool``, ``int``, ``Decimal``), filled columns only.
    ``unknown``: what belongs to no column or did not fit it; ``control``: what steers the post.
    ``flags``: ``<Flag>:<column>`` per value that did not fit. ``campaign_code`` is only what the form says:
    whether it may name that campaign is for the caller to decide.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    unknown: Fields = ()
    control: Fields = ()
    flags: tuple[str, ...] = ()

    @property
    def has_identity(self) -> bool:
        """Whether there is something to call the lead by: topic, last name, company or e-mail."""
        return any(self.values.get(column) for column in _IDENTITY)


def lead_values(submission: Submission, mapping: Mapping[str, str] | None = None) -> LeadReading:
    """Read the fields of a post as a lead; what does not fit a column is named, never cut.

    `mapping` says of names in lower case which column they mean in this form; "" leaves a value with the post.
    """
    draft = _Draft()
    known = frozenset(plain_key(key) for key, _ in submission.fields)
    own = mapping or {}
    for key, values in submission.fields:
        column = own[key.strip().lower()] if key.strip().lower() in own else _column_of(key, known)
        if column == _CONTROL:
            draft.control.append((key, values))
        elif column:
            draft.offer(column, key, values)
        else:
            draft.leave(key, *values)
    draft.settle()
    return draft.reading()


def _column_of(key: str, known: frozenset[str]) -> str:
    """Find the column of a key, ``control``, or "" when it is unknown."""
    exact = EXACT.get(key.strip().lower())
    if exact is not None:
        return exact
    if _ABOUT_A_FIELD.fullmatch(key):
        return _CONTROL
    for plain in (plain_key(key), inner_key(key)):
        if plain in CONTROL:
            return _CONTROL
        if plain == "name":
            return _meaning_of_name(known)
        if plain in ALIASES:
            return ALIASES[plain]
    return ""


def _meaning_of_name(known: frozenset[str]) -> str:
    if known & VTIGER_SIGNS:
        return _CONTROL
    return "topic" if known & ODOO_SIGNS else FULL_NAME


class _Draft:
    """Candidates for each column in order of arrival, and what was left over."""

    def __init__(self) -> None:
        self.control: list[tuple[str, tuple[str, ...]]] = []
        self._unknown: dict[str, list[str]] = {}
        self._offers: dict[str, list[Candidate]] = {}
        self._values: dict[str, Value] = {}
        self._flags: dict[str, None] = {}

    def offer(self, column: str, key: str, values: tuple[str, ...]) -> None:
        for value in values:
            if value.strip():
                self._offers.setdefault(column, []).append((key, value))

    def leave(self, key: str, *values: str) -> None:
        self._unknown.setdefault(key, []).extend(values)

    def reading(self) -> LeadReading:
        return LeadReading(
            values=self._values,
            unknown=tuple((key, tuple(values)) for key, values in self._unknown.items()),
            control=tuple(self.control),
            flags=tuple(self._flags),
        )

    def settle(self) -> None:
        self._move_salutation_out_of_title()
        self._spread_full_names()
        for key, value in self._offers.pop(EMAIL_OPT_OUT, []):
            self.offer("do_not_email", key, (value,))
            self.offer("do_not_bulk_email", key, (value,))
        for column in list(self._offers):
            self._fill(column)
        self._fill("email2")  # with what the first e-mail column had too many of

    def _fill(self, column: str) -> None:
        offers = self._offers.pop(column, [])
        if is_joined(column):
            self._fill_joined(column, offers)
            return
        for key, value in offers:
            try:
                fitting = column_value(column, value)
            except Unfit as reason:
                self._refuse(column, reason, [(key, value)])
            else:
                self._take(column, fitting, (key, value))

    def _take(self, column: str, fitting: Value, offer: Candidate) -> None:
        taken = self._values.setdefault(column, fitting)
        if isinstance(taken, bool):
            # A tick box may send a hidden "0" beside its "1", and a wish to be left alone is never overruled.
            self._values[column] = taken or bool(fitting)
        elif column == "email" and fold_email(str(taken)) != fold_email(str(fitting)):
            self.offer("email2", offer[0], (offer[1],))
        elif column != "email" and taken != fitting:
            self.leave(*offer)

    def _fill_joined(self, column: str, offers: list[Candidate]) -> None:
        texts = list(dict.fromkeys(value.strip() for _, value in offers))
        if not texts:
            return
        try:
            self._values[column] = column_value(column, "\n".join(texts))
        except Unfit as reason:
            self._refuse(column, reason, offers)

    def _refuse(self, column: str, reason: Unfit, offers: list[Candidate]) -> None:
        self._flags[f"{reason.flag}:{column}"] = None
        for key, value in offers:
            if value not in self._unknown.get(key, ()):
                self.leave(key, value)

    def _move_salutation_out_of_title(self) -> None:
        """Read ``title`` as a form of address where it holds one, as some forms use it."""
        titles = self._offers.get("job_title", [])
        moved = [offer for offer in titles if plain_key(offer[0]) == "title" and is_salutation(offer[1])]
        if moved and "salutation" not in self._offers:
            self._offers["salutation"] = moved
            self._offers["job_title"] = [offer for offer in titles if offer not in moved]

    def _spread_full_names(self) -> None:
        """Use one-field names for what the separate name fields did not say."""
        for key, value in self._offers.pop(FULL_NAME, []):
            first, last = self._said("first_name"), self._said("last_name")
            parts = _complement(value.strip(), first, last)
            for column, part in parts.items():
                self.offer(column, key, (part,))
            if not parts and value.split() != f"{first} {last}".split():
                self.leave(key, value)

    def _said(self, column: str) -> str:
        return next((value.strip() for _, value in self._offers.get(column, [])), "")


def _complement(name: str, first: str, last: str) -> dict[str, str]:
    """Read a one-field name beside the separate fields: it may be the whole name or the missing half."""
    if first and last:
        return {}
    if last:
        return {"first_name": name[: -len(last)] if f" {name}".endswith(f" {last}") else name}
    if first:
        return {"last_name": name[len(first) :] if f"{name} ".startswith(f"{first} ") else name}
    parts = split_name(name)
    return {"salutation": parts.salutation, "first_name": parts.first_name, "last_name": parts.last_name}
