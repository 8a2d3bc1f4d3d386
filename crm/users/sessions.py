"""Sessions in the database, read without building a model of the row: every page reads one."""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connections, router

_SQL = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > statement_timestamp()"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        with connections[router.db_for_read(self.model)].cursor() as cursor:
            cursor.execute(_SQL, [self.session_key])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        content: dict[str, Any] = self.decode(row[0])
        return content
