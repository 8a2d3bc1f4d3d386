"""Which values a column holds that match a text, where an index can tell: then the rows are found through it.

A regular expression reads the whole table for a value that few rows have; the values themselves are few.
"""

from django.db import connections, models

#: So many different values are looked at, and so many of them asked for; with more the table is read.
_MOST_LOOKED_AT, _MOST_ASKED = 500, 100
# One descent into the index for each value.
_READ = """
WITH RECURSIVE each(value, number) AS (
    (SELECT {column}, 1 FROM {table} WHERE {column} <> '' ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {table} WHERE {column} <> '' AND {column} > each.value ORDER BY {column} LIMIT 1),
        number + 1
    FROM each WHERE value IS NOT NULL AND number <= %s
)
SELECT value, value ~ %s FROM each WHERE value IS NOT NULL
"""


def stored_values(model: type[models.Model], column: str, pattern: str) -> list[str] | None:
    """The values of a column with a `ValueIndex` that match a regular expression; None where there are too many."""
    connection = connections[model._default_manager.db]
    quoted = {
        name: connection.ops.quote_name(word) for name, word in (("column", column), ("table", model._meta.db_table))
    }
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(**quoted), [_MOST_LOOKED_AT, pattern])
        rows: list[tuple[str, bool]] = cursor.fetchall()
    found = [value for value, matches in rows if matches]
    return None if len(rows) > _MOST_LOOKED_AT or len(found) > _MOST_ASKED else found
