"""Hours of work: is somebody at work, and when have so many minutes of work passed? Pure."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

_DAY = dt.timedelta(days=1)
_MOST_DAYS = 400
"""A target that is not reached within a year of work has no moment."""


@dataclass(frozen=True, slots=True)
class Week:
    """The same hours on each of the days (Monday is 0), in the wall time of a zone."""

    days: frozenset[int]
    starts: dt.time
    ends: dt.time
    zone: ZoneInfo

    def is_open(self, at: dt.datetime) -> bool:
        start, end = self._window(at.astimezone(self.zone).date())
        return start <= at < end

    def after(self, since: dt.datetime, work: dt.timedelta) -> dt.datetime | None:
        """The moment at which `work` has passed since, counted in these hours alone."""
        day, left = since.astimezone(self.zone).date(), work
        for _number in range(_MOST_DAYS):
            start, end = self._window(day)
            start = max(start, since)
            if start < end:
                if end - start >= left:
                    return start + left
                left -= end - start
            day += _DAY
        return None

    def _window(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """In UTC, so that a day on which the clocks change has the hours that it has; empty on a day off."""
        start = dt.datetime.combine(day, self.starts, self.zone).astimezone(dt.UTC)
        end = dt.datetime.combine(day, self.ends, self.zone).astimezone(dt.UTC)
        return (start, end) if day.weekday() in self.days else (start, start)


def usual_week(zone: ZoneInfo) -> Week:
    """Monday to Friday from nine to five, until an administrator says otherwise."""
    return Week(frozenset(range(5)), dt.time(9), dt.time(17), zone)
