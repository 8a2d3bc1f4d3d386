"""Queries of added fields: what they find, and that the index of a searchable field answers them."""

import pytest
from django.db import connection
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.custom.indexes import build
from crm.core.models import Job
from crm.core.query import condition, parse
from crm.core.work import run_job
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.leads import make_lead

pytestmark = pytest.mark.django_db

#: kind: (stored through the service, queries that find it, queries that do not)
FOUND: dict[str, tuple[object, list[str], list[str]]] = {
    "text": ("Große Wiege", ['girth:="GROSSE wiege"', "girth:gro*"], ["girth:=grosse", "girth:wie*"]),
    "whole": (12, ["girth:12", "girth:>11", "girth:10..12"], ["girth:13", "girth:<12"]),
    "money": ("12.5", ["girth:12.50", "girth:>=12.5"], ["girth:12.51"]),
    "date": ("2026-03-31", ["girth:2026-03", "girth:>2026-03-30"], ["girth:2026-04"]),
    "time": ("07:05", ["girth:07:05", "girth:<08:00"], ["girth:07:06"]),
    "yes_no": (False, ["girth:no"], ["girth:yes"]),
    "choice": ("red", ["girth:red", "girth:red,green"], ["girth:green"]),
    "choices": (["red"], ["girth:red"], ["girth:green"]),
}


@pytest.mark.parametrize("kind", FOUND)
def test_a_query_finds_its_rows_through_the_index(kind: str, cast: Cast) -> None:
    value, right, wrong = FOUND[kind]
    choices = "Red,Green" if kind in {"choice", "choices"} else ""
    make_field("Girth", kind, choices=choices, is_searchable=True)
    for job in Job.objects.filter(state="waiting"):
        run_job(job.pk, build)
    make_lead(cast.rep_a, custom={"girth": value})
    make_lead(cast.rep_a)

    for text in right:
        rows = Lead.objects.filter(condition(parse(text), Lead, SYSTEM, timezone.now()))
        assert len(rows) == 1, text
        with connection.cursor() as cursor:
            # In a table of two rows the planner takes anything else, if it can.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        asked = Lead.with_bin.filter(condition(parse(text), Lead, SYSTEM, timezone.now()))
        assert "custom_field_" in asked.order_by().explain(), text
    for text in wrong:
        assert not Lead.objects.filter(condition(parse(text), Lead, SYSTEM, timezone.now())).exists(), text
