"""A column that is one of many keys: all of them are one parameter, where each would be quoted and read again."""

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, TextField, Value

_BETWEEN = "\x1f"


class Among(Func):
    """`rows.filter(Among("email_key", keys))`; an empty key matches nothing.

    With more than a hundred keys the planner no longer sees by itself that none of them is empty, leaves the index of
    the filled ones and reads the table from end to end.
    """

    output_field = BooleanField()

    def __init__(self, column: str, keys: Collection[str]) -> None:
        super().__init__(F(column), _listed(sorted(keys)))

    def as_sql(self, compiler: Any, connection: Any, *_names: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        column, keys = self.get_source_expressions()
        stored, before = compiler.compile(column)
        listed, after = compiler.compile(keys)
        return f"({stored} <> '' AND {stored} = ANY ({listed}))", (*before, *before, *after)


def _listed(keys: Sequence[str]) -> Any:
    """As one text, which is quoted a hundred times faster than a thousand, unless a key holds the sign between."""
    joined = _BETWEEN.join(keys)
    if not keys or joined.count(_BETWEEN) != len(keys) - 1:
        return Value(list(keys), output_field=ArrayField(TextField()))
    return Func(Value(joined, output_field=TextField()), Value(_BETWEEN), function="string_to_array")


class AmongNumbers(Func):
    """The same for a column of whole numbers; NULL matches nothing."""

    output_field = BooleanField()
    template, arg_joiner = "(%(expressions)s::bigint[]))", " = ANY ("

    def __init__(self, column: str, keys: Collection[int]) -> None:
        super().__init__(F(column), Value(f"{{{','.join(map(str, sorted(keys)))}}}", output_field=TextField()))
