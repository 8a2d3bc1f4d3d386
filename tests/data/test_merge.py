"""Merging leads, accounts and contacts: what pointed to the losers points to the one that stays, and back again."""

import datetime as dt
import random
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.links import write_links, wrong_links
from activities.models import Activity, Participant, TimelineLink
from crm.core.actors import SYSTEM
from crm.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm.core.history import events_of
from crm.customers.models import Account, Connection, ConnectionRole, Contact
from crm.data.merge.late import follow_merges
from crm.data.merge.references import business_tables, references_to, uniqueness_of
from crm.data.merge.registry import known
from crm.data.merge.services import merge_records
from crm.data.merge.taking_back import undo_merge
from crm.data.models import Merge, MergedRecord, MergeRow
from crm.users.models import Share
from leads.models import Lead
from sales.models import Opportunity
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.customers import AccountFactory, AddressFactory, ContactFactory
from tests.factories.leads import make_lead
from tests.factories.opportunities import qualify

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
MANY = 1200
STAMPS = {"version", "updated_at", "updated_by_id", "updated_by"}
#: What a merge writes about itself.
NOTES = {Merge, MergedRecord, MergeRow}


def merge(master: Any, *losers: Any, actor: Any, **options: Any) -> Merge:
    keys = [loser.pk for loser in losers]
    return merge_records(
        model=type(master), master_id=master.pk, loser_ids=keys, actor=actor, at=timezone.now(), **options
    )


