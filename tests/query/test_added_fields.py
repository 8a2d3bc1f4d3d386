"""Fields that administrators added, in queries: found by their key, answered by their index, hidden by their roles."""

import pytest
from django.db import connection
from django.utils import timezone

from crm.core.custom.indexes import build
from crm.core.models import Job
from crm.core.query import QueryError, complete, condition, parse
from crm.core.work import run_job
from crm.users.models import Role, User
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.leads import make_lead

pytestmark = pytest.mark.django_db


def found(text: str, actor: User) -> list[str]:
    rows = Lead.objects.filter(condition(parse(text), Lead, actor, timezone.now()))
    return sorted(rows.values_list("last_name", flat=True))


def test_an_index_answers_what_is_asked_of_a_searchable_field(cast: Cast) -> None:
    kinds = {"text": "wide*", "whole": ">12", "date": "2026", "choice": "red", "choices": "red", "yes_no": "yes"}
    fields = {
        kind: make_field(f"Girth {kind}", kind, is_searchable=True, choices="Red,Green" if "choice" in kind else "")
        for kind in (*kinds, "person")
    }
    for job in Job.objects.filter(state="waiting"):
        run_job(job.pk, build)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    asked = [*kinds.items(), ("text", "=wide"), ("person", "me")]
    for kind, value in asked:
        term = f"{fields[kind].key}:{value}"
        rows = Lead._base_manager.filter(condition(parse(term), Lead, cast.administrator, timezone.now()))
        assert f"custom_field_{fields[kind].pk}" in rows.explain(), term


def test_text_is_compared_as_everywhere(cast: Cast) -> None:
    make_field("Motto")
    make_lead(cast.rep_a, last_name="A", custom={"motto": "Größe  zählt, 100%"})
    make_lead(cast.rep_a, last_name="B")
    for text in (
        "motto:GROSSE",
        "motto:zahlt",
        'motto:="grosse zahlt, 100%"',
        "motto:größe*",
        "motto:0%",
        "not motto:none",
    ):
        assert found(text, cast.rep_a) == ["A"], text
    assert found("motto:_", cast.rep_a) == []
    assert found("not motto:zahlt", cast.rep_a) == ["B"]


def test_a_field_of_other_roles_does_not_exist(cast: Cast) -> None:
    role = Role.objects.get(name="Sales manager")
    make_field("Margin", "money", readers=[role.pk])
    make_lead(cast.rep_a, last_name="A", custom={})
    assert found("margin:none", cast.manager) == ["A"]
    refusals = []
    for name in ("margin", "margim"):
        with pytest.raises(QueryError) as refused:
            found(f"{name}:1", cast.rep_a)
        refusals.append(refused.value.sentence.replace(name, "…"))
    assert refusals[0] == refusals[1]
    assert [one.text for one in complete("marg", 4, Lead, cast.manager)] == ["margin:"]
    assert complete("marg", 4, Lead, cast.rep_a) == []
