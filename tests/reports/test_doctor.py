"""`manage.py doctor`: each check finds the fault that it is there for, planted past all constraints, and no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from activities.regarding import Ref
from activities.services.notes import add_note
from crm.core.actors import SYSTEM
from crm.core.invariants import examine, known_checks
from crm.data.merge.services import merge_records
from crm.data.models import BulkRun, DuplicateCriterion, DuplicateRule, Import, ImportRow
from crm.users.models import Recent, User
from leads.models import Lead
from leads.services.lists import add_members
from tests.factories.activities import make_activity
from tests.factories.campaigns import make_campaign, make_cost, make_list, make_step
from tests.factories.cast import make_cast
from tests.factories.custom import make_field
from tests.factories.leads import make_form, make_lead
from tests.factories.opportunities import make_qualified
from tests.factories.sales import (
    make_account,
    make_invoice_of_order,
    make_issued_invoice,
    make_order_of_quote,
    make_product,
    make_quote,
    put_lines,
    row,
    write_in,
)

GONE = 987_654_321
THE_ONE = "SELECT id FROM leads_lead WHERE email = 'one@x.example'"


@pytest.fixture(scope="module")
def _company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A little of everything, made once by services and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        _make_company()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _planted(_company: None) -> Iterator[None]:
    """What a test plants is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _make_company() -> None:
    rep = make_cast().rep_a
    form = make_form(rep, again="touch")
    for fields in ({"last_name": "Ames", "email": "ames@x.example"}, {"last_name": "Bot", "hp_website": "x"}):
        for _time in range(2):
            Client().post(f"/capture/{form.key}/", fields)
    one, other = make_lead(rep, email="one@x.example"), make_lead(rep, email="other@x.example")
    make_activity(rep, regarding=other)
    merge_records(model=Lead, master_id=one.pk, loser_ids=[other.pk], actor=SYSTEM, at=timezone.now())
    make_qualified(rep, email="won@x.example")
    campaign = make_campaign(rep)
    make_cost(campaign)
    newsletter = make_list(rep, members_are="lead")
    add_members(list_id=newsletter.pk, keys=[one.pk], actor=rep, at=timezone.now())
    make_step(campaign, newsletter)
    product = make_product()
    put_lines(make_quote(rep), row(product), write_in("10"))
    make_issued_invoice(rep, [write_in("10")])
    make_invoice_of_order(make_order_of_quote(rep, [row(product, "2")]))
    make_field("Partner", "record", noun="leads.lead", related="customers.account")


