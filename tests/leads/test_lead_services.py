"""What the services of a lead do, and what they refuse."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType

from activities.models import TimelineLink
from activities.timeline import timeline_page
from crm.core import history
from crm.core.actors import SYSTEM, Actor
from crm.core.deletion import delete_record
from crm.core.errors import Conflict, Forbidden, IllegalMove, Invalid, NotFound
from crm.core.models import Organisation, StatusReason
from crm.customers.models import Account
from crm.customers.services.accounts import create_account
from crm.users.models import User
from leads.models import Lead
from leads.services import leads as services
from leads.values import source_label
from tests.factories.activities import make_activity, make_completed
from tests.factories.cast import Cast
from tests.factories.leads import AT, make_disqualified_lead, make_lead, make_qualified_lead


def saved(lead: Lead) -> Lead:
    found: Lead = Lead.objects.get(pk=lead.pk)
    return found


def make_account(owner: User, name: str = "Acme") -> Account:
    return create_account(values={"name": name}, owner=owner, actor=SYSTEM, at=AT)


def last_action(lead: Lead) -> tuple[object, object]:
    event = history.events_of(lead).first()
    assert event is not None
    context = event.pgh_context  # type: ignore[attr-defined]  # of every event model
    return context["action"], context["user"]


def test_a_new_lead_has_a_number_a_name_and_keys_to_be_found_by(cast: Cast) -> None:
    lead = services.create_lead(
        values={
            "first_name": "Zoë",
            "last_name": "Łukasz",
            "company": "ACME Ltd.",
            "email": "Zoe@Acme.Example",
            "website": "https://www.acme.example/x",
            "phone": "+44 20 7946 0958",
        },
        owner=cast.rep_a,
        actor=cast.rep_a,
        at=AT,
    )
    kept = saved(lead)
    assert kept.number.startswith("LEAD-2026-")
    assert (kept.name, kept.sort_key) == ("Zoë Łukasz", "lukasz zoe")
    assert (kept.email_key, kept.company_key, kept.website_domain) == ("zoe@acme.example", "acme", "acme.example")
    assert (kept.phone_e164, kept.mobile_e164) == ("+442079460958", "")
    assert (kept.state, kept.status_reason) == ("open", "new")
    assert (kept.owner, kept.owning_unit, kept.created_by, kept.created_at) == (
        cast.rep_a,
        cast.north,
        cast.rep_a,
        AT,
    )
    assert last_action(kept) == ("lead.created", cast.rep_a.pk)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"topic": "Robots"}, "Robots"),
        ({"company": "Acme", "topic": "Robots"}, "Acme"),
        ({"email": "a@b.example"}, "a@b.example"),
        ({"first_name": "Ann", "topic": "Robots"}, "Ann"),
        ({"first_name": "Ann", "middle_name": "B", "last_name": "Cox", "company": "Acme"}, "Ann B Cox"),
    ],
)
def test_a_lead_is_called_by_what_is_known(cast: Cast, values: dict[str, str], name: str) -> None:
    lead = services.create_lead(values=values, owner=cast.rep_a, actor=cast.rep_a, at=AT)
    assert saved(lead).name == name


@pytest.mark.parametrize("values", [{}, {"first_name": "Ann", "phone": "1"}, {"topic": "  ", "last_name": " "}])
def test_a_lead_without_anything_to_call_it_by_is_refused(cast: Cast, values: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        services.create_lead(values=values, owner=cast.rep_a, actor=cast.rep_a, at=AT)
    assert refusal.value.field == "last_name"
    assert "topic, a last name, a company or an e-mail" in refusal.value.sentence
    assert not Lead.objects.exists()


@pytest.mark.parametrize("website", ["javascript:alert(1)", "not a site", "mailto:a@b.example"])
def test_a_website_that_is_none_is_refused(cast: Cast, website: str) -> None:
    with pytest.raises(Invalid) as refusal:
        services.create_lead(values={"last_name": "X", "website": website}, owner=cast.rep_a, actor=cast.rep_a, at=AT)
    assert refusal.value.field == "website"


def test_demonstration_leads_count_in_a_series_of_their_own(cast: Cast) -> None:
    lead = services.create_lead(values={"last_name": "X"}, owner=cast.rep_a, actor=SYSTEM, at=AT, series="demo-lead")
    assert saved(lead).number.startswith("DEMO-LEAD-2026-")
    assert saved(lead).is_demo


def test_the_year_of_the_number_is_that_of_the_organisation(cast: Cast) -> None:
    Organisation.objects.update(time_zone="Pacific/Auckland")
    new_year = dt.datetime(2025, 12, 31, 12, 0, tzinfo=dt.UTC)
    assert make_lead(cast.rep_a, at=new_year).number.startswith("LEAD-2026-")


def test_who_may_not_create_leads_creates_none(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        services.create_lead(values={"last_name": "X"}, owner=cast.rep_a, actor=cast.read_only, at=AT)
    assert not Lead.objects.exists()


def test_an_update_computes_the_keys_again(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    services.update_lead(
        lead_id=lead.pk,
        values={"last_name": "Núñez", "email": "N@x.example", "estimated_value": Decimal("12.5")},
        actor=cast.rep_a,
        at=AT,
    )
    kept = saved(lead)
    assert (kept.name, kept.sort_key, kept.email_key) == ("Megan Núñez", "nunez megan", "n@x.example")
    assert kept.estimated_value == Decimal("12.5")
    assert last_action(kept) == ("lead.updated", cast.rep_a.pk)


def test_a_lead_of_others_is_not_there_for_an_update(cast: Cast) -> None:
    lead = make_lead(cast.rep_c)
    with pytest.raises(NotFound):
        services.update_lead(lead_id=lead.pk, values={"topic": "Mine"}, actor=cast.rep_a, at=AT)
    assert saved(lead).topic == ""


@pytest.mark.parametrize("make", [make_disqualified_lead, make_qualified_lead])
def test_a_closed_lead_is_read_only(cast: Cast, make: object) -> None:
    assert callable(make)
    lead = make(cast.rep_a)
    with pytest.raises(Conflict):
        services.update_lead(lead_id=lead.pk, values={"topic": "Late"}, actor=cast.rep_a, at=AT)
    assert saved(lead).topic == ""


def test_nobody_links_a_lead_to_an_account_they_may_not_see(cast: Cast) -> None:
    hidden = make_account(cast.rep_c)
    lead = make_lead(cast.rep_a)
    with pytest.raises(Invalid) as refusal:
        services.update_lead(lead_id=lead.pk, values={"existing_account": hidden}, actor=cast.rep_a, at=AT)
    assert refusal.value.field == "existing_account"
    assert "Acme" not in refusal.value.sentence
    assert saved(lead).existing_account_id is None


def test_activities_of_a_lead_stand_on_its_existing_accounts_timeline(cast: Cast) -> None:
    lead, account = make_lead(cast.rep_a), make_account(cast.rep_a)
    make_activity(cast.rep_a, regarding=lead)
    on_account = TimelineLink.objects.filter(
        target_type=ContentType.objects.get_for_model(Account), target_id=account.pk
    )
    assert not on_account.exists()
    services.update_lead(lead_id=lead.pk, values={"existing_account": account}, actor=cast.rep_a, at=AT)
    assert on_account.count() == 1
    services.update_lead(lead_id=lead.pk, values={"existing_account": None}, actor=cast.rep_a, at=AT)
    assert not on_account.exists()


def test_disqualifying_keeps_reason_note_and_moment(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    services.disqualify_lead(lead_id=lead.pk, reason="cannot_contact", note=" Gone. ", actor=cast.rep_a, at=AT)
    kept = saved(lead)
    assert (kept.state, kept.status_reason) == ("disqualified", "cannot_contact")
    assert (kept.disqualify_note, kept.closed_at) == ("Gone.", AT)
    assert last_action(kept) == ("lead.disqualified", cast.rep_a.pk)


@pytest.mark.parametrize("reason", ["", "new", "qualified", "no_budget", "x'; --"])
def test_an_unlisted_reason_does_not_disqualify(cast: Cast, reason: str) -> None:
    lead = make_lead(cast.rep_a)
    with pytest.raises(Invalid) as refusal:
        services.disqualify_lead(lead_id=lead.pk, reason=reason, actor=cast.rep_a, at=AT)
    assert refusal.value.field == "status_reason"
    assert saved(lead).state == "open"


def test_administrators_reasons_disqualify_too(cast: Cast) -> None:
    StatusReason.objects.create(noun="lead", state="disqualified", key="no_budget", label="No budget")
    lead = make_lead(cast.rep_a)
    services.disqualify_lead(lead_id=lead.pk, reason="no_budget", actor=cast.rep_a, at=AT)
    assert saved(lead).status_reason == "no_budget"
    services.reopen_lead(lead_id=lead.pk, actor=cast.rep_a, at=AT)
    assert saved(lead).status_reason == "new"


def test_a_lead_is_disqualified_once(cast: Cast) -> None:
    lead = make_disqualified_lead(cast.rep_a)
    with pytest.raises(IllegalMove) as refusal:
        services.disqualify_lead(lead_id=lead.pk, reason="canceled", actor=cast.rep_a, at=AT)
    assert "disqualified (Lost)" in refusal.value.sentence
    assert saved(lead).status_reason == "lost"


def test_a_reopened_lead_is_new_and_editable(cast: Cast) -> None:
    lead = make_disqualified_lead(cast.rep_a)
    services.reopen_lead(lead_id=lead.pk, actor=cast.rep_a, at=AT)
    kept = saved(lead)
    assert (kept.state, kept.status_reason, kept.closed_at, kept.disqualify_note) == ("open", "new", None, "")
    services.update_lead(lead_id=lead.pk, values={"topic": "Again"}, actor=cast.rep_a, at=AT)
    assert saved(lead).topic == "Again"


@pytest.fixture
def undo(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A reaction in the place of those of `sales`: it notes the lead, and refuses lead 0."""
    seen: list[int] = []
    fresh = services.Undo("lead.reopening")

    def take_back(lead: Lead, actor: Actor, at: dt.datetime) -> None:
        assert (lead.state, actor, at) == ("qualified", SYSTEM, AT)
        if lead.topic == "Held":
            raise Conflict("An order refers to it.")
        seen.append(lead.pk)

    fresh.register(take_back)
    monkeypatch.setattr(services, "reopening", fresh)
    return seen


