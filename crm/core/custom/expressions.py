"""Stored values as the database compares them. What a query asks and what an index answers is the same expression.

| Kind | Expression | Index |
|---|---|---|
| whole, decimal, money | `(custom ->> key)::numeric` | btree |
| person, record | `(custom ->> key)::bigint` | btree |
| text | `core_fold(custom ->> key)`: no case, no accents, as `crm.core.folding.fold` | btree for = and beginnings |
| date, time, choice, yes or no | `custom ->> key`, in which ISO text sorts like time | btree |
| several choices | `custom -> key` | GIN for `@>` |
"""

from django.db.models import Func, TextField

from crm.core.fields import Kind

NUMBERS = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.MONEY})
KEYS = frozenset({Kind.PERSON, Kind.RECORD})


class Folded(Func):
    """Text in the form in which two are compared; the function comes with a migration."""

    function = "core_fold"
    output_field = TextField()
