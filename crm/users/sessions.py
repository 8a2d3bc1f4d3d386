"""Sessions in the database, each with the person, the device and when it was seen last.

A session is read without building a model of the row: every page reads one.
"""

import datetime as dt
from typing import Any

from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import connections, router
from django.utils import timezone

DEVICE = "device"
#: Between two notes of when a session was seen.
SEEN_EVERY = dt.timedelta(minutes=5)
_LONGEST = 300
_READ = "SELECT session_data, seen_at FROM users_session WHERE session_key = %s AND expire_date > statement_timestamp()"


class SessionStore(db.SessionStore):
    seen_at: dt.datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        return apps.get_model("users", "Session")

    def load(self) -> dict[str, Any]:
        with connections[router.db_for_read(self.model)].cursor() as cursor:
            cursor.execute(_READ, [self.session_key])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        content: dict[str, Any] = self.decode(row[0])
        self.seen_at = row[1]
        return content

    def create_model_instance(self, data: Any) -> Any:
        session: Any = super().create_model_instance(data)
        session.person_id = data.get(SESSION_KEY)
        session.device = str(data.get(DEVICE, ""))[:_LONGEST]
        session.seen_at = timezone.now()
        return session

    def note_seen(self, at: dt.datetime) -> None:
        """In one statement, and only where the last note is old."""
        if self.seen_at is not None and at - self.seen_at >= SEEN_EVERY:
            sessions: Any = self.model.objects
            sessions.filter(session_key=self.session_key).update(seen_at=at)
            self.seen_at = at
