"""What people say and do with each other: calls, meetings, e-mails, tasks and notes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from activities.models import Activity
from activities.regarding import Ref
from activities.services.activities import cancel_activity, complete_activity, create_activity
from activities.services.notes import add_note
from crm.reports.demo.world import World
from crm.users.models import User

_CALLS = ("Introduced ourselves", "Asked about the measuring point", "Call back about the offer", "Checked the timing")
_MAILS = ("Sent the data sheets", "Sent references of the industry", "Answered questions about calibration")
_MEETINGS = ("Visit of the plant", "Online demonstration", "Meeting with purchasing")
_TASKS = ("Call again", "Ask for the pipe drawing", "Prepare the visit", "Check the delivery time")
_NOTES = (
    "They measure by hand in the laboratory today, twice a shift. Results come too late to correct anything.",
    "The budget is approved for this year. Purchasing wants two references of the same industry.",
    "Wants everything with hygienic connections. Asked whether the housing takes cleaning at 95 °C.",
    "Is comparing us with a cheaper instrument and worries about service on site.",
    "Commissioning has to happen in the yearly shutdown, two weeks in summer.",
)
_WAITS_AT_MOST = dt.timedelta(days=3)


class Talk:
    """Activities of one person regarding one record."""

    def __init__(self, world: World, record: Any, owner: User) -> None:
        self._world, self._record, self._owner = world, record, owner

    def call(self, at: dt.datetime) -> None:
        """A phone call that has just been made."""
        minutes = self._world.story.number(3, 35)
        self._done("phone_call", _CALLS, {"due_at": at, "happened_at": at, "duration_minutes": minutes}, at)

    def mail(self, at: dt.datetime, subject: str = "") -> None:
        self._done("email", (subject,) if subject else _MAILS, {"happened_at": at}, at)

    def meet(self, at: dt.datetime) -> None:
        """A meeting, planned now; it takes place some days later or is called off."""
        story = self._world.story
        starts = story.later(at, 2, 9)
        values = {"starts_at": starts, "duration_minutes": story.pick((30, 60, 90))}
        meeting = self._plan("appointment", _MEETINGS, values, at)
        act = cancel_activity if story.happens(12) else complete_activity
        story.plan(starts + dt.timedelta(hours=1), lambda then: _settle(act, meeting, self._owner, then))

    def task(self, at: dt.datetime) -> None:
        """Something to do; three of four are done in time, the others late. Only the newest wait today."""
        story = self._world.story
        due = story.later(at, 1, 12)
        task = self._plan("task", _TASKS, {"due_at": due, "priority": story.pick((0, 1, 1, 1, 2))}, at)
        done = story.later(at, 1, 12) if story.happens(78) else story.later(due, 1, 9)
        if due < story.now - _WAITS_AT_MOST or done < story.now:
            done = min(done, story.now - dt.timedelta(hours=1))
            story.plan(done, lambda then: _settle(complete_activity, task, self._owner, then))

    def next_step(self, at: dt.datetime) -> None:
        """Something that still lies ahead today."""
        story = self._world.story
        due = story.later(story.now, 0.1, 11)
        if story.happens(30):
            self._plan("appointment", _MEETINGS, {"starts_at": due, "duration_minutes": 60}, at)
        else:
            self._plan(story.pick(("task", "phone_call")), _TASKS, {"due_at": due}, at)

    def note(self, at: dt.datetime) -> None:
        text = self._world.story.pick(_NOTES)
        add_note(regarding=Ref.to(self._record), description=text, actor=self._owner, at=at)

    def _done(self, kind: str, subjects: tuple[str, ...], values: Mapping[str, object], at: dt.datetime) -> None:
        _settle(complete_activity, self._plan(kind, subjects, values, at), self._owner, at)

    def _plan(self, kind: str, subjects: tuple[str, ...], values: Mapping[str, object], at: dt.datetime) -> Activity:
        return create_activity(
            kind=kind,
            values={"subject": self._world.story.pick(subjects), **values},
            actor=self._owner,
            at=at,
            regarding=Ref.to(self._record),
        )


def _settle(act: Any, activity: Activity, owner: User, at: dt.datetime) -> None:
    act(activity_id=activity.pk, actor=owner, at=at)
