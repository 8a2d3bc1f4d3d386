"""A searchable field gets its index in the background, and queries for it are answered by that index."""

from importlib import import_module
from typing import Any

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.custom.indexes import build
from crm.core.custom.services import change_field
from crm.core.custom.tasks import retry_indexes
from crm.core.folding import fold
from crm.core.models import CustomField, Job
from crm.core.work import run_job
from leads.models import Lead
from tests.factories.cast import make_cast
from tests.factories.custom import make_field
from tests.factories.leads import make_lead

pytestmark = pytest.mark.django_db

#: kind: condition that a query of such a field becomes
CONDITIONS = {
    "text": "core_fold(custom ->> 'girth') LIKE 'wide%%'",
    "whole": "(custom ->> 'girth')::numeric > 12",
    "money": "(custom ->> 'girth')::numeric = 12",
    "date": "custom ->> 'girth' >= '2026-01-01'",
    "time": "custom ->> 'girth' = '07:05:00'",
    "yes_no": "custom ->> 'girth' = 'true'",
    "choice": "custom ->> 'girth' IN ('red', 'green')",
    "choices": """custom -> 'girth' @> '["red"]'""",
    "person": "(custom ->> 'girth')::bigint = 5",
}


def build_all() -> None:
    for job in Job.objects.filter(state="waiting"):
        run_job(job.pk, build)


def state(field: CustomField) -> str:
    field.refresh_from_db()
    return field.index_state


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE indexname ^@ 'custom_field_' AND tablename = 'leads_lead'"
        )
        return [name for (name,) in cursor.fetchall()]


def plan(condition: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT id FROM leads_lead WHERE {condition}")  # noqa: S608 - from the table above
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(("kind", "condition"), CONDITIONS.items())
def test_the_index_of_each_kind_answers_its_query(kind: str, condition: str) -> None:
    field = make_field("Girth", kind, is_searchable=True)
    assert state(field) == "waiting"

    build_all()

    assert state(field) == "ready"
    assert indexes() == [f"custom_field_{field.pk}"]
    assert f"custom_field_{field.pk}" in plan(condition)


def test_the_index_goes_with_its_mark_and_follows_another_kind() -> None:
    field = make_field("Girth", "whole", is_searchable=True)
    build_all()

    def change(**values: Any) -> None:
        change_field(field_id=field.pk, values=values, actor=SYSTEM, at=timezone.now())

    change(kind="text")
    assert (state(field), indexes()) == ("waiting", [])
    build_all()
    assert (state(field), indexes()) == ("ready", [f"custom_field_{field.pk}"])
    change(is_searchable=False)
    assert (state(field), indexes()) == ("none", [])
    change(is_searchable=True)
    change(is_searchable=False)
    build_all()
    assert (state(field), indexes()) == ("none", [])


@pytest.mark.django_db(transaction=True)
def test_the_index_is_made_beside_the_work_of_others_and_a_failure_is_told_and_tried_again() -> None:
    field = make_field("Girth", "whole", is_searchable=True)
    lead = make_lead(make_cast().rep_a)
    Lead.objects.filter(pk=lead.pk).update(custom={"girth": "wide"})

    with pytest.raises(DataError):
        build_all()
    assert state(field) == "failed"
    assert field.index_error == 'invalid input syntax for type numeric: "wide"'

    Lead.objects.filter(pk=lead.pk).update(custom={"girth": "12"})
    retry_indexes.call()
    assert state(field) == "waiting"
    with CaptureQueriesContext(connection) as queries:
        build_all()
    assert any(query["sql"].startswith("CREATE INDEX CONCURRENTLY") for query in queries)
    assert (state(field), field.index_error, indexes()) == ("ready", "", [f"custom_field_{field.pk}"])


TEXTS = ["Größe", "ŁÓDŹ", "Ærø", "Crème Brûlée", "ΑΘΉΝΑ", "Ёлка", "e\u0301", "O’Hara–X", "50 % $1 '\""]


@pytest.mark.parametrize("text", TEXTS)
def test_the_database_folds_as_the_product_does(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_fold(%s)", [text])
        assert cursor.fetchone() == (fold(text),)


def test_the_short_ways_of_folding_give_what_the_long_one_gives() -> None:
    long = import_module("crm.core.migrations.0008_fold").FOLD.replace("core_fold", "long_fold")
    with connection.cursor() as cursor:
        cursor.execute(long.replace("%", "%%"))
        cursor.execute(
            "SELECT text FROM generate_series(1, 383) AS sign,"
            " LATERAL (VALUES (chr(sign)), ('Aß' || chr(sign))) AS each(text)"
            " WHERE core_fold(text) <> long_fold(text)"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("kind", ["text", "whole", "person", "date"])
def test_an_index_from_before_the_statistics_gets_them_with_the_migration(kind: str) -> None:
    field = make_field("Girth", kind, is_searchable=True)
    build_all()
    read = "SELECT expr FROM pg_stats_ext_exprs WHERE statistics_name = %s"
    make = import_module("crm.core.migrations.0011_statistics_of_added_fields").MAKE
    make_lead(make_cast().rep_a)
    Lead.objects.update(custom={"girth": "12"})
    with connection.cursor() as cursor:
        cursor.execute(read, [f"custom_values_{field.pk}"])
        before = cursor.fetchall()
        cursor.execute(f"DROP STATISTICS custom_values_{field.pk}")
        for _time in range(2):
            cursor.execute(make)
            cursor.execute(read, [f"custom_values_{field.pk}"])
            assert cursor.fetchall() == before != []
