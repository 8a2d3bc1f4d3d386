"""Statements that are compiled once: what is bound is asked, and a right that is lost is lost at once."""

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.core.access import READ, WRITE, find_for
from crm.core.errors import NotFound
from crm.core.prepared import Slot, prepared, rights_key
from crm.core.screens.buttons import rights_on
from crm.users.depth import Depth
from crm.users.models import Share, User, UserRole
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lead_screens")]


def fresh(person: User) -> User:
    """The person as the next request reads them."""
    return User.objects.get(pk=person.pk)


def test_a_statement_is_compiled_once_and_asked_with_each_value(cast: Cast) -> None:
    first, second = lead_row(cast.rep_a, "First"), lead_row(cast.rep_a, "Second")
    made: list[int] = []

    def named(pk: int) -> list[tuple[Any, ...]]:
        def rows() -> Any:
            made.append(pk)
            return Lead.objects.filter(pk=Slot("pk"), owner=cast.rep_a).values_list("name", "pk")

        return prepared("test of names", rows).tuples(pk=pk)

    assert named(first.pk) == [(first.name, first.pk)]
    assert named(second.pk) == [(second.name, second.pk)]
    assert named(first.pk + second.pk) == []
    assert made == [first.pk]


def test_records_come_with_what_is_read_along_and_change_like_any_others(cast: Cast) -> None:
    lead = lead_row(cast.rep_a, "First")

    def rows() -> Any:
        return Lead.objects.select_related("owner").filter(pk=Slot("pk"))

    (found,) = prepared("test of records", rows).records(pk=lead.pk)
    with CaptureQueriesContext(connection) as queries:
        assert (found.pk, found.owner, found.name) == (lead.pk, cast.rep_a, lead.name)
    assert len(queries) == 0
    found.refresh_from_db()
    assert found.name == lead.name


def test_a_statement_that_can_find_nothing_costs_no_query() -> None:
    nothing = prepared("test of nothing", lambda: Lead.objects.filter(pk__in=()).values_list("pk"))
    with CaptureQueriesContext(connection) as queries:
        assert (nothing.tuples(), nothing.records()) == ([], [])
    assert len(queries) == 0


def test_a_record_is_hidden_as_soon_as_the_role_or_the_share_is_gone(cast: Cast) -> None:
    grant(cast.rep_c, Depth.OWN, "read")
    lead = lead_row(cast.rep_a)
    with pytest.raises(NotFound):
        find_for(Lead, lead.pk, fresh(cast.rep_c))
    leads = ContentType.objects.get_for_model(Lead)
    share = Share.objects.create(
        content_type=leads, object_id=lead.pk, user=cast.rep_c, shared_by=cast.rep_a, may_write=False
    )
    assert find_for(Lead, lead.pk, fresh(cast.rep_c)) == lead
    share.delete()
    with pytest.raises(NotFound):
        find_for(Lead, lead.pk, fresh(cast.rep_c))
    own = lead_row(cast.rep_c)
    assert find_for(Lead, own.pk, fresh(cast.rep_c)) == own
    UserRole.objects.filter(user=cast.rep_c).delete()
    with pytest.raises(NotFound):
        find_for(Lead, own.pk, fresh(cast.rep_c))


def test_two_people_never_share_a_statement_that_depends_on_who_asks(cast: Cast) -> None:
    for person in (cast.rep_a, cast.rep_c):
        grant(person, Depth.OWN, "read")
    lead = lead_row(cast.rep_a)
    assert find_for(Lead, lead.pk, fresh(cast.rep_a)) == lead
    with pytest.raises(NotFound):
        find_for(Lead, lead.pk, fresh(cast.rep_c))
    keys = {rights_key(Lead, fresh(person), act) for person in (cast.rep_a, cast.rep_c) for act in (READ, WRITE)}
    assert len(keys) == 4


def test_what_the_row_in_hand_says_of_its_owner_is_not_asked(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read", "write", "delete")
    lead, actor = lead_row(cast.rep_a), fresh(cast.rep_a)
    assert actor.has_perm("leads.create_lead") is False
    with CaptureQueriesContext(connection) as queries:
        assert rights_on(lead, actor, {"write", "delete"}) == {"write": True, "delete": True}
    assert len(queries) == 0
    other = lead_row(cast.rep_c)
    assert rights_on(other, actor, {"write", "delete"}) == {"write": False, "delete": False}
