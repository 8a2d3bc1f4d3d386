"""Activities, their participants and files, and the links that make timelines."""

from activities.models.activity import Activity, Attachment, Participant
from activities.models.timeline import TimelineLink

__all__ = ["Activity", "Attachment", "Participant", "TimelineLink"]
