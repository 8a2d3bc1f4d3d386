"""Rules say who gets a lead: which rule, whom of a team, when they work, and why."""

import datetime as dt
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.users.models import Team, User
from leads.assignment.dealing import Candidate, least_loaded, next_in_turn
from leads.assignment.hours import Week
from leads.models import Absence, AssignmentDecision, AssignmentRule, Lead, WorkingHours
from leads.services.assignment import assign_by_rules, in_words, proposed
from tests.factories.cast import Cast, make_cast
from tests.factories.leads import make_disqualified_lead, make_form, make_lead
from tests.factories.users import TeamFactory, UserFactory
from tests.fixtures import ClientFor
from tests.together import at_once

MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)


def _team(*people: User) -> Team:
    team: Team = TeamFactory.create(name="Inbound", kind=Team.Kind.OWNER)
    team.members.add(*people)
    return team


def _rule(name: str = "Rule", **columns: Any) -> AssignmentRule:
    return AssignmentRule.objects.create(name=name, **columns)


def _assign(*leads: Lead, at: dt.datetime = MONDAY) -> list[Any]:
    assign_by_rules(lead_ids=[lead.pk for lead in leads], actor=SYSTEM, at=at)
    return [Lead.objects.get(pk=lead.pk).owner or Lead.objects.get(pk=lead.pk).owner_team for lead in leads]


def _why(lead: Lead) -> list[str]:
    return in_words(AssignmentDecision.objects.filter(lead=lead)[0])


@pytest.mark.django_db
def test_the_first_rule_that_fits_takes_the_lead_and_says_why(cast: Cast) -> None:
    _rule("Hot", position=1, query="rating:hot", way="person", person=cast.rep_b)
    _rule("Rest", position=2, way="queue", team=_team(cast.rep_a))
    _rule("Off", position=0, way="person", person=cast.rep_c, is_active=False)
    hot, cold = make_lead(cast.rep_a, rating="hot"), make_lead(cast.rep_a, rating="cold")
    assert [str(owner) for owner in _assign(hot, cold)] == [str(cast.rep_b), "Inbound"]
    assert _why(hot) == [f"“Hot” matches and gives it to {cast.rep_b}."]
    assert _why(cold) == ["“Hot” does not match.", "“Rest” matches and gives it to the team Inbound."]


@pytest.mark.django_db
def test_a_lead_that_no_rule_takes_stays_and_an_unreadable_rule_is_passed_over(cast: Cast) -> None:
    rule = _rule("Old", query="gone:1", way="person", person=cast.rep_b)
    lead = make_lead(cast.rep_a)
    assert _assign(lead) == [cast.rep_a]
    first, last = _why(lead)
    assert first.startswith(f"“{rule}” cannot be read: ")
    assert last == "No rule takes it, so it stays where it is."


@pytest.mark.django_db
def test_a_team_gets_its_leads_in_turn_without_those_who_are_absent_or_full(cast: Cast) -> None:
    rule = _rule(way="turn", team=_team(cast.rep_a, cast.rep_b, cast.rep_c), respects_hours=False)
    leads = [make_lead(cast.manager) for _number in range(4)]
    assert _assign(*leads) == [cast.rep_a, cast.rep_b, cast.rep_c, cast.rep_a]
    Absence.objects.create(person=cast.rep_b, first_on="2026-03-01", last_on="2026-03-02")
    WorkingHours.objects.create(person=cast.rep_c, capacity=1)
    assert _assign(make_lead(cast.manager)) == [cast.rep_a]
    rule.capacity = 3
    rule.save()
    last = make_lead(cast.manager)
    assert _assign(last) == [cast.manager]
    assert _why(last)[0] == "“Rule” matches, but nobody of it is available."


@pytest.mark.django_db
def test_whoever_has_the_least_for_their_capacity_is_next(cast: Cast) -> None:
    _rule(way="load", team=_team(cast.rep_a, cast.rep_b), respects_hours=False)
    for _number in range(2):
        make_lead(cast.rep_a)
    leads = [make_lead(cast.manager) for _number in range(3)]
    assert _assign(*leads)[:2] == [cast.rep_b, cast.rep_b]
    assert _why(leads[0]) == [f"“Rule” matches, and {cast.rep_b} has the least: 0 open leads."]
    WorkingHours.objects.create(person=cast.rep_a, capacity=100)
    WorkingHours.objects.create(person=cast.rep_b, capacity=4)
    assert _assign(make_lead(cast.manager)) == [cast.rep_a]