@contextmanager
def nothing_forbidden() -> Iterator[Any]:
    """A cursor for which no trigger and no foreign key stands in the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")


def rep_a() -> User:
    return User.objects.get(username="rep_a")


def found(*names: str) -> set[str]:
    """The checks, of these or of all, that find something."""
    return {check.name for check in known_checks() if (not names or check.name in names) and examine(check).number}


#: By check: statements that plant its fault.
FAULTS = (
    (
        "core.without_history",
        "DELETE FROM leads_leadevent WHERE email = 'won@x.example'",
    ),
    ("core.behind_history", "UPDATE leads_lead SET version = version + 1 WHERE email = 'one@x.example'"),
    ("core.tags", "UPDATE leads_lead SET tags = '{GONE}' WHERE email = 'one@x.example'"),
    ("core.custom_records", "UPDATE leads_lead SET custom = '{\"partner\": GONE}' WHERE email = 'one@x.example'"),
    (
        "users.owning_unit",
        "UPDATE leads_lead SET owning_unit_id = (SELECT id FROM users_businessunit WHERE name = 'South')",
    ),
    ("catalog.keys", "UPDATE catalog_product SET sort_key = 'old'"),
    ("customers.keys", "UPDATE customers_contact SET name_key = 'old'"),
    (
        "data.late",
        "UPDATE activities_activity SET regarding_id = (SELECT max(record_id) FROM data_mergedrecord)"
        " WHERE kind = 'task'",
    ),
    (
        "data.import_left",
        "INSERT INTO data_import (person_id, noun, title, kind, file, size, reading, header, rows, mapping, style,"
        " values, update_by, duplicates, edition, stage, found, counts, error, created_at)"
        " SELECT id, 'leads', 'a.csv', 'csv', '', 0, '{}', '[]', 1, '[]', '{}', '{}', '', 'skip', 1, 'running', '{}',"
        " '{}', '', now() - interval '2 hours' FROM users_user WHERE username = 'rep_a'",
    ),
    ("data.merged", "UPDATE leads_lead SET deleted_at = NULL"),
    ("activities.unlinked", "DELETE FROM activities_timelinelink"),
    ("activities.links", "UPDATE activities_timelinelink SET at = at + interval '1 second'"),
    ("leads.lost_posts", "DELETE FROM leads_touch"),
    ("leads.lost_posts", "UPDATE leads_capturedpost SET lead_id = NULL WHERE verdict = 'lead'"),
    ("leads.undecided", "UPDATE leads_capturedpost SET verdict = 'spam', lead_id = NULL WHERE verdict = 'touch'"),
    ("leads.touches", "UPDATE leads_touch SET lead_id = (THE ONE)"),
    (
        "leads.of_two_posts",
        "DELETE FROM leads_touch; UPDATE leads_capturedpost SET verdict = 'lead' WHERE verdict = 'touch'",
    ),
    ("leads.without_post", "DELETE FROM leads_touch; DELETE FROM leads_capturedpost WHERE lead_id > 0"),
    ("leads.states", "UPDATE leads_lead SET status_reason = 'contacted' WHERE email = 'one@x.example'"),
    ("leads.keys", "UPDATE leads_lead SET email_key = '' WHERE email = 'one@x.example'"),
    ("leads.costs", "UPDATE leads_campaign SET actual_cost = 1"),
    ("leads.members", "UPDATE leads_marketinglist SET member_count = 7"),
    ("leads.members", "UPDATE leads_marketinglist SET members_are = 'contact'"),
    (
        "leads.distributions",
        "INSERT INTO leads_distribution (step_id, person_id, at, total, finished_at) SELECT step.id, person.id, now(),"
        " 1, now() FROM leads_campaignactivity step, users_user person WHERE person.username = 'rep_a'",
    ),
    ("sales.sums", "UPDATE sales_quote SET total_amount = total_amount + 1 WHERE state = 'draft'"),
    ("sales.sums", "UPDATE sales_quoteline SET quantity = quantity + 1"),
    ("sales.sums", "UPDATE sales_invoicetax SET tax_amount = tax_amount + 1"),
    ("sales.payments", "UPDATE sales_invoice SET paid_amount = 1, balance = balance - 1 WHERE balance > 0"),
    ("sales.invoiced", "UPDATE sales_orderline SET quantity_invoiced = 1"),
    ("sales.numbers", "UPDATE core_numbercounter SET value = value + 1"),
    ("sales.parted_leads", "UPDATE sales_qualification SET undone_at = now()"),
    (
        "sales.twice",
        "INSERT INTO sales_qualificationresult (qualification_id, outcome, opportunity_id, earlier_values,"
        " written_values) SELECT qualification_id, outcome, opportunity_id, '{}', '{}'"
        " FROM sales_qualificationresult WHERE opportunity_id > 0",
    ),
    ("sales.without_link", "DELETE FROM sales_qualificationresult"),
    ("sales.behind", "UPDATE sales_order SET quote_id = (SELECT id FROM sales_quote WHERE state = 'draft')"),
    ("sales.keys", "UPDATE sales_opportunity SET sort_key = 'old'"),
)


def test_a_sound_company_has_nothing_wrong() -> None:
    said = StringIO()
    call_command("doctor", stdout=said)
    assert f"Nothing is wrong. Checks made: {len(known_checks())}." in said.getvalue()


@pytest.mark.parametrize(("name", "statements"), FAULTS)
def test_each_check_finds_its_fault(name: str, statements: str) -> None:
    with nothing_forbidden() as cursor:
        for statement in statements.replace("GONE", str(GONE)).replace("THE ONE", THE_ONE).split("; "):
            cursor.execute(statement)
            assert cursor.rowcount
    assert found(name) == {name}


def test_every_check_is_tried() -> None:
    own = {"data.orphans", "data.pairs", "data.forbidden", "data.import_twice", "data.import_counts", "data.bulk"}
    assert {check.name for check in known_checks()} == {name for name, _statement in FAULTS} | own | {
        "activities.files"
    }


def test_rows_that_point_to_nothing_are_found_by_every_generic_key() -> None:
    lead = Lead.objects.get(email="one@x.example")
    Recent.objects.create(
        person=rep_a(),
        content_type=ContentType.objects.get_for_model(Lead),
        object_id=lead.pk,
        opened_at=timezone.now(),
    )
    with nothing_forbidden() as cursor:
        cursor.execute("UPDATE activities_timelinelink SET target_id = %s", [GONE])
        cursor.execute("UPDATE activities_activity SET regarding_id = %s WHERE kind <> 'close'", [GONE])
        cursor.execute("UPDATE users_recent SET object_id = %s", [GONE])
    (check,) = (check for check in known_checks() if check.name == "data.orphans")
    tables = {fault.split()[0] for fault in examine(check, examples=100).examples}
    assert tables == {"activities.TimelineLink", "activities.Activity", "users.Recent"}


def test_pairs_of_which_one_is_gone_are_found() -> None:
    lead = Lead.objects.get(email="one@x.example")
    rule = DuplicateRule.objects.filter(noun="leads.lead", against="leads.lead").first()
    with nothing_forbidden() as cursor:
        cursor.execute(
            "INSERT INTO data_duplicatepair (noun, first_id, second_id, rule_id, seen_at)"
            " VALUES ('leads.lead', %s, %s, %s, now())",
            [lead.pk, GONE, rule and rule.pk],
        )
    assert found("data.pairs") == {"data.pairs"}


def test_two_records_that_a_rule_forbids_are_found_unless_a_website_made_one() -> None:
    rep = rep_a()
    rule = DuplicateRule.objects.create(
        name="Once", noun="customers.account", against="customers.account", mode="forbid"
    )
    DuplicateCriterion.objects.create(rule=rule, kind="email")
    made = [make_account(rep, f"Company {number}", email=f"{number}@y.example") for number in range(2)]
    with connection.cursor() as cursor:
        # Events of this transaction and the rule bear the same moment.
        cursor.execute("UPDATE data_duplicateruleevent SET pgh_created_at = pgh_created_at - interval '1 hour'")
        cursor.execute("UPDATE data_duplicatecriterionevent SET pgh_created_at = pgh_created_at - interval '1 hour'")
    type(made[0]).objects.filter(pk=made[1].pk).update(email="0@y.example", email_key="0@y.example")
    assert found("data.forbidden") == {"data.forbidden"}
    with nothing_forbidden() as cursor:
        cursor.execute("UPDATE customers_accountevent SET pgh_created_at = pgh_created_at - interval '2 hours'")
    assert found("data.forbidden") == set()


def test_imports_and_bulk_changes_that_do_not_add_up_are_found() -> None:
    lead = Lead.objects.get(email="one@x.example")
    kind = ContentType.objects.get_for_model(Lead)
    run = Import.objects.create(person=rep_a(), noun="leads", kind="csv", created_at=timezone.now())
    for line in (2, 3):
        ImportRow.objects.create(run=run, line=line, outcome="new", content_type=kind, object_id=lead.pk)
    assert found("data.import_twice") == {"data.import_twice"}
    ImportRow.objects.filter(line=3).update(object_id=Lead.objects.get(email="ames@x.example").pk)
    Import.objects.filter(pk=run.pk).update(stage="done", counts={"new": 1})
    assert found("data.import_counts") == {"data.import_counts"}
    Import.objects.filter(pk=run.pk).update(counts={"new": 2})
    bulk = BulkRun.objects.create(person=rep_a(), noun="lead", act="x", summary="x", at=timezone.now())
    bulk.rows.create(record_id=lead.pk)
    assert found("data.import_twice", "data.import_counts", "data.bulk") == set()
    BulkRun.objects.filter(pk=bulk.pk).update(finished_at=timezone.now())
    assert found("data.bulk") == {"data.bulk"}


def test_files_that_are_gone_are_found(tmp_path: Any) -> None:
    lead = Lead.objects.get(email="one@x.example")
    file = SimpleUploadedFile("a.txt", b"a")
    note = add_note(regarding=Ref.to(lead), description="See this", files=[file], actor=SYSTEM, at=timezone.now())
    assert found("activities.files") == set()
    default_storage.delete(str(note.attachments.get().file))
    assert found("activities.files") == {"activities.files"}


def test_what_is_wrong_is_said_with_examples_and_exit_code_1() -> None:
    with nothing_forbidden() as cursor:
        cursor.execute("UPDATE leads_campaign SET actual_cost = 1")
    said = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("doctor", "leads", stdout=said)
    assert refused.value.returncode == 1
    assert "leads.costs                  1: Campaigns that add up their costs to another sum." in said.getvalue()
    assert "    leads.Campaign " in said.getvalue()
    assert "sales." not in said.getvalue()


def test_a_check_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandError, match="There is no check nothing"):
        call_command("doctor", "nothing", stdout=StringIO())
