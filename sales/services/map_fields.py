"""The two sides of the qualification map: what a lead can give, what its records can take, and which fits which."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from crm.core.custom.carrying import fits, translated
from crm.core.custom.definitions import Definition, known_of
from crm.core.custom.values import LONG_TEXT_AT_MOST, TEXT_AT_MOST, checked, from_json, to_json
from crm.core.fields import Kind, fields_of_table
from crm.core.models import CustomKind, CustomModel
from crm.customers.models import Account, Contact
from crm.customers.services.accounts import ACCOUNT_FIELDS
from crm.customers.services.contacts import CONTACT_FIELDS
from leads.models import Lead
from leads.values import EDITABLE
from sales.models import Opportunity
from sales.services.custom_map import Added, may_be_chosen, shown_name
from sales.services.opportunities import OPPORTUNITY_FIELDS

ADDRESS = "address"
"""The name under which the whole address stands among values, rules and results."""

MODELS: Mapping[str, type[CustomModel]] = {"account": Account, "contact": Contact, "opportunity": Opportunity}
REQUIRED: Mapping[str, frozenset[str]] = {
    "account": frozenset({"name"}),
    "contact": frozenset({"last_name"}),
    "opportunity": frozenset({"topic"}),
}
_TARGETS = {"account": ACCOUNT_FIELDS, "contact": CONTACT_FIELDS, "opportunity": OPPORTUNITY_FIELDS}
# What the product itself sets at a qualification, or what would carry consequences beyond the record.
_NEVER_TARGETS = frozenset(
    {
        *("parent", "primary_contact", "account", "reports_to", "customer_account", "customer_contact", "contact"),
        *("price_list", "territory", "credit_hold", "revenue_mode", "freight_tax_category", "freight_tax_percent"),
        *("discount_percent", "discount_amount", "freight_amount", "freight_tax_rate", "probability"),
    }
)
_SOURCES_BESIDE = ("campaign_code", "number", "name", "gclid", "referrer", "consent_text", "score")
_UTM = tuple(f"utm_{part}" for part in ("source", "medium", "campaign", "term", "content"))
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})
_LARGER = frozenset({(Kind.WHOLE, Kind.DECIMAL), (Kind.WHOLE, Kind.MONEY), (Kind.MONEY, Kind.DECIMAL)})


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A field on one side: a column, a field that an administrator added, or the address as a whole.

    `at_most` is how many characters a text holds; None where nothing limits it.
    """

    name: str
    label: str
    kind: Kind | None
    choices: Sequence[tuple[str, Any]] = ()
    related: type[models.Model] | None = None
    at_most: int | None = None
    is_email: bool = False
    is_required: bool = False
    added: Definition | None = None


def sources(actor: Any) -> dict[str, End]:
    """What the map may take from a lead, by name: columns in the order of the form, then added fields."""
    names = dict.fromkeys((*EDITABLE, *_SOURCES_BESIDE, *_UTM))
    return _by_name([*_columns(Lead, names, frozenset()), _address(), *_added_ends(Lead, actor)])


def targets(kind: str, actor: Any) -> dict[str, End]:
    """What the map may fill of an account, contact or opportunity, by name."""
    names = dict.fromkeys(name for name in _TARGETS[kind] if name not in _NEVER_TARGETS)
    place = [] if kind == "opportunity" else [_address()]
    return _by_name([*_columns(MODELS[kind], names, REQUIRED[kind]), *place, *_added_ends(MODELS[kind], actor)])


def _by_name(ends: Iterable[End]) -> dict[str, End]:
    return {end.name: end for end in ends}


def _address() -> End:
    return End(name=ADDRESS, label=_("Address"), kind=None)


def _columns(model: type[models.Model], names: Iterable[str], required: frozenset[str]) -> Iterator[End]:
    known = {field.path: field for field in fields_of_table(model).values()}
    for name in names:
        if (field := known.get(name)) is None:
            continue
        column: Any = model._meta.get_field(name)
        label = str(field.label)
        yield End(
            name=name,
            label=label[:1].upper() + label[1:],
            kind=field.kind,
            choices=tuple(field.choices),
            related=field.related,
            at_most=column.max_length if field.kind is Kind.TEXT else None,
            is_email=isinstance(column, models.EmailField),
            is_required=name in required,
        )


def _added_ends(model: type[models.Model], actor: Any) -> Iterator[End]:
    limits = {Kind.TEXT: TEXT_AT_MOST, Kind.LONG_TEXT: LONG_TEXT_AT_MOST}
    for one in known_of(model, actor):
        if not one.is_retired:
            yield End(
                name=one.form_name,
                label=one.label,
                kind=one.kind,
                choices=one.choices,
                related=one.related,
                at_most=limits.get(one.kind),
                is_required=one.is_required,
                added=one,
            )