@pytest.mark.django_db
def test_hours_are_those_of_the_person_and_are_left_aside_where_nobody_works(cast: Cast) -> None:
    _rule(way="turn", team=_team(cast.rep_a, cast.rep_b))
    WorkingHours.objects.create(person=None, starts_at=dt.time(12), ends_at=dt.time(18))
    User.objects.filter(pk=cast.rep_b.pk).update(time_zone="Asia/Tokyo")  # 19:00 there
    WorkingHours.objects.create(person=cast.rep_b, starts_at=dt.time(18), ends_at=dt.time(20))
    assert _assign(make_lead(cast.manager), make_lead(cast.manager)) == [cast.rep_b, cast.rep_b]
    sunday = MONDAY - dt.timedelta(days=1)
    lead = make_lead(cast.manager)
    assert _assign(lead, at=sunday) == [cast.rep_a]
    assert _why(lead)[0] == "Nobody of “Rule” is at work now, so all who are not absent count."


@pytest.mark.django_db
def test_who_may_not_see_leads_is_passed_over(cast: Cast) -> None:
    _rule(way="turn", team=_team(UserFactory.create(), cast.rep_b), respects_hours=False)
    assert _assign(make_lead(cast.manager), make_lead(cast.manager)) == [cast.rep_b, cast.rep_b]


@pytest.mark.django_db
def test_the_clock_counts_working_hours_and_turns_red_afterwards(cast: Cast, client_for: ClientFor) -> None:
    _rule(way="person", person=cast.rep_a, target_minutes=120)
    friday = dt.datetime(2026, 3, 6, 16, tzinfo=dt.UTC)
    lead = make_lead(cast.rep_a, at=friday)
    _assign(lead, at=friday)
    assert Lead.objects.get(pk=lead.pk).respond_by == dt.datetime(2026, 3, 9, 10, tzinfo=dt.UTC)
    page = client_for(cast.rep_a).get(f"/leads/{lead.pk}/").content.decode()
    assert "longer than the target of" in page


@pytest.mark.django_db
def test_the_page_says_beforehand_where_it_would_go_and_uses_up_no_turn(cast: Cast, client_for: ClientFor) -> None:
    _rule("Even", way="turn", team=_team(cast.rep_a, cast.rep_b), respects_hours=False)
    lead, client = make_lead(cast.rep_a), client_for(cast.administrator)
    url = f"/leads/{lead.pk}/assign-by-rules/"
    for _look in range(2):
        page = client.get(url).content.decode()
        assert f"The rules name {cast.rep_a}" in page
        assert f"“Even” matches, and it is the turn of {cast.rep_a}." in page
    assert not AssignmentDecision.objects.exists()
    proposed(lead_id=lead.pk, actor=SYSTEM, at=timezone.now())
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 302
    assert Lead.objects.get(pk=lead.pk).owner == cast.rep_b
    why = client.get(f"/leads/{lead.pk}/?panel=decisions").content.decode()
    assert why.index(f"turn of {cast.rep_b}") < why.index(f"turn of {cast.rep_a}")


@pytest.mark.django_db
def test_closed_leads_and_those_of_others_are_refused(cast: Cast, client_for: ClientFor) -> None:
    _rule(way="person", person=cast.rep_b)
    closed, hidden = make_disqualified_lead(cast.rep_a), make_lead(cast.rep_c)
    client = client_for(cast.rep_a)
    assert client.post(f"/leads/{closed.pk}/assign-by-rules/").status_code == 409
    assert client.post(f"/leads/{hidden.pk}/assign-by-rules/").status_code == 404
    assert set(Lead.objects.values_list("owner", flat=True)) == {cast.rep_a.pk, cast.rep_c.pk}


@pytest.mark.django_db
def test_a_form_that_is_told_to_asks_the_rules(cast: Cast, client_for: ClientFor) -> None:
    _rule(query="company:Acme", way="person", person=cast.rep_b)
    form = make_form(cast.rep_a, by_rules=True)
    client = client_for(cast.rep_c)
    for company in ("Acme", "Other"):
        client.post(
            f"/capture/{form.key}/", {"last_name": company, "company": company, "email": f"x@{company}.example"}
        )
    assert dict(Lead.objects.values_list("company", "owner")) == {"Acme": cast.rep_b.pk, "Other": cast.rep_a.pk}