def whole_database() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of ours by its columns, without stamps and without what is derived or history."""
    found = {}
    for model in business_tables():
        if (
            model in NOTES
            or model is TimelineLink
            or model._meta.app_label in {"contenttypes", "django_tasks_database"}
        ):
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in STAMPS]
        found[model._meta.label] = sorted(map(repr, model._base_manager.values_list(*names)))
    return found  # type: ignore[return-value]  # compared only


def test_every_key_that_points_to_a_record_is_covered() -> None:
    """A new foreign key is found by itself; a new generic key must be registered, or ignored with a reason."""
    for model in business_tables():
        for field in model._meta.local_concrete_fields:
            if not (field.is_relation and field.related_model is ContentType):
                continue
            special = known.special.get(model)
            derived = known.derived.get(model)
            assert (
                (model, field.name) in known.keys
                or (model, field.name) in known.ignored
                or (special is not None and field.name in special.fields)
                or (derived is not None and field.name == derived.key.type_field)
            ), f"{model._meta.label}.{field.name}: say in a merging.py how it follows a merge"
    for target in known.nouns:
        for reference in references_to(target):
            assert isinstance(reference.model._meta.pk, models.AutoField), reference
            for constraint in reference.model._meta.constraints:
                if isinstance(constraint, models.UniqueConstraint) and constraint.expressions:
                    text = str(constraint.expressions)
                    assert reference.column.removesuffix("_id") not in text, f"{constraint.name} is not understood"
            list(uniqueness_of(reference))


def _story(cast: Cast) -> dict[str, Any]:
    """Two accounts, two contacts and two leads to which all kinds of rows point, some of them of strangers."""
    rep, other = cast.rep_a, cast.rep_c
    field = make_field("Partner", "record", noun="sales.opportunity", related="customers.account")
    a, b = (AccountFactory.create(name=name, owner=rep) for name in ("Acme", "Acme Ltd"))
    AccountFactory.create(name="Child", parent=b, owner=other)
    ada, bea = (
        ContactFactory.create(first_name=name, last_name="Byron", account=b, owner=rep) for name in ("Ada", "Bea")
    )
    ContactFactory.create(last_name="Below", reports_to=bea, owner=other)
    for customer in (a, b):
        AddressFactory.create(account=customer, is_default_bill_to=True)
    for contact in (ada, bea):
        AddressFactory.create(contact=contact, is_default_ship_to=True)
    lead, twin = (make_lead(rep, email=f"{name}@x.example", existing_account=b, existing_contact=bea) for name in "ab")
    for record in (a, b, ada, bea, lead, twin):
        make_activity(rep, regarding=record)
        make_activity(other, regarding=record)
        Share.objects.create(record=record, user=cast.rep_b)
    Share.objects.create(record=b, user=other)
    activity = make_activity(other)
    Participant.objects.create(activity=activity, role="to", party=bea)
    write_links(activity)
    role = ConnectionRole.objects.get(name="Partner")
    connect(a, ada, role)
    connect(b, ada, role)
    connect(b, bea, role)
    connect(ada, bea, role)
    connect(lead, twin, role)
    made = make_lead(rep, company="Third", email="c@x.example")
    qualification = qualify(made, actor=rep)
    opportunity = Opportunity.objects.get()
    Opportunity.objects.filter(pk=opportunity.pk).update(custom={field.key: b.pk}, customer_account=b, contact=bea)
    assert qualification
    return {"accounts": (a, b), "contacts": (ada, bea), "leads": (lead, twin)}


def connect(one: Any, other: Any, role: ConnectionRole) -> Connection:
    ends = sorted(
        ((ContentType.objects.get_for_model(record).pk, record.pk) for record in (one, other)),
    )
    (a_type, a_id), (b_type, b_id) = ends
    return Connection.objects.create(a_type_id=a_type, a_id=a_id, a_role=role, b_type_id=b_type, b_id=b_id, b_role=role)


def pointing_to(record: Any) -> list[str]:
    """Every row of every table that points to the record, by foreign key, generic key or added field."""
    kind = ContentType.objects.get_for_model(record).pk
    found = []
    model: Any = type(record)
    for reference in references_to(model):
        rows = reference.model._base_manager.filter(**{reference.column: record.pk}, **reference.where(model))
        found += [f"{reference.model.__name__}.{reference.column} {row.pk}" for row in rows]
    found += [f"link {link.pk}" for link in TimelineLink.objects.filter(target_type_id=kind, target_id=record.pk)]
    found += [f"connection {row.pk}" for row in Connection.objects.of_record(record)]
    return found


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", ["accounts", "contacts", "leads"])
def test_whatever_pointed_to_the_loser_points_to_the_master_and_undo_restores_every_row(
    kind: str, seed: int, cast: Cast
) -> None:
    pair = list(_story(cast)[kind])
    random.Random(seed).shuffle(pair)
    master, loser = pair
    before = whole_database()
    links = set(TimelineLink.objects.values_list("activity", "target_type", "target_id"))

    done = merge(master, loser, actor=cast.administrator)

    assert [row for row in pointing_to(loser) if not row.startswith("Connection")] == []
    assert list(wrong_links()) == []
    loser.refresh_from_db()
    assert loser.deleted_at == done.at
    changed = {label for label, rows in whole_database().items() if rows != before[label]}
    assert changed <= {
        "leads.Lead", "customers.Account", "customers.Contact", "customers.Address", "customers.Connection",
        "users.Share", "activities.Activity", "activities.Participant", "sales.Opportunity",
        "sales.QualificationResult",
    }  # fmt: skip

    undo_merge(merge_id=done.pk, actor=cast.administrator, at=timezone.now())

    assert whole_database() == before
    assert set(TimelineLink.objects.values_list("activity", "target_type", "target_id")) == links
    assert list(wrong_links()) == []
    assert set(done.rows.values_list("outcome", flat=True)) == {"done"}


def test_added_fields_and_collisions_follow_and_keep_the_row_of_the_master(cast: Cast) -> None:
    a, b = _story(cast)["accounts"]
    share = Share.objects.for_record(a).get()

    done = merge(a, b, actor=cast.rep_a)

    opportunity = Opportunity.objects.get()
    assert (opportunity.customer_account_id, list(opportunity.custom.values())) == (a.pk, [a.pk])
    assert set(Share.objects.for_record(a).values_list("pk", "user")) >= {(share.pk, cast.rep_b.pk)}
    assert Share.objects.for_record(a).count() == 2
    assert sorted(a.addresses.values_list("is_default_bill_to", flat=True)) == [False, True]
    assert set(done.rows.filter(kind="dropped").values_list("label", flat=True)) == {
        "users.share",
        "customers.connection",
    }
    newest: Any = events_of(Account.with_bin.get(pk=b.pk)).first()
    assert newest.pgh_context["action"] == "account.merged"


def test_fields_tags_and_added_fields_are_chosen_one_by_one(cast: Cast) -> None:
    field = make_field("Note")
    one = make_lead(cast.rep_a, email="a@x.example", topic="", rating="hot", custom={field.key: "left"})
    two = make_lead(cast.rep_a, email="b@x.example", topic="Belt", rating="cold", custom={field.key: "right"})
    Lead.objects.filter(pk=one.pk).update(tags=[1, 3])
    Lead.objects.filter(pk=two.pk).update(tags=[2, 3], utm_source="fair")

    done = merge(one, two, actor=cast.rep_a, chosen={"email": two.pk, f"custom.{field.key}": two.pk})

    one.refresh_from_db()
    assert (one.email, one.email_key, one.topic, one.rating) == ("b@x.example", "b@x.example", "Belt", "hot")
    assert (one.custom, one.tags, one.utm_source) == ({field.key: "right"}, [1, 2, 3], "fair")
    # A field that somebody has changed since stays, the others go back.
    Lead.objects.filter(pk=one.pk).update(topic="Wide belt")
    undo_merge(merge_id=done.pk, actor=cast.rep_a, at=timezone.now())
    one.refresh_from_db()
    assert (one.email, one.email_key, one.topic, one.rating) == ("a@x.example", "a@x.example", "Wide belt", "hot")
    assert (one.custom, one.tags, one.utm_source) == ({field.key: "left"}, [1, 3], "")
    assert list(done.rows.filter(outcome="moved_on").values_list("before", flat=True)) == [{"topic": ""}]


def test_the_number_of_an_account_goes_to_the_master_and_back(cast: Cast) -> None:
    one = AccountFactory.create(name="One", owner=cast.rep_a)
    two = AccountFactory.create(name="Two", number="K-7", owner=cast.rep_a)
    done = merge(one, two, actor=cast.rep_a)
    one.refresh_from_db()
    assert one.number == "K-7"
    undo_merge(merge_id=done.pk, actor=cast.rep_a, at=timezone.now())
    one.refresh_from_db()
    assert (one.number, Account.objects.get(pk=two.pk).number) == ("", "K-7")


def test_taking_back_leaves_rows_that_have_moved_on_and_lists_them(cast: Cast) -> None:
    a, b, c = (AccountFactory.create(name=name, owner=cast.rep_a) for name in ("A", "B", "C"))
    kept, moved = (ContactFactory.create(last_name=name, account=b, owner=cast.rep_a) for name in ("Kept", "Moved"))
    done = merge(a, b, actor=cast.rep_a)
    Contact.objects.filter(pk=moved.pk).update(account=c)

    undo_merge(merge_id=done.pk, actor=cast.rep_a, at=timezone.now())

    kept.refresh_from_db()
    moved.refresh_from_db()
    assert (kept.account_id, moved.account_id) == (b.pk, c.pk)
    assert list(done.rows.filter(outcome="moved_on").values_list("label", "row_key")) == [
        ("customers.contact", moved.pk)
    ]


def test_merges_follow_one_another_and_are_taken_back_in_turn(cast: Cast) -> None:
    a, b, c = (AccountFactory.create(name=name, owner=cast.rep_a) for name in ("A", "B", "C"))
    contact = ContactFactory.create(account=a, owner=cast.rep_a)
    first, second = merge(b, a, actor=cast.rep_a), merge(c, b, actor=cast.rep_a)
    contact.refresh_from_db()
    assert contact.account_id == c.pk

    with pytest.raises(Conflict, match="B merged into C"):
        undo_merge(merge_id=first.pk, actor=cast.rep_a, at=timezone.now())
    undo_merge(merge_id=second.pk, actor=cast.rep_a, at=timezone.now())
    undo_merge(merge_id=first.pk, actor=cast.rep_a, at=timezone.now())

    contact.refresh_from_db()
    assert contact.account_id == a.pk
    with pytest.raises(Conflict, match="already"):
        undo_merge(merge_id=first.pk, actor=cast.rep_a, at=timezone.now())


def test_a_row_that_came_in_at_the_moment_of_the_merge_follows_and_goes_back(cast: Cast) -> None:
    a, b, c = (AccountFactory.create(name=name, owner=cast.rep_a) for name in ("A", "B", "C"))
    first, second = merge(b, a, actor=cast.rep_a), merge(c, b, actor=cast.rep_a)
    late = ContactFactory.create(account=a, owner=cast.rep_a)

    assert follow_merges(actor=SYSTEM, at=timezone.now()) == 2

    late.refresh_from_db()
    assert late.account_id == c.pk
    assert follow_merges(actor=SYSTEM, at=timezone.now()) == 0
    for done in (second, first):
        undo_merge(merge_id=done.pk, actor=cast.rep_a, at=timezone.now())
    late.refresh_from_db()
    assert late.account_id == a.pk


def test_a_merge_whose_master_is_gone_for_good_holds_no_other_up(cast: Cast) -> None:
    a, b, c, d = (AccountFactory.create(name=name, owner=cast.rep_a) for name in ("A", "B", "C", "D"))
    merge(b, a, actor=cast.rep_a), merge(d, c, actor=cast.rep_a)
    stays, follows = (ContactFactory.create(account=one, owner=cast.rep_a) for one in (a, c))
    Account._base_manager.filter(pk=b.pk)._raw_delete(using="default")

    assert follow_merges(actor=SYSTEM, at=timezone.now()) == 1

    stays.refresh_from_db()
    follows.refresh_from_db()
    assert (stays.account_id, follows.account_id) == (a.pk, d.pk)


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ("itself", Invalid),
        ("nobody", Invalid),
        ("hidden", NotFound),
        ("not mine", Forbidden),
        ("inactive", Conflict),
        ("circle", Conflict),
        ("circle further up", Conflict),
        ("late", Conflict),
    ],
)
def test_what_cannot_be_merged_is_refused_and_nothing_changes(case: str, error: type[Exception], cast: Cast) -> None:
    upper = AccountFactory.create(name="Upper", owner=cast.rep_a)
    middle = AccountFactory.create(name="Middle", owner=cast.rep_a, parent=upper)
    lower = AccountFactory.create(name="Lower", owner=cast.rep_a, parent=middle)
    hidden = AccountFactory.create(name="Hidden", owner=cast.rep_c)
    inactive = AccountFactory.create(name="Old", owner=cast.rep_a, state="inactive", status_reason="inactive")
    Share.objects.create(record=hidden, user=cast.rep_b)
    pairs: dict[str, tuple[Any, list[Any], Any]] = {
        "itself": (upper, [upper], cast.rep_a),
        "nobody": (upper, [], cast.rep_a),
        "hidden": (upper, [hidden], cast.rep_a),
        "not mine": (hidden, [AccountFactory.create(owner=cast.rep_b)], cast.rep_b),
        "inactive": (upper, [inactive], cast.rep_a),
        "circle": (middle, [upper], cast.rep_a),
        "circle further up": (lower, [upper], cast.rep_a),
        "late": (upper, [middle], cast.rep_a),
    }
    master, losers, actor = pairs[case]
    late = merge(master, *losers, actor=actor) if case == "late" else None
    before = whole_database()
    days = dt.timedelta(days=31)
    with pytest.raises(error):
        undo_merge(merge_id=late.pk, actor=actor, at=timezone.now() + days) if late else merge(
            master, *losers, actor=actor
        )
    assert whole_database() == before
    assert Merge.objects.count() == (late is not None)


def test_many_activities_follow_by_few_statements(cast: Cast) -> None:
    one, two = (make_lead(cast.rep_a, email=f"{name}@x.example") for name in "ab")
    kind = ContentType.objects.get_for_model(Lead)
    task = {"kind": "task", "regarding_type": kind, "regarding_id": two.pk, "owner": cast.rep_a}
    Activity.objects.bulk_create(
        Activity(subject=f"Call {number}", owning_unit=cast.north, **task) for number in range(MANY)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO activities_timelinelink"
            " (activity_id, target_type_id, target_id, at, owner_id, owning_unit_id)"
            " SELECT id, %s, %s, created_at, owner_id, owning_unit_id FROM activities_activity",
            [kind.pk, two.pk],
        )
    with CaptureQueriesContext(connection) as queries:
        done = merge(one, two, actor=cast.rep_a)
    assert len(queries) < 110  # four for each five hundred activities, the others whatever their number
    assert TimelineLink.objects.filter(target_type=kind, target_id=one.pk).count() == MANY
    undo_merge(merge_id=done.pk, actor=cast.rep_a, at=timezone.now())
    assert TimelineLink.objects.filter(target_type=kind, target_id=two.pk).count() == MANY
    assert Activity.objects.filter(regarding_id=two.pk).count() == MANY
