"""Who is left out when a campaign speaks to a list, and why. Some queries for a whole batch."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.db.models.functions import Coalesce

from activities.kinds import CONTACTS
from activities.models import Activity, TimelineLink
from crm.customers.models import Address
from leads.models import CampaignActivity, CampaignResponse, DistributionRow, MarketingList

Outcome = DistributionRow.Outcome
Channel = CampaignActivity.Channel

#: Wishes that forbid the channel.
_WISHES: Mapping[str, tuple[str, ...]] = {
    Channel.EMAIL: ("do_not_email", "do_not_bulk_email"),
    Channel.PHONE: ("do_not_phone",),
    Channel.LETTER: ("do_not_post",),
    Channel.FAX: ("do_not_fax",),
}
#: One of these must be filled to reach somebody.
_REACHED_BY: Mapping[str, tuple[str, ...]] = {
    Channel.EMAIL: ("email", "email2"),
    Channel.PHONE: ("phone", "mobile", "phone2"),
    Channel.FAX: ("fax",),
}
_CLOSED = frozenset({"inactive", "disqualified"})


def skipped(step: CampaignActivity, records: Sequence[Any], *, at: dt.datetime) -> dict[int, str]:
    """The outcome of each record that is left out; the first reason counts."""
    found, wanted = step.list, step.list.members_are
    keys = [record.pk for record in records]
    refused = _who_refused(wanted, keys) if found.skips_opted_out else frozenset()
    contacted = _contacted_since(records, step.quiet_days, at)
    unreached = _without_address(step, records)
    tests: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        (Outcome.INACTIVE, lambda record: record.state in _CLOSED),
        (Outcome.OPTED_OUT, lambda record: found.skips_opted_out and (record.pk in refused or _wishes(step, record))),
        (Outcome.NO_CONSENT, lambda record: found.needs_consent and record.consent_at is None),
        (Outcome.NO_ADDRESS, lambda record: record.pk in unreached),
        (Outcome.CONTACTED, lambda record: record.pk in contacted),
    )
    outcomes: dict[int, str] = {}
    for record in records:
        reason = next((outcome for outcome, holds in tests if holds(record)), None)
        if reason is not None:
            outcomes[record.pk] = reason
    return outcomes


def _wishes(step: CampaignActivity, record: Any) -> bool:
    return any(getattr(record, name) for name in _WISHES.get(step.channel, ()))


def _who_refused(noun: str, keys: Sequence[int]) -> frozenset[int]:
    """Who has answered a campaign that no more should be sent."""
    answers = CampaignResponse.objects.filter(answer=CampaignResponse.Answer.DO_NOT_SEND, **{f"{noun}__in": keys})
    return frozenset(answers.exclude(state="canceled").values_list(noun, flat=True))


def _without_address(step: CampaignActivity, records: Sequence[Any]) -> frozenset[int]:
    if step.channel == Channel.LETTER:
        return _without_place(step.list, records)
    names = _REACHED_BY.get(step.channel, ())
    if not names:
        return frozenset()
    return frozenset(record.pk for record in records if not any(getattr(record, name, "") for name in names))


def _without_place(found: MarketingList, records: Sequence[Any]) -> frozenset[int]:
    """Leads carry one address, customers have any number."""
    if found.members_are == MarketingList.Members.LEADS:
        return frozenset(record.pk for record in records if not (record.street or record.city))
    noun = found.members_are
    keys = {record.pk for record in records}
    placed = Address.objects.filter(**{f"{noun}__in": keys}).exclude(street="", city="")
    return frozenset(keys - set(placed.values_list(noun, flat=True)))


def _contacted_since(records: Sequence[Any], days: int | None, at: dt.datetime) -> frozenset[int]:
    """Who was called, written to or met so lately, whoever did it."""
    if not days or not records:
        return frozenset()
    kind = ContentType.objects.get_for_model(type(records[0]))
    since = at - dt.timedelta(days=days)
    lately = Activity.objects.alias(moment=Coalesce("happened_at", "completed_at")).filter(
        Q(moment__gte=since), state="completed", kind__in=CONTACTS
    )
    links = TimelineLink.objects.filter(target_type=kind, target_id__in=[record.pk for record in records])
    return frozenset(links.filter(activity__in=lately).values_list("target_id", flat=True))
