"""Bulk runs: exact numbers before and after, rights, reasons, history, and what taking them back leaves."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.errors import Conflict, NotFound
from crm.core.history import events_of
from crm.core.models import Tag
from crm.customers.models import Account
from crm.data.acts import act_for, acts_for
from crm.data.models import BulkRun
from crm.data.services.runs import Preview, preview, undo_obstacle, undo_run
from crm.users.models import Share, User
from leads.models import Lead
from leads.services.leads import update_lead
from sales.models import Opportunity
from tests.data.runs import outcomes, previewed, rows_for, run, undo
from tests.factories.cast import Cast
from tests.factories.leads import make_contacted_lead, make_disqualified_lead, make_lead
from tests.factories.sales import make_account, make_opportunity

pytestmark = pytest.mark.django_db


def share(record: Any, person: User) -> None:
    kind = ContentType.objects.get_for_model(record)
    Share.objects.create(content_type=kind, object_id=record.pk, user=person)


def stored(model: Any, column: str) -> dict[int, Any]:
    return dict(model.objects.values_list("pk", column))


@pytest.fixture
def mixed(cast: Cast) -> dict[str, Lead]:
    """For `rep_a`: two that change, one that may only be seen, one that is closed, and one that is hidden."""
    seen = make_lead(cast.rep_b, last_name="Seen")
    share(seen, cast.rep_a)
    return {
        "own": make_lead(cast.rep_a, last_name="Own", rating="cold"),
        "warm": make_lead(cast.rep_a, last_name="Warm", rating="warm"),
        "seen": seen,
        "closed": make_disqualified_lead(cast.rep_a, last_name="Closed"),
        "hidden": make_lead(cast.rep_c, last_name="Hidden"),
    }


class TestPreview:
    def test_numbers_say_what_will_change_with_rights_and_states(self, mixed: dict[str, Lead], cast: Cast) -> None:
        assert previewed(Lead, "edit-rating", cast.rep_a) == Preview(ready=2, forbidden=1, state=1)
        assert previewed(Lead, "assign", cast.rep_a) == Preview(ready=3, forbidden=1)
        assert previewed(Lead, "tag", cast.rep_a) == Preview(ready=3, forbidden=1)
        assert previewed(Lead, "move-disqualify", cast.rep_a) == Preview(ready=2, forbidden=1, state=1)
        assert previewed(Lead, "delete", cast.rep_a) == Preview(ready=3, forbidden=1)
        assert previewed(Lead, "edit-rating", cast.administrator) == Preview(ready=4, state=1)

    def test_two_queries_and_nothing_written(self, mixed: dict[str, Lead], cast: Cast) -> None:
        previewed(Lead, "edit-rating", cast.rep_a)  # what a process reads once
        act, rows = act_for(Lead, "edit-rating", cast.rep_a), rows_for(Lead, cast.rep_a)
        with CaptureQueriesContext(connection) as asked:
            preview(act, rows)
        assert len(asked) == 2
        assert BulkRun.objects.count() == 0

    def test_a_reader_has_no_act_and_a_foreign_key_none_either(self, cast: Cast) -> None:
        assert list(acts_for(Lead, cast.read_only)) == []
        assert [key for key, _words in acts_for(Lead, cast.rep_a)] == [
            "assign", "edit", "tag", "untag", "list-add", "list-remove", "qualify",
            "move-contact", "move-disqualify", "move-reopen", "export", "delete",
        ]  # fmt: skip
        for key in ("edit-owner", "edit-state", "edit-nothing", "move-qualify", "nothing", "export", ""):
            with pytest.raises(NotFound):
                act_for(Lead, key, cast.rep_a)


class TestEditing:
    def test_by_one_statement_with_reasons_for_the_others(self, mixed: dict[str, Lead], cast: Cast) -> None:
        done = run(Lead, "edit-rating", cast.rep_a, expected=2, rating="warm")
        assert (done.total, done.summary) == (4, "Rating set to Warm")
        assert outcomes(done) == {
            mixed["own"].pk: "done",
            mixed["warm"].pk: "same",
            mixed["seen"].pk: "forbidden",
            mixed["closed"].pk: "state",
        }
        row = done.rows.get(record_id=mixed["own"].pk)
        assert (row.before, row.after) == ({"rating": "cold"}, {"rating": "warm"})
        assert stored(Lead, "rating")[mixed["own"].pk] == "warm"
        event: Any = events_of(mixed["own"])[0]
        assert event.pgh_context["action"] == "record.changed"
        assert event.pgh_context["user"] == cast.rep_a.pk
        assert event.pgh_context["about"] == f"data.bulkrun:{done.pk}"

    def test_through_the_form_where_other_columns_follow(self, mixed: dict[str, Lead], cast: Cast) -> None:
        done = run(Lead, "edit-company", cast.rep_a, company="Ostermoor GmbH")
        own = Lead.objects.get(pk=mixed["own"].pk)
        assert (own.company, own.company_key) == ("Ostermoor GmbH", "ostermoor")
        assert set(outcomes(done).values()) == {"done", "forbidden", "state"}
        assert undo(done, cast.rep_a).rows.filter(outcome="done").count() == 2
        own.refresh_from_db()
        assert (own.company, own.company_key) == ("Williams-Sheppard Ltd", "williams sheppard")

    def test_what_the_service_refuses_is_listed_with_its_sentence(self, cast: Cast) -> None:
        parent = make_account(cast.rep_a, "Above")
        child = make_account(cast.rep_a, "Below")
        done = run(Account, "edit-parent", cast.rep_a, parent=f"Above (#{parent.pk})")
        assert outcomes(done) == {parent.pk: "failed", child.pk: "done"}
        assert "would stand above itself" in done.rows.get(record_id=parent.pk).reason
        undo(done, cast.rep_a)
        assert stored(Account, "parent_id") == {parent.pk: None, child.pk: None}

    def test_a_number_that_was_announced_must_still_hold(self, mixed: dict[str, Lead], cast: Cast) -> None:
        with pytest.raises(Conflict, match="have changed since you looked"):
            run(Lead, "edit-rating", cast.rep_a, expected=3, rating="warm")
        with pytest.raises(Conflict, match="None of these records"):
            run(Lead, "edit-rating", cast.rep_a, rows=Lead.objects.filter(pk=mixed["seen"].pk), rating="warm")
        assert (BulkRun.objects.count(), stored(Lead, "rating")[mixed["own"].pk]) == (0, "cold")


class TestTakingBack:
    def test_earlier_values_come_back_where_the_field_still_holds(self, mixed: dict[str, Lead], cast: Cast) -> None:
        done = run(Lead, "edit-rating", cast.rep_a, rating="hot")
        changed = mixed["warm"].pk
        update_lead(lead_id=changed, values={"rating": "cold"}, actor=cast.rep_a, at=timezone.now())
        update_lead(lead_id=mixed["own"].pk, values={"topic": "Else"}, actor=cast.rep_a, at=timezone.now())
        back = undo(done, cast.rep_a)
        assert outcomes(back) == {mixed["own"].pk: "done", changed: "moved_on"}
        assert (stored(Lead, "rating")[mixed["own"].pk], stored(Lead, "rating")[changed]) == ("cold", "cold")
        assert back.summary == "Taken back: Rating set to Hot"

    def test_once_by_its_owner_within_thirty_days(self, mixed: dict[str, Lead], cast: Cast) -> None:
        done = run(Lead, "edit-rating", cast.rep_a, rating="hot")
        with pytest.raises(NotFound):
            undo(done, cast.manager)
        late = timezone.now() + dt.timedelta(days=30, minutes=1)
        with pytest.raises(Conflict, match="within the last 30 days"):
            undo_run(run_id=done.pk, actor=cast.rep_a, at=late)
        back = undo(done, cast.rep_a)
        with pytest.raises(Conflict, match="has been taken back already"):
            undo(done, cast.rep_a)
        with pytest.raises(Conflict, match="This took something back"):
            undo(back, cast.rep_a)
        assert undo_obstacle(done, timezone.now()) == "This has been taken back already."
        assert stored(Lead, "rating")[mixed["own"].pk] == "cold"

    def test_what_was_given_away_comes_back_though_it_is_hidden_now(self, mixed: dict[str, Lead], cast: Cast) -> None:
        done = run(Lead, "assign", cast.rep_a, owner=cast.rep_c.pk)
        assert rows_for(Lead, cast.rep_a).filter(owner=cast.rep_a).count() == 0
        assert done.summary == "Assigned to Cara South"
        moved = mixed["warm"]
        Lead.objects.filter(pk=moved.pk).update(owner=cast.rep_b)
        back = undo(done, cast.rep_a)
        assert outcomes(back) == {mixed["own"].pk: "done", moved.pk: "moved_on", mixed["closed"].pk: "done"}
        own = Lead.objects.get(pk=mixed["own"].pk)
        assert (own.owner, own.owning_unit_id) == (cast.rep_a, cast.rep_a.business_unit_id)
        assert Lead.objects.get(pk=moved.pk).owner == cast.rep_b

    def test_nobody_takes_back_what_was_not_theirs_to_give(self, cast: Cast) -> None:
        """A manager's run, after the manager has lost the right to assign."""
        lead = make_lead(cast.rep_a)
        done = run(Lead, "assign", cast.manager, owner=cast.rep_b.pk)
        cast.manager.roles.get().privileges.filter(permission="leads.assign_lead").delete()
        back = undo(done, User.objects.get(pk=cast.manager.pk))
        assert (outcomes(back), Lead.objects.get(pk=lead.pk).owner) == ({lead.pk: "forbidden"}, cast.rep_b)

    def test_tags_go_and_come_without_those_of_others(self, mixed: dict[str, Lead], cast: Cast) -> None:
        run(Lead, "tag", cast.rep_a, rows=Lead.objects.filter(pk=mixed["own"].pk), names="Fair")
        done = run(Lead, "tag", cast.rep_a, names="Fair, VIP")
        fair, vip = (Tag.objects.get(key=key).pk for key in ("fair", "vip"))
        assert stored(Lead, "tags")[mixed["own"].pk] == sorted([fair, vip])
        run(Lead, "tag", cast.rep_a, names="Later")
        back = undo(done, cast.rep_a)
        later = Tag.objects.get(key="later").pk
        assert stored(Lead, "tags")[mixed["own"].pk] == sorted([fair, later])
        assert stored(Lead, "tags")[mixed["warm"].pk] == [later]
        assert set(outcomes(back).values()) == {"done"}
        gone = run(Lead, "untag", cast.rep_a, names="Later, No such tag")
        assert stored(Lead, "tags")[mixed["warm"].pk] == []
        undo(gone, cast.rep_a)
        assert stored(Lead, "tags")[mixed["warm"].pk] == [later]

    def test_deleted_records_come_out_of_the_bin_with_what_was_theirs(self, cast: Cast) -> None:
        account = make_account(cast.rep_a, "Empty")
        opportunity = make_opportunity(cast.rep_a, customer_account=account)
        done = run(Account, "delete", cast.rep_a, rows=Account.objects.filter(pk=account.pk))
        assert (Account.objects.count(), Opportunity.objects.count(), outcomes(done)) == (0, 0, {account.pk: "done"})
        back = undo(done, cast.rep_a)
        assert (Account.objects.get(), outcomes(back)) == (account, {account.pk: "done"})
        assert Opportunity.objects.get() == opportunity

    def test_moves_go_back_where_the_machine_has_a_way(self, mixed: dict[str, Lead], cast: Cast) -> None:
        done = run(Lead, "move-disqualify", cast.rep_a, status_reason="lost", note="")
        assert stored(Lead, "state")[mixed["own"].pk] == "disqualified"
        assert {row.reason for row in done.rows.filter(outcome="state")} == {
            "This lead is disqualified (Lost), so it cannot be changed that way (disqualify)."
        }
        back = undo(done, cast.rep_a)
        assert outcomes(back) == {mixed["own"].pk: "done", mixed["warm"].pk: "done"}
        assert stored(Lead, "state")[mixed["own"].pk] == "open"
        again = make_contacted_lead(cast.rep_a)
        assert again.status_reason == "contacted"
        contacted = run(Lead, "move-contact", cast.rep_a, rows=Lead.objects.filter(pk=mixed["own"].pk))
        assert outcomes(undo(contacted, cast.rep_a)) == {mixed["own"].pk: "state"}
