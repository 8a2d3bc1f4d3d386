"""What the server believes of a table that one piece of work fills.

It looks at a table anew about once a minute. Until then it takes one that was empty for an empty one, and answers every
question about a thousand keys by reading the table from end to end: each block is slower than the last.
"""

from django.db import connection, models

#: So often as large as it was when it was looked at; of fewer rows than this nothing depends on it.
_GROWN, _FEW = 4, 1_000


class Growth:
    """Rows that are written into one table and that its statistics do not know yet."""

    def __init__(self, model: type[models.Model]) -> None:
        quote = connection.ops.quote_name
        # Long texts and what indexes compute of several columns take longest, and no plan of ours hangs on them.
        plain = [one for one in model._meta.concrete_fields if not isinstance(one, models.TextField | models.JSONField)]
        self._table, self._columns = quote(model._meta.db_table), ", ".join(quote(str(one.column)) for one in plain)
        self._unseen = 0

    def add(self, rows: int) -> None:
        """So many are committed; where that is most of the table, have it looked at."""
        self._unseen += rows
        if self._unseen < _FEW:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [self._table])
            (known,) = cursor.fetchone()
            if self._unseen >= (_GROWN - 1) * known:
                # Whoever holds the table for work of this kind brings its statistics along.
                cursor.execute(f"ANALYZE (SKIP_LOCKED) {self._table} ({self._columns})")
                self._unseen = 0
