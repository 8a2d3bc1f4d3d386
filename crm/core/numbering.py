"""Document numbers.

`take_number` draws from a PostgreSQL sequence: nobody waits, gaps are allowed (a rolled back creation).
`take_gapless_number` locks the series, so that numbers follow each other in the order of the commits.
"""

import datetime as dt

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crm.core.errors import Invalid
from crm.core.models import NumberCounter, NumberSeries


def take_number(series_key: str, *, on: dt.date) -> str:
    sequence = _sequence_name(series_key, on.year)
    row = _draw(series_key, sequence)
    if row[2] is None:
        _make_sequence(sequence)
        row = _draw(series_key, sequence)
    prefix, width, value = row
    return number_text(prefix, on.year, int(value or 0), width)


def take_numbers(series_key: str, number: int, *, on: dt.date) -> list[str]:
    """As many numbers at once."""
    first = take_number(series_key, on=on)
    if number <= 1:
        return [first]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prefix, width, nextval(%s::regclass) FROM core_numberseries, generate_series(2, %s) WHERE key = %s",
            [_sequence_name(series_key, on.year), number, series_key],
        )
        return [first, *(number_text(prefix, on.year, value, width) for prefix, width, value in cursor.fetchall())]


def take_gapless_number(series_key: str, *, on: dt.date) -> str:
    """The next number of the year of `on`, which may not lie before the date of the series' last number.

    The series stays locked until the transaction ends, across years: dates rise with numbers at New Year too.
    """
    series = NumberSeries.objects.select_for_update().get(key=series_key)
    last_on = series.counters.aggregate(last_on=Max("last_on"))["last_on"]
    if last_on and on < last_on:
        raise Invalid(
            _("The issue date cannot lie before %(day)s, the date of the last number of this series.")
            % {"day": last_on.isoformat()},
            field="issued_on",
        )
    counter, _is_first = NumberCounter.objects.get_or_create(series=series, year=on.year)
    counter.value += 1
    counter.last_on = on
    counter.save(update_fields=["value", "last_on"])
    return number_text(series.prefix, on.year, counter.value, series.width)


def number_text(prefix: str, year: int, value: int, width: int) -> str:
    return f"{prefix}{year}-{value:0{width}d}"


def _sequence_name(series_key: str, year: int) -> str:
    return f"number_{series_key.replace('-', '_')}_{year}"


def _draw(series_key: str, sequence: str) -> tuple[str, int, int | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prefix, width, CASE WHEN to_regclass(%s) IS NOT NULL THEN nextval((%s::text)::regclass) END"
            " FROM core_numberseries WHERE key = %s",
            [sequence, sequence, series_key],
        )
        row = cursor.fetchone()
    if row is None:
        raise NumberSeries.DoesNotExist(series_key)
    return row[0], row[1], row[2]


def _make_sequence(sequence: str) -> None:
    """Once a year and series. The advisory lock keeps two first comers from making it twice."""
    # Outside of a transaction the lock would go with its own statement.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [sequence])
        cursor.execute(f'CREATE SEQUENCE IF NOT EXISTS "{sequence}"')