def test_a_qualified_lead_reopens_when_its_qualification_is_taken_back(cast: Cast, undo: list[int]) -> None:
    lead = make_qualified_lead(cast.rep_a)
    services.reopen_lead(lead_id=lead.pk, actor=SYSTEM, at=AT)
    assert undo == [lead.pk]
    assert (saved(lead).state, saved(lead).status_reason) == ("open", "new")


def test_a_refused_undo_leaves_the_lead_qualified(cast: Cast, undo: list[int]) -> None:
    lead = make_qualified_lead(cast.rep_a, topic="Held")
    with pytest.raises(Conflict, match="An order refers to it"):
        services.reopen_lead(lead_id=lead.pk, actor=SYSTEM, at=AT)
    assert undo == []
    assert saved(lead).state == "qualified"


def test_a_qualified_lead_stays_qualified_when_nobody_can_take_that_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "reopening", services.Undo("lead.reopening"))
    lead = make_qualified_lead(cast.rep_a)
    with pytest.raises(Conflict):
        services.reopen_lead(lead_id=lead.pk, actor=SYSTEM, at=AT)
    assert saved(lead).state == "qualified"


def test_contacting_is_a_no_op_after_the_first_time(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    services.contact_lead(lead_id=lead.pk, actor=cast.rep_a, at=AT)
    version = saved(lead).version
    assert (saved(lead).status_reason, saved(lead).contacted_at) == ("contacted", AT)
    services.contact_lead(lead_id=lead.pk, actor=cast.rep_a, at=AT + dt.timedelta(days=1))
    assert (saved(lead).version, saved(lead).contacted_at) == (version, AT)


@pytest.mark.parametrize("kind", ["phone_call", "email", "appointment"])
def test_the_first_completed_contact_makes_a_new_lead_contacted(cast: Cast, kind: str) -> None:
    lead = make_lead(cast.rep_a)
    make_completed(cast.rep_a, kind, regarding=lead)
    assert saved(lead).status_reason == "contacted"
    assert last_action(lead)[0] == "lead.contacted"
    version = saved(lead).version
    make_completed(cast.rep_a, kind, regarding=lead)
    assert saved(lead).version == version


@pytest.mark.parametrize("kind", ["task", "note"])
def test_other_activities_leave_a_lead_new(cast: Cast, kind: str) -> None:
    lead = make_lead(cast.rep_a)
    if kind == "task":
        make_completed(cast.rep_a, kind, regarding=lead)
    else:
        make_activity(cast.rep_a, kind, regarding=lead)
    assert saved(lead).status_reason == "new"


def test_a_call_on_a_closed_lead_changes_nothing(cast: Cast) -> None:
    lead = make_disqualified_lead(cast.rep_a)
    version = saved(lead).version
    make_completed(cast.rep_a, "phone_call", regarding=lead)
    assert (saved(lead).state, saved(lead).version) == ("disqualified", version)


def test_a_lead_goes_to_the_bin_with_its_activities(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    lead, other = make_lead(cast.rep_a, existing_account=account), make_lead(cast.rep_a, existing_account=account)
    make_activity(cast.rep_a, regarding=lead)
    kept = make_activity(cast.rep_a, regarding=other)
    delete_record(model=Lead, record_id=lead.pk, actor=cast.rep_a, at=AT)
    assert not Lead.objects.filter(pk=lead.pk).exists()
    assert Lead.with_bin.get(pk=lead.pk).deleted_at == AT
    assert [entry.activity.pk for entry in timeline_page(account, cast.rep_a).entries] == [kept.pk]


def test_an_account_that_a_lead_names_is_not_deleted(cast: Cast) -> None:
    account = make_account(cast.rep_a)
    make_lead(cast.rep_a, existing_account=account)
    with pytest.raises(Conflict) as refusal:
        delete_record(model=Account, record_id=account.pk, actor=cast.rep_a, at=AT)
    assert refusal.value.details == ("Lead: Megan Chang",)
    assert Account.objects.filter(pk=account.pk).exists()


def test_a_source_is_shown_by_its_word_and_a_senders_own_word_as_it_came() -> None:
    assert (source_label("trade_show"), source_label("Billboard"), source_label("")) == ("Trade show", "Billboard", "")
