"""Columns whose values are read for the whole page at once, within the rights of the reader."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from crm.core.tables import LinkColumn, LookupColumn, Table
from crm.users.depth import Depth
from leads.models import Lead
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def towns(keys: Sequence[int], actor: Any) -> Mapping[int, Any]:
    found: Any = Lead.objects.visible_to(actor).filter(pk__in=keys).exclude(city="")
    return dict(found.values_list("pk", "city"))


class TownTable(Table):
    model = Lead
    columns = (LinkColumn("Name", "name"), LookupColumn("Town", towns, place="sub"))


def values_of(*leads: Lead) -> list[tuple[Any, ...]]:
    return [(lead.pk, lead.name) for lead in leads]


def test_a_looked_up_column_is_one_query_for_all_rows(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    leads = [lead_row(cast.rep_a, f"Name {number}", city=f"<Town {number}>") for number in range(5)]
    leads.append(lead_row(cast.rep_a, "Nowhere"))
    assert TownTable.fields() == ("pk", "name")
    cast.rep_a.has_perm("leads.read_lead")
    with CaptureQueriesContext(connection) as queries:
        page = TownTable.rows_html(values_of(*leads), actor=cast.rep_a)
    assert len(queries) <= 2, "the look-up, and the first time the number of the content type for shares"
    assert page.count('<td class="at-sub">&lt;Town ') == 5
    assert '<td class="at-sub">&lt;Town 3&gt;</td>' in page
    assert page.count('<td class="at-sub"></td>') == 1


def test_a_looked_up_value_is_one_that_the_reader_may_see(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    mine, hers = lead_row(cast.rep_a, "Mine", city="Bremen"), lead_row(cast.rep_c, "Hers", city="Lisbon")
    page = TownTable.rows_html(values_of(mine, hers), actor=cast.rep_a)
    assert "Bremen" in page
    assert "Lisbon" not in page
    assert "Bremen" not in TownTable.rows_html(values_of(mine)), "without a reader nothing is looked up"


def test_a_panel_looks_up_for_the_user_of_its_page(cast: Cast) -> None:
    grant(cast.rep_a, Depth.OWN, "read")
    lead = lead_row(cast.rep_a, "Mine", city="Bremen")
    pattern = Template("{% load formats %}{% rows table values %}")
    context = {"table": TownTable, "values": values_of(lead)}
    assert "Bremen" in pattern.render(Context({**context, "user": cast.rep_a}))
    assert "Bremen" not in pattern.render(Context(context))
