"""How activities follow records that are merged: what they concern, who takes part, and the timelines made of both."""

from activities.links import relink_all
from activities.models import Activity, Participant, TimelineLink
from crm.data.merge.registry import register_derived, register_key


def register() -> None:
    register_key(Activity, "regarding_type", "regarding_id")
    register_key(Participant, "party_type", "party_id")
    register_derived(TimelineLink, "target_type", "target_id", relink_all)
