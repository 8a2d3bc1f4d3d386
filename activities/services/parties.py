"""Who takes part in an activity."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from activities.models import Activity, Participant
from activities.regarding import Ref, find_regarding
from crm.core.actors import Actor
from crm.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Party:
    """One participant: a user, a record, or only an address."""

    role: str
    user_id: int | None = None
    record: Ref | None = None
    address: str = ""


def add_participants(activity: Activity, parties: Sequence[Party], actor: Actor) -> None:
    """Participants of a new activity. Records must be visible to the actor."""
    Participant.objects.bulk_create(_row(activity, party) for party in _checked(parties, actor))


def replace_participants(activity: Activity, parties: Sequence[Party], actor: Actor) -> None:
    """The participants from now on; rows that stay are not written again."""
    wanted = _checked(parties, actor)
    activity.participants.exclude(pk__in=_kept(activity, wanted)).delete()
    Participant.objects.bulk_create(_row(activity, party) for party in wanted)


def _checked(parties: Sequence[Party], actor: Actor) -> list[Party]:
    wanted = list(dict.fromkeys(parties))
    for party in wanted:
        if party.role not in Participant.Role.values:
            raise Invalid(_("Choose one of the listed roles."), field="participants")
        if party.record is not None:
            find_regarding(party.record, actor)
    return wanted


def _kept(activity: Activity, wanted: list[Party]) -> list[int]:
    """Rows that stay as they are; what they say is taken out of `wanted`."""
    kept = []
    for row in activity.participants.all():
        party = _party(row)
        if party in wanted:
            wanted.remove(party)
            kept.append(row.pk)
    return kept


def _party(row: Participant) -> Party:
    kind = row.party_type.model_class() if row.party_type else None
    record = Ref(kind, row.party_id) if kind and row.party_id else None
    return Party(row.role, row.user_id, record, row.address)


def _row(activity: Activity, party: Party) -> Participant:
    return Participant(
        activity=activity,
        role=party.role,
        user_id=party.user_id,
        party_type_id=party.record.type_id if party.record else None,
        party_id=party.record.pk if party.record else None,
        address=party.address[:254],
    )
