"""Scores: what rules give, what closed leads teach, what people are told, and that nobody's work is disturbed."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.history import events_of
from crm.core.models import Job
from leads.models import Lead, ScoreModel, ScoreRule
from leads.scoring.learning import learn, total
from leads.services.scoring import learn_from_closed, score_changed, score_leads, score_next, score_of
from leads.tasks import do_score_all, score_all_leads, score_changed_leads
from tests.factories.cast import Cast
from tests.factories.leads import make_disqualified_lead, make_lead, make_qualified_lead
from tests.fixtures import ClientFor

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def _history(*groups: tuple[str, int, int]) -> list[tuple[bool, dict[str, str]]]:
    """For each group of the source how many were qualified and how many were not."""
    return [
        (is_qualified, {"source": group})
        for group, qualified, lost in groups
        for is_qualified, number in ((True, qualified), (False, lost))
        for _number in range(number)
    ]


def test_groups_that_are_qualified_more_often_give_points_and_the_order_does_not_matter() -> None:
    leads = _history(("partner", 30, 10), ("web", 20, 40), ("fair", 3, 1), ("", 7, 9))
    learnt = learn(leads)
    assert (learnt.closed, learnt.usual, learnt.is_enough) == (120, 50, True)
    # 25 × ln((31 / 56) ÷ (11 / 54)) is 25.0, at most 25; 25 × ln((21 / 56) ÷ (41 / 54)) is −17.6.
    assert learnt.points == {"source": {"partner": (25, 40), "web": (-18, 60)}}
    assert learn(reversed(leads)) == learnt


@pytest.mark.parametrize("history", [[("web", 30, 19)], [("web", 95, 9)], []])
def test_too_little_history_teaches_nothing(history: list[tuple[str, int, int]]) -> None:
    assert (learn(_history(*history)).is_enough, learn(_history(*history)).points) == (False, {})


def test_a_score_stays_between_0_and_100() -> None:
    assert [total(points) for points in ([60, 70], [-5], [20, 30, -10])] == [100, 0, 40]


def _rule(label: str, query: str, points: int) -> ScoreRule:
    return ScoreRule.objects.create(label=label, query=query, points=points)


def _learn(cast: Cast) -> None:
    """Partners are qualified, the web is not: 60 leads."""
    for number in range(30):
        make_qualified_lead(cast.rep_a, source="partner" if number < 25 else "web", company="", country="")
        make_disqualified_lead(cast.rep_a, source="web" if number < 25 else "partner", company="", country="")
    learn_from_closed(actor=SYSTEM, at=timezone.now())


@pytest.mark.django_db
def test_rules_alone_give_points_with_their_labels(cast: Cast) -> None:
    _rule("Budget is released", "budget_status:will_buy", 30)
    _rule("Hot", "rating:hot", 20)
    _rule("Too small", "employees:<10", -40)
    _rule("Unreadable", "gone:1", 99)
    hot = make_lead(cast.rep_a, rating="hot", budget_status="will_buy")
    small = make_lead(cast.rep_a, employees=3)
    closed = make_disqualified_lead(cast.rep_a, rating="hot")
    assert score_leads(lead_ids=[hot.pk, small.pk, closed.pk], actor=SYSTEM, at=AT) == 2
    assert dict(Lead.objects.values_list("pk", "score")) == {hot.pk: 50, small.pk: 0, closed.pk: None}
    found = score_of(hot, AT)
    assert [(reason.points, reason.words) for reason in found.reasons] == [(30, "Budget is released"), (20, "Hot")]
    assert (found.value, found.sample, found.is_learnt) == (50, 0, False)


@pytest.mark.django_db
def test_without_rules_and_history_there_is_no_score_and_the_card_says_so(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(cast.rep_a)
    assert score_leads(lead_ids=[lead.pk], actor=SYSTEM, at=AT) == 0
    page = " ".join(client_for(cast.rep_a).get(f"/leads/{lead.pk}/?panel=score").content.decode().split())
    assert "There is no score yet." in page
    assert "Too little history to learn from: 0 leads were closed, and it takes 50." in page


@pytest.mark.django_db
def test_closed_leads_teach_and_the_card_gives_reasons_and_sample(cast: Cast, client_for: ClientFor) -> None:
    _learn(cast)
    good = make_lead(cast.rep_a, source="partner", company="", country="")
    bad = make_lead(cast.rep_a, source="web", company="", country="")
    assert score_changed(at=timezone.now()) == 2
    assert dict(Lead.objects.filter(state="open").values_list("pk", "score")) == {good.pk: 75, bad.pk: 25}
    page = " ".join(client_for(cast.rep_a).get(f"/leads/{good.pk}/?panel=score").content.decode().split())
    assert "75 of 100" in page
    assert "<dt>+25</dt><dd>Source: Partner (30 leads)</dd>" in page
    assert "Learnt from 60 closed leads, of which 50 % were qualified." in page


@pytest.mark.django_db
def test_only_scores_that_change_are_written_and_no_form_becomes_stale(cast: Cast) -> None:
    _rule("Hot", "rating:hot", 20)
    lead = make_lead(cast.rep_a, rating="hot")
    before = Lead.objects.values("version", "updated_at", "updated_by").get(pk=lead.pk)
    for _time in range(3):
        score_leads(lead_ids=[lead.pk], actor=SYSTEM, at=AT)
    lead.refresh_from_db()
    assert lead.score == 20
    assert Lead.objects.values("version", "updated_at", "updated_by").get(pk=lead.pk) == before
    events: Any = events_of(lead)
    assert [event.pgh_context["action"] for event in events] == ["lead.scored", "lead.created"]


@pytest.mark.django_db
def test_all_open_leads_are_scored_part_by_part(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.services.scoring.CHUNK", 2)
    _rule("Everybody", "state:open", 7)
    leads = [make_lead(cast.rep_a) for _number in range(5)]
    job = Job.objects.create(task="leads.tasks.score_all_leads", state=Job.State.RUNNING)
    do_score_all(job)
    assert set(Lead.objects.values_list("score", flat=True)) == {7}
    assert (job.done, job.checkpoint) == (3, {"after": leads[-1].pk})
    assert score_next(leads[-1].pk, at=AT) is None


@pytest.mark.django_db
def test_more_changed_leads_than_are_scored_at_once_are_scored_in_the_background(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leads.services.scoring.MOST_AT_ONCE", 2)
    learn_from_closed(actor=SYSTEM, at=timezone.now())
    _rule("Everybody", "state:open", 7)
    for _number in range(3):
        make_lead(cast.rep_a)
    score_changed_leads.call()
    job = Job.objects.get(task="leads.tasks.score_all_leads")
    score_all_leads.call(job.pk)
    assert list(Lead.objects.values_list("score", flat=True)) == [7] * 3
    score_changed_leads.call()
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_administrators_write_rules_and_all_leads_follow(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.administrator), "/admin/leads/scorerule/add/"
    sent = {"label": "Hot", "query": "rating:hot", "points": "20", "is_active": "on"}
    assert "Hot" not in str(list(ScoreRule.objects.all()))
    for wrong in ({"query": "ratin:hot"}, {"query": ""}, {"points": "101"}):
        assert client.post(url, {**sent, **wrong}).status_code == 200
    assert not Job.objects.exists()
    assert client.post(url, sent).status_code == 302
    assert Job.objects.get().task == "leads.tasks.score_all_leads"
    assert client.get("/admin/leads/scoremodel/").status_code == 200


@pytest.mark.django_db
def test_old_lessons_are_forgotten(cast: Cast) -> None:
    for _night in range(32):
        learn_from_closed(actor=SYSTEM, at=AT)
    assert ScoreModel.objects.count() == 30
