"""One meaning of a list's address: the list, an export and a bulk act take the same rows."""

import pytest
from django.http import QueryDict

from crm.core.screens import Selection, selection
from crm.users.depth import Depth
from crm.users.models import User
from tests.core.lead_rows import grant, lead_row
from tests.core.lead_screens import LeadListView
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def selected(actor: User, address: str) -> Selection:
    return selection(LeadListView(), QueryDict(address), actor)


def names(found: Selection) -> list[str]:
    return sorted(found.visible.values_list("name", flat=True))


def test_an_address_selects_what_its_list_shows_and_only_what_the_actor_sees(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    lead_row(cast.rep_a, "Hot", rating="hot")
    lead_row(cast.rep_a, "Cold", rating="cold")
    lead_row(cast.rep_c, "Hers", rating="hot")
    found = selected(cast.rep_a, "view=all&rating=hot&sort=-sort_key&after=whatever")
    assert names(found) == ["Hot"]
    assert found.count.number == 1
    assert [row[1] for row in found.page().rows] == ["Hot"]
    assert (found.sort, found.notices, found.is_narrowed) == ("-sort_key", (), True)


def test_all_rows_are_selected_and_not_one_page(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    for number in range(60):
        lead_row(cast.rep_a, f"Lead {number:02}")
    assert len(names(selected(cast.rep_a, ""))) == 60


def test_what_was_left_out_is_said_so_that_nobody_changes_more_than_was_meant(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    lead_row(cast.rep_a, "Mine")
    assert selected(cast.rep_a, "rating=lukewarm").notices != ()
    assert selected(cast.rep_a, "colour=red").notices == ("“colour” is not a filter of this list and was ignored.",)


def test_records_can_be_named_one_by_one_whatever_the_view_asks(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    ann, bob, _cleo = (lead_row(cast.rep_a, name, rating="cold") for name in ("Ann", "Bob", "Cleo"))
    hers = lead_row(cast.rep_c, "Hers")
    found = selected(cast.rep_a, f"view=all&q=rating:hot&only={bob.pk},{ann.pk},{hers.pk},{ann.pk}&sort=sort_key")
    assert names(found) == ["Ann", "Bob"]
    assert (found.sort, found.exact, found.is_asked, found.query) == ("sort_key", True, True, "")
    for wrong in ("x", "1;2", f"{ann.pk},-1", f"{'9' * 30}", ",".join(map(str, range(1, 600)))):
        assert not selected(cast.rep_a, f"only={wrong}").exact, wrong
    assert names(selected(cast.rep_a, "only=")) == []


def test_who_may_not_read_the_table_selects_nothing(cast: Cast) -> None:
    grant(cast.rep_a, Depth.ALL, "write")
    lead_row(cast.rep_a, "Mine")
    found = selected(cast.rep_a, "view=all")
    assert (names(found), found.count.number, found.page().rows) == ([], 0, [])
