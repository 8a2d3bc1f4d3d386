"""A text column that is one of many keys, asked for so that the index of the filled ones answers."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, TextField, Value


class Among(Func):
    """`rows.filter(Among("email_key", keys))`; an empty key matches nothing.

    With more than a hundred keys the planner no longer sees by itself that none of them is empty, and reads the table
    from end to end. All keys are one parameter, where each would be quoted and read again.
    """

    output_field = BooleanField()

    def __init__(self, column: str, keys: Collection[str]) -> None:
        super().__init__(F(column), Value(sorted(keys), output_field=ArrayField(TextField())))

    def as_sql(self, compiler: Any, connection: Any, *_names: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        column, keys = self.get_source_expressions()
        stored, before = compiler.compile(column)
        listed, after = compiler.compile(keys)
        return f"({stored} <> '' AND {stored} = ANY ({listed}))", (*before, *before, *after)
