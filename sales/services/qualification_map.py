"""The map of the qualification: what ships, what administrators chose instead, and how they change it.

What they chose is kept in the process under the edition of the added fields, which a person's rights bring along; so a
qualification asks the database for it only after somebody has changed it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm.core.actors import Actor
from crm.core.custom.carrying import pairs
from crm.core.custom.definitions import edition_of
from crm.core.errors import Forbidden, Invalid
from crm.core.transactions import service
from leads.models import Lead
from sales.models import QualificationMap
from sales.services.map_fields import ADDRESS, MODELS, End, carried, obstacle, sources, targets

type Choices = Mapping[str, Mapping[str, str]]
"""By kind and target the source; "" for nothing."""

_PREFERENCES = ("do_not_email", "do_not_bulk_email", "do_not_phone", "do_not_post", "do_not_fax")
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_MOST_KEPT = 4


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


SHIPPED: Choices = {
    "account": {
        "name": "company",
        **_same("website", "phone", "fax", "industry", "employees", "annual_revenue", ADDRESS),
    },
    "contact": _same(
        *("salutation", "first_name", "middle_name", "last_name", "job_title", "email", "email2"),
        *("phone", "mobile", "fax", *_PREFERENCES, "preferred_contact_method", ADDRESS),
    ),
    "opportunity": {
        "topic": "topic",
        "estimated_revenue": "estimated_value",
        **_same("estimated_close_on", "currency", "rating", "budget_amount", "budget_status", "purchase_timeframe"),
        **_same("purchase_process", "need", "decision_maker", "description"),
        **_same("source", "campaign", "campaign_code", *_UTM, "is_demo"),
    },
}
"""Beside it, an added field fills the one of the same key."""

_kept: dict[Any, Choices] = {}


def shipped(kind: str, actor: Any) -> dict[str, str]:
    """The source of each target as the product comes, with those of added fields."""
    added = {to.form_name: since.form_name for since, to in pairs(Lead, MODELS[kind], actor)}
    return {**SHIPPED[kind], **added}


def choices_of(kind: str, actor: Any) -> Mapping[str, str]:
    """What administrators chose instead for this kind of record; nothing where nobody acts."""
    edition = None if actor is None else edition_of(actor)
    if edition is None:
        return {}
    found = _kept.get(edition)
    if found is None:
        row = QualificationMap.objects.filter(pk=QualificationMap.KEY).first()
        found = row.choices if row else {}
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[edition] = found
    return found.get(kind, {})


def chosen_values(kind: str, lead: Lead, actor: Any) -> dict[str, Any]:
    """What the lead gives to the targets with another source than shipped. A pair that fits no more is left out."""
    given, taking = sources(actor), targets(kind, actor)
    found = {}
    for target, source in choices_of(kind, actor).items():
        since, to = given.get(source), taking.get(target)
        if since is not None and to is not None and not obstacle(since, to):
            found[target] = carried(lead, since, to, actor)
    return {target: value for target, value in found.items() if value is not None}


@service("qualification_map.changed")
def change_map(*, choices: Choices, actor: Actor, at: dt.datetime) -> QualificationMap:
    """`choices` by kind for as many targets as wanted; what equals the shipped map is not kept as a choice.

    `Invalid` names the control of the page: `account-industry`.
    """
    check_administrator(actor)
    row = locked_map()
    row.choices = {kind: chosen for kind in MODELS if (chosen := _merged(kind, row, choices.get(kind, {}), actor))}
    row.save(update_fields=["choices"])
    return row


@service("qualification_map.reset")
def reset_map(*, actor: Actor, at: dt.datetime) -> QualificationMap:
    """Back to the map that ships; what was chosen stays in the history."""
    check_administrator(actor)
    row = locked_map()
    row.choices = {}
    row.save(update_fields=["choices"])
    return row


def check_administrator(actor: Any) -> None:
    if getattr(actor, "actor_kind", "") == "user" and not getattr(actor, "is_superuser", False):
        raise Forbidden(_("Only administrators change what a qualification carries over."))


def current_map() -> QualificationMap:
    """The row as it is; before the first change an unsaved one that looks like what the first change will find."""
    return QualificationMap.objects.filter(pk=QualificationMap.KEY).first() or QualificationMap(version=1)


def locked_map() -> QualificationMap:
    QualificationMap.load()
    return QualificationMap.objects.select_for_update().get(pk=QualificationMap.KEY)


def _merged(kind: str, row: QualificationMap, wanted: Mapping[str, str], actor: Any) -> dict[str, str]:
    """In the order of their names, so that equal maps are stored alike."""
    usual, before = shipped(kind, actor), row.choices.get(kind, {})
    for target, source in wanted.items():
        if source != before.get(target, usual.get(target, "")):
            _check(kind, target, source, actor)
    chosen = {**before, **wanted}
    return {target: chosen[target] for target in sorted(chosen) if chosen[target] != usual.get(target, "")}


def _check(kind: str, target: str, source: str, actor: Any) -> None:
    field = f"{kind}-{target}"
    to = targets(kind, actor).get(target)
    if to is None:
        raise Invalid(_("There is no field “%(key)s”.") % {"key": target[:60]})
    if not source:
        return
    since = sources(actor).get(source)
    if since is None:
        raise Invalid(_("Leads have no such field. Choose another one."), field=field)
    if sentence := obstacle(since, to):
        raise Invalid(sentence, field=field)


def misfits(kind: str, row: QualificationMap, actor: Any) -> Iterator[tuple[str, str]]:
    """Targets whose chosen source is gone or fits no more, since a field was retired or changed, each with why."""
    given, taking = sources(actor), targets(kind, actor)
    for target, source in row.choices.get(kind, {}).items():
        if source and target in taking:
            since = given.get(source)
            sentence = obstacle(since, taking[target]) if since else _("The field that filled it is gone.")
            if sentence:
                yield target, sentence


def fitting(target: End, given: Iterable[End]) -> list[End]:
    """The sources that may fill it."""
    return [source for source in given if not obstacle(source, target)]