@pytest.mark.django_db
def test_an_administrator_is_told_of_a_query_that_cannot_be_read(cast: Cast, client_for: ClientFor) -> None:
    sent = {"name": "New", "position": 5, "query": "ratin:hot", "way": "person", "person": cast.rep_a.pk}
    client = client_for(cast.administrator)
    answer = client.post("/admin/leads/assignmentrule/add/", sent)
    assert answer.status_code == 200
    assert "ratin" in answer.content.decode()
    assert not AssignmentRule.objects.exists()
    assert client.post("/admin/leads/assignmentrule/add/", {**sent, "query": "rating:hot"}).status_code == 302
    assert AssignmentRule.objects.get().query == "rating:hot"


WEEK = Week(frozenset(range(5)), dt.time(9), dt.time(17), ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("since", "minutes", "due"),
    [
        ("2026-03-02T10:00", 30, "2026-03-02T10:30"),
        ("2026-03-02T16:45", 30, "2026-03-03T09:15"),
        ("2026-03-06T16:45", 30, "2026-03-09T09:15"),  # over the weekend
        ("2026-03-07T12:00", 60, "2026-03-09T10:00"),
        ("2026-03-02T09:00", 480, "2026-03-02T17:00"),
        ("2026-03-27T16:30", 60, "2026-03-30T09:30"),  # the clocks change on Sunday
        ("2026-03-02T03:00", 1, "2026-03-02T09:01"),
    ],
)
def test_work_is_counted_in_the_hours_of_work(since: str, minutes: int, due: str) -> None:
    def local(text: str) -> dt.datetime:
        return dt.datetime.fromisoformat(text).replace(tzinfo=WEEK.zone)

    assert WEEK.after(local(since), dt.timedelta(minutes=minutes)) == local(due)


def test_nobody_works_on_no_day() -> None:
    assert Week(frozenset(), dt.time(9), dt.time(17), WEEK.zone).after(MONDAY, dt.timedelta(minutes=1)) is None


def test_dealing_skips_the_full_and_goes_round() -> None:
    people = [Candidate(1), Candidate(2, 5, 5), Candidate(3, 1)]
    assert [next_in_turn(people, last).pk for last in (None, 1, 3)] == [1, 3, 1]  # type: ignore[union-attr]  # there is one
    assert least_loaded(people, 1) is people[0]
    assert least_loaded([people[1]], None) is None


@pytest.mark.django_db(transaction=True)
def test_nobody_gets_more_than_they_take_from_two_rules_at_once(transactional_db: None) -> None:
    cast = make_cast()
    team = _team(cast.rep_a, cast.rep_b)
    for rating in ("hot", "cold"):
        _rule(rating, query=f"rating:{rating}", way="load", team=team, capacity=2, respects_hours=False)
    leads = [make_lead(cast.manager, rating=rating) for rating in ("hot", "cold") * 4]
    at_once([partial(assign_by_rules, lead_ids=[lead.pk], actor=SYSTEM, at=MONDAY) for lead in leads])
    owners = [Lead.objects.get(pk=lead.pk).owner for lead in leads]
    assert [owners.count(person) for person in (cast.rep_a, cast.rep_b, cast.manager)] == [2, 2, 4]


@pytest.mark.django_db
def test_people_enter_and_remove_their_own_days_away(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.rep_a), "/settings/absences/"
    days = {"first_on": "2031-05-02", "last_on": "2031-05-09", "note": "Sailing"}

    refused = client.post(url, days | {"last_on": "2031-05-01"})
    assert refused.status_code == 422
    assert "The absence ends before it begins." in refused.content.decode()
    assert not Absence.objects.exists()

    assert client.post(url, days).status_code == 302
    absence = Absence.objects.get()
    assert (absence.person, str(absence.last_on), absence.note) == (cast.rep_a, "2031-05-09", "Sailing")
    assert "Sailing" in client.get(url).content.decode()
    other = client_for(cast.rep_b)
    assert "Sailing" not in other.get(url).content.decode()
    assert other.post(f"{url}{absence.pk}/delete/").status_code == 404
    assert Absence.objects.count() == 1
    assert client.post(f"{url}{absence.pk}/delete/").status_code == 302
    assert not Absence.objects.exists()