def obstacle(source: End, target: End) -> str:
    """Why values of the one cannot always be values of the other, in a sentence; "" where they can."""
    if source.kind is None or target.kind is None:
        return "" if source.kind is target.kind else _("An address fills an address and nothing else.")
    if source.added and target.added and fits(source.added, target.added):
        return ""
    if target.kind in _TEXTS and source.kind in {*_TEXTS, Kind.CHOICE}:
        return _text_obstacle(source, target)
    if source.kind is not target.kind and (source.kind, target.kind) not in _LARGER:
        words = {"source": source.label, "is": _word(source.kind), "target": target.label, "takes": _word(target.kind)}
        return _("“%(source)s” is of the kind “%(is)s”, and “%(target)s” takes “%(takes)s”.") % words
    if source.related is not target.related:
        return _("“%(source)s” names other records than “%(target)s” takes.") % _labels(source, target)
    return _choice_obstacle(source, target) if source.kind is Kind.CHOICE else ""


def _text_obstacle(source: End, target: End) -> str:
    if target.is_email and not source.is_email:
        return _("“%(target)s” takes e-mail addresses alone.") % _labels(source, target)
    if source.kind is Kind.LONG_TEXT and target.kind is Kind.TEXT:
        return _("“%(source)s” may hold several lines, and “%(target)s” takes one.") % _labels(source, target)
    return ""


def caution(source: End, target: End) -> str:
    """What to know of a pair that fits: a text may be longer than there is room."""
    longest = source.at_most or max((len(str(word)) for _key, word in source.choices), default=0)
    if target.at_most is None or longest <= target.at_most:
        return ""
    return _(
        "“%(target)s” takes %(most)d characters. A longer value has to be shortened in the preview, and bulk"
        " qualification leaves its lead open."
    ) % {"target": target.label, "most": target.at_most}


def _choice_obstacle(source: End, target: End) -> str:
    known = _matched(source, target)
    for key, word in source.choices:
        if key not in known:
            return _("“%(choice)s” is no choice of “%(target)s”.") % {"choice": word, "target": target.label}
    return ""


def _labels(source: End, target: End) -> dict[str, str]:
    return {"source": source.label, "target": target.label}


def _word(kind: Kind) -> str:
    return str(dict(CustomKind.choices).get(kind.value, kind.value))


def _matched(source: End, target: End) -> dict[str, str]:
    """The choice of the target for each of the source: by key, and by word where the keys differ."""
    own = {str(key) for key, _word in target.choices}
    by_word = {str(word).casefold(): str(key) for key, word in target.choices}
    found = {str(key): str(key) if key in own else by_word.get(str(word).casefold()) for key, word in source.choices}
    return {key: match for key, match in found.items() if match}


def carried(lead: Lead, source: End, target: End, actor: Any) -> Any:
    """The lead's value as the target takes it; None where it says nothing, or the actor may not read or write it."""
    if source.added is not None and target.added is not None and fits(source.added, target.added):
        return _added_to_added(lead, source.added, target.added, actor)
    value = _read(lead, source, actor)
    if value is None or value == "":
        return None
    if source.kind is Kind.CHOICE and target.kind is Kind.CHOICE:
        value = _matched(source, target).get(value)
    elif source.kind is Kind.CHOICE or (target.added is not None and source.choices):
        value = str(dict(source.choices).get(value, value))
    if target.added is None:
        return Decimal(value) if target.kind in {Kind.DECIMAL, Kind.MONEY} else value
    # A preference that was not ticked says nothing.
    return None if value is False and source.added is None else _as_added(target.added, value, actor)


def _read(lead: Lead, source: End, actor: Any) -> Any:
    if source.added is None:
        return getattr(lead, source.name)
    if not source.added.may_read(actor):
        return None
    return from_json(source.added.kind, lead.custom.get(source.added.key))


def _added_to_added(lead: Lead, since: Definition, to: Definition, actor: Any) -> Added | None:
    kept = translated(since, to, lead.custom.get(since.key))
    return _offered(to, kept, actor) if since.may_read(actor) else None


def _as_added(to: Definition, value: Any, actor: Any) -> Added | None:
    plain = value.pk if isinstance(value, models.Model) else value
    plain = plain.date() if isinstance(plain, dt.datetime) else plain
    try:
        return _offered(to, to_json(to, checked(to, plain)), actor)
    except ValueError:
        # The lead keeps it; what the new record cannot hold is not written onto it.
        return None


def _offered(to: Definition, kept: Any, actor: Any) -> Added | None:
    if kept is None or not to.may_write(actor) or not may_be_chosen(to, kept, actor):
        return None
    return Added(to, kept, shown_name(to, kept, actor))
