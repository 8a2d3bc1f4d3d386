"""Bulk edits of each kind of field: by one statement, with the rules of the field, and back again."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.links import wrong_links
from activities.models import Activity
from crm.core.actors import SYSTEM
from crm.core.custom.services import change_field, retire_field, set_choice
from crm.core.errors import Conflict, NotFound
from crm.core.history import events_of
from crm.core.models import CustomField, Job
from crm.customers.models import Account, Contact
from crm.data.acts import act_for, fields_to_edit
from crm.data.services import runs
from crm.data.services.runs import undo_obstacle
from crm.data.tasks import run_bulk
from crm.users.models import Role, User
from crm.users.rights import SALES_MANAGER
from leads.models import Lead
from tests.data.runs import outcomes, previewed, run, undo
from tests.factories.activities import AT, make_activity, make_completed
from tests.factories.cast import Cast
from tests.factories.custom import make_field, make_field_of_each_kind
from tests.factories.customers import ContactFactory
from tests.factories.leads import make_disqualified_lead, make_lead
from tests.factories.sales import make_account

pytestmark = pytest.mark.django_db

#: kind: (what was there, what is sent, what is stored then, how the run is called)
EDITS: dict[str, tuple[Any, Any, Any, str]] = {
    "text": ("Narrow belt", "  Wide   belt ", "Wide belt", "My text set to Wide belt"),
    "long_text": ("One\ntwo", "Three\r\nfour", "Three\nfour", "My long text set to Three four"),
    "whole": ("123456789012345", "7", "7", "My whole set to 7"),
    "decimal": ("0.1000000001", "2.50", "2.5", "My decimal set to 2.50"),
    "money": ("999999999999999.9999", "12", "12", "My money set to 12"),
    "date": ("2024-02-29", "2026-01-31", "2026-01-31", "My date set to 31 Jan 2026"),
    "time": ("07:05:00", "18:30", "18:30:00", "My time set to 18:30:00"),
    "yes_no": (False, "yes", True, "My yes no set to yes"),
    "choice": ("red", "green", "green", "My choice set to Green"),
    "choices": (["fax", "visit"], ["visit", "post"], ["post", "visit"], "My choices set to Visit, Post"),
}


def custom_of(lead: Lead) -> dict[str, Any]:
    found: dict[str, Any] = Lead.objects.values_list("custom", flat=True).get(pk=lead.pk)
    return found


def again(person: User) -> User:
    """As a later request finds them: with the fields that there are then."""
    return User.objects.get(pk=person.pk)


def give(lead: Lead, **values: Any) -> Lead:
    Lead.objects.filter(pk=lead.pk).update(custom=values)
    return lead


@pytest.mark.parametrize("kind", [*EDITS, "person", "record"])
def test_a_field_of_each_kind_is_changed_on_many_and_taken_back(kind: str, cast: Cast) -> None:
    make_field_of_each_kind()
    old, new = make_account(cast.rep_a, "Old Mill"), make_account(cast.rep_a, "New Mill")
    edits = EDITS | {
        "person": (cast.rep_b.pk, cast.rep_c.pk, cast.rep_c.pk, "My person set to Cara South"),
        "record": (old.pk, f"New Mill (#{new.pk})", new.pk, "My record set to New Mill"),
    }
    before, sent, after, summary = edits[kind]
    name, other = f"my_{kind}", {"my_text" if kind == "whole" else "my_whole": "5"}
    full = give(make_lead(cast.rep_a, last_name="Full"), **other, **{name: before})
    empty = give(make_lead(cast.rep_a, last_name="Empty"), **other)
    same = give(make_lead(cast.rep_a, last_name="Same"), **{name: after})
    hidden = give(make_lead(cast.rep_c, last_name="Hidden"), **{name: before})
    closed = make_disqualified_lead(cast.rep_a, last_name="Closed")

    done = run(Lead, f"edit-{name}", cast.rep_a, **{f"custom_{name}": sent})

    assert done.summary == summary
    assert outcomes(done) == {full.pk: "done", empty.pk: "done", same.pk: "same", closed.pk: "state"}
    assert custom_of(full) == custom_of(empty) == {**other, name: after}
    assert custom_of(hidden) == {name: before}
    row = done.rows.get(record_id=full.pk)
    assert (row.before, row.after) == ({f"custom__{name}": before}, {f"custom__{name}": after})
    event: Any = events_of(full)[0]
    assert (event.pgh_context["action"], event.pgh_context["user"]) == ("record.changed", cast.rep_a.pk)
    assert Lead.objects.get(pk=same.pk).version == same.version + 1  # of the test's own update

    assert outcomes(undo(done, cast.rep_a)) == {full.pk: "done", empty.pk: "done"}
    assert custom_of(full) == {**other, name: before}
    assert custom_of(empty) == other
    assert custom_of(same) == {name: after}


def test_a_batch_costs_the_same_however_many_records(cast: Cast) -> None:
    make_field("Girth", "whole")
    make_field("Colour", "choice", choices="Red,Green")

    def cost(act: str, **sent: Any) -> int:
        run(Lead, act, cast.rep_a, rows=None, expected=None, **dict.fromkeys(sent, ""))
        with CaptureQueriesContext(connection) as asked:
            done = run(Lead, act, cast.rep_a, rows=None, expected=None, **sent)
            undo(done, cast.rep_a)
        return len(asked)

    acts: list[tuple[str, dict[str, Any]]] = [
        ("edit-rating", {"rating": "hot"}),
        ("edit-girth", {"custom_girth": "4"}),
        ("edit-colour", {"custom_colour": "red"}),
        ("edit-company", {"company": "Acme"}),
        ("edit-estimated_value", {"estimated_value": "12.5"}),
    ]
    for number in range(2):
        make_lead(cast.rep_a, last_name=f"Quill {number}")
    few = [cost(act, **sent) for act, sent in acts]
    for number in range(10):
        make_lead(cast.rep_a, last_name=f"Quill {number + 2}")
    assert [cost(act, **sent) for act, sent in acts] == few


def test_only_the_field_must_still_hold_and_others_stay(cast: Cast) -> None:
    make_field("Girth", "whole")
    make_field("Colour", "text")
    stays, moved = give(make_lead(cast.rep_a), girth="3"), give(make_lead(cast.rep_a), girth="3")
    done = run(Lead, "edit-girth", cast.rep_a, custom_girth="4")
    give(stays, girth="4", colour="Red")
    give(moved, girth="5")

    assert outcomes(undo(done, cast.rep_a)) == {stays.pk: "done", moved.pk: "moved_on"}
    assert (custom_of(stays), custom_of(moved)) == ({"girth": "3", "colour": "Red"}, {"girth": "5"})


def test_a_bad_or_missing_value_is_no_run(cast: Cast) -> None:
    make_field("Girth", "whole", is_required=True)
    make_field("Partner", "record", related="customers.account")
    hidden = make_account(cast.rep_c, "Hidden Valley")
    lead = give(make_lead(cast.rep_a), girth="3")
    for act, sent in (
        ("edit-girth", {"custom_girth": ""}),
        ("edit-girth", {"custom_girth": "many"}),
        ("edit-partner", {"custom_partner": f"(#{hidden.pk})"}),
    ):
        with pytest.raises(AssertionError, match="custom_"):
            run(Lead, act, cast.rep_a, rows=None, expected=None, **sent)
    assert custom_of(lead) == {"girth": "3"}


def test_fields_of_others_are_not_offered_and_those_for_reading_neither(cast: Cast) -> None:
    managers = Role.objects.get(name=SALES_MANAGER).pk
    make_field("Margin", "whole", readers=[managers])
    make_field("Rank", "whole", writers=[managers], readers=[managers])
    make_field("Girth", "whole")
    lead = make_lead(cast.rep_a)

    assert {"girth"} == {name for name, _words in fields_to_edit(Lead, cast.rep_a)} & {"girth", "margin", "rank"}
    for name in ("margin", "rank"):
        with pytest.raises(NotFound):
            act_for(Lead, f"edit-{name}", cast.rep_a)
    done = run(Lead, "edit-margin", cast.manager, custom_margin="9")
    assert (outcomes(done), custom_of(lead)) == ({lead.pk: "done"}, {"margin": "9"})


def test_what_could_not_be_chosen_anew_comes_back_all_the_same(cast: Cast) -> None:
    field = make_field("Colour", "choice", choices="Red,Green")
    make_field("Partner", "record", related="customers.account")
    hidden, own = make_account(cast.rep_c, "Hidden Valley"), make_account(cast.rep_a, "Old Mill")
    lead = give(make_lead(cast.rep_a), colour="red", partner=hidden.pk)
    red = field.choices.get(key="red")
    set_choice(field_id=field.pk, choice_id=red.pk, values={"is_retired": True}, actor=SYSTEM, at=timezone.now())
    colour = run(Lead, "edit-colour", cast.rep_a, custom_colour="green")
    partner = run(Lead, "edit-partner", cast.rep_a, custom_partner=f"(#{own.pk})")
    assert custom_of(lead) == {"colour": "green", "partner": own.pk}
    for done in (colour, partner):
        assert outcomes(undo(done, cast.rep_a)) == {lead.pk: "done"}
    assert custom_of(lead) == {"colour": "red", "partner": hidden.pk}


class TestAFieldThatChanges:
    """Between a run and its taking back, or while a run is at work."""

    @pytest.fixture
    def girth(self) -> CustomField:
        return make_field("Girth", "whole")

    def retype(self, field: CustomField, kind: str) -> None:
        change_field(field_id=field.pk, values={"kind": kind}, actor=SYSTEM, at=timezone.now())

    def test_renamed_it_is_taken_back(self, girth: CustomField, cast: Cast) -> None:
        lead = give(make_lead(cast.rep_a), girth="3")
        done = run(Lead, "edit-girth", cast.rep_a, custom_girth="4")
        change_field(field_id=girth.pk, values={"label": "Waist"}, actor=SYSTEM, at=timezone.now())
        undo(done, cast.rep_a)
        assert custom_of(lead) == {"girth": "3"}

    def test_of_another_kind_what_no_longer_fits_is_told(self, cast: Cast) -> None:
        note = make_field("Note", "text")
        fits, misfit = give(make_lead(cast.rep_a), note="3"), give(make_lead(cast.rep_a), note="Three")
        done = run(Lead, "edit-note", cast.rep_a, custom_note="7")
        self.retype(note, "whole")
        back = undo(done, again(cast.rep_a))
        assert outcomes(back) == {fits.pk: "done", misfit.pk: "failed"}
        assert back.rows.get(record_id=misfit.pk).reason == "Enter a whole number."
        assert (custom_of(fits), custom_of(misfit)) == ({"note": "3"}, {"note": "7"})

    def test_retired_nothing_is_taken_back_until_it_is_restored(self, girth: CustomField, cast: Cast) -> None:
        lead = give(make_lead(cast.rep_a), girth="3")
        done = run(Lead, "edit-girth", cast.rep_a, custom_girth="4")
        retire_field(field_id=girth.pk, actor=SYSTEM, at=timezone.now())
        with pytest.raises(Conflict, match="has been retired, or you may no longer change it"):
            undo(done, again(cast.rep_a))
        assert custom_of(lead) == {"girth": "4"}
        assert undo_obstacle(done, timezone.now()) == ""

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [("whole", "The field “Girth” has become one of another kind."), ("", "There is no such act")],
    )
    def test_in_the_middle_of_a_run_the_rest_is_left_and_told(
        self, change: str, sentence: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        field = make_field("Girth", "text")
        monkeypatch.setattr(runs, "AT_ONCE", 1)
        leads = [give(make_lead(cast.rep_a), girth="3") for _number in range(2)]
        done = run(Lead, "edit-girth", cast.rep_a, custom_girth="4")
        if change:
            # The worker has looked at the field before it became another one.
            obstacle = runs.Worker.advance

            def late(worker: Any) -> int:
                self.retype(field, change)
                return obstacle(worker)

            monkeypatch.setattr(runs.Worker, "advance", late)
        else:
            retire_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())
        run_bulk.call(Job.objects.get(task__endswith="run_bulk").pk)
        assert outcomes(done) == dict.fromkeys([lead.pk for lead in leads], "failed")
        assert all(sentence in row.reason for row in done.rows.all())
        assert [custom_of(lead) for lead in leads] == [{"girth": "3"}] * 2


class TestColumnsThatOthersFollow:
    def test_of_leads(self, cast: Cast) -> None:
        lead = make_lead(cast.rep_a, last_name="", company="Acme Ltd", topic="")
        nameless = make_lead(cast.rep_a, last_name="", company="", topic="", email="a@b.example")
        done = run(Lead, "edit-email", cast.rep_a, email="")
        assert outcomes(done)[nameless.pk] == "failed"
        assert done.rows.get(record_id=nameless.pk).reason.startswith("Enter")
        assert Lead.objects.get(pk=nameless.pk).email == "a@b.example"
        done = run(Lead, "edit-company", cast.rep_a, company="Ostermoor GmbH")
        found = Lead.objects.get(pk=lead.pk)
        assert (found.name, found.company_key) == ("Megan", "ostermoor")
        undo(done, cast.rep_a)
        assert Lead.objects.get(pk=lead.pk).company_key == lead.company_key

    def test_of_accounts_and_contacts(self, cast: Cast) -> None:
        account = make_account(cast.rep_a, "Green Lakes Dairy")
        done = run(Account, "edit-phone", cast.rep_a, phone="+44 20 7946 0958")
        account.refresh_from_db()
        assert (account.phone_e164, outcomes(done)) == ("+442079460958", {account.pk: "done"})
        undo(done, cast.rep_a)
        account.refresh_from_db()
        assert (account.phone, account.phone_e164) == ("", "")
        contact = ContactFactory.create(owner=cast.rep_a, first_name="Ada", last_name="Quill")
        run(Contact, "edit-last_name", cast.rep_a, last_name="Berg")
        contact.refresh_from_db()
        assert (contact.full_name, contact.sort_key) == ("Ada Berg", "ada berg")

    def test_of_activities_whose_place_on_timelines_follows(self, cast: Cast) -> None:
        lead = make_lead(cast.rep_a)
        task, meeting, finished = (
            make_activity(cast.rep_a, regarding=lead, due_at=AT),
            make_activity(cast.rep_a, "appointment", regarding=lead),
            make_completed(cast.rep_a, regarding=lead, due_at=AT),
        )
        done = run(Activity, "edit-due_at", cast.rep_a, due_at="2026-04-01T09:00")
        assert outcomes(done) == {task.pk: "done", meeting.pk: "state", finished.pk: "state"}
        task.refresh_from_db()
        assert (task.due_at, list(wrong_links())) == (dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC), [])
        assert outcomes(run(Activity, "edit-subject", cast.rep_a, subject="Ring up"))[meeting.pk] == "done"
        undo(done, cast.rep_a)
        task.refresh_from_db()
        assert (task.due_at, task.subject, list(wrong_links())) == (AT, "Ring up", [])

    def test_a_figure_of_money_is_taken_back_to_the_digit(self, cast: Cast) -> None:
        lead = make_lead(cast.rep_a, estimated_value="10.5000")
        done = run(Lead, "edit-estimated_value", cast.rep_a, estimated_value="99.9")
        assert str(Lead.objects.get(pk=lead.pk).estimated_value) == "99.9000"
        assert outcomes(undo(done, cast.rep_a)) == {lead.pk: "done"}
        assert str(Lead.objects.get(pk=lead.pk).estimated_value) == "10.5000"


def test_a_note_has_no_added_fields(cast: Cast) -> None:
    make_field("Girth", "whole", noun="activities.activity")
    note, task = make_activity(cast.rep_a, "note", description="Seen"), make_activity(cast.rep_a)
    done = run(Activity, "edit-girth", cast.rep_a, custom_girth="4")
    assert outcomes(done) == {note.pk: "state", task.pk: "done"}
    assert done.rows.get(record_id=note.pk).reason == "This record has no such field."
    assert Activity.objects.get(pk=note.pk).custom == {}


def test_where_the_database_refuses_one_record_the_others_are_changed(cast: Cast) -> None:
    """A constraint speaks of one row; the statement of all is tried again row by row."""
    good, bad = make_lead(cast.rep_a), make_lead(cast.rep_a)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE leads_lead ADD CHECK (id <> {bad.pk} OR rating <> 'hot')")
    done = run(Lead, "edit-rating", cast.rep_a, rating="hot")
    assert outcomes(done) == {good.pk: "done", bad.pk: "failed"}
    assert set(Lead.objects.values_list("rating", flat=True)) == {"hot", bad.rating}
    assert previewed(Lead, "edit-rating", cast.rep_a).ready == 2
