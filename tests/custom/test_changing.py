"""A field that is renamed, becomes another one, is retired or deleted while views and open forms use it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.custom.services import change_field, delete_field, restore_field, retire_field
from crm.core.custom.tasks import build_index
from crm.core.models import CustomField, Job
from crm.users.models import SavedView
from crm.users.services.saved_views import ViewValues, save_view
from leads.models import Lead
from sales.models import QuoteLine
from tests.custom.test_kinds import post
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.leads import make_lead
from tests.factories.sales import make_quote
from tests.fixtures import ClientFor
from tests.sales.test_lines_grid import grid, line_of

pytestmark = pytest.mark.django_db

type Change = Callable[[CustomField], object]


def renamed(field: CustomField) -> None:
    change_field(field_id=field.pk, values={"label": "Waist"}, actor=SYSTEM, at=timezone.now())


def retyped(field: CustomField) -> None:
    change_field(field_id=field.pk, values={"kind": "text"}, actor=SYSTEM, at=timezone.now())


def retired(field: CustomField) -> None:
    retire_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())


def deleted(field: CustomField) -> None:
    """Only what nobody fills can be deleted."""
    retired(field)
    Lead.objects.update(custom={})
    QuoteLine.objects.update(custom={})
    delete_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())


GONE = ["There is no column “girth” any more; it was left out.", "There is no field “girth” here."]
#: what is done, and what the view says then
VIEWS: list[tuple[Change, list[str]]] = [
    (renamed, []),
    (retyped, ["is text and has no larger and smaller"]),
    (retired, GONE),
    (deleted, GONE),
]


@pytest.mark.parametrize(("change", "sentences"), VIEWS)
def test_a_view_that_uses_it_opens_and_says_so(
    change: Change, sentences: list[str], cast: Cast, client_for: ClientFor
) -> None:
    field = make_field("Girth", "whole")
    lead = make_lead(cast.rep_a, last_name="Quill")
    Lead.objects.filter(pk=lead.pk).update(custom={"girth": "7"})
    values = ViewValues(name="Wide", columns="name,girth", query="girth:>3", sort="-girth", grouping="girth")
    view: Any = save_view(noun="leads.lead", values=values, actor=cast.rep_a, at=timezone.now())
    before = SavedView.objects.values().get(pk=view.pk)
    client, path = client_for(cast.rep_a), f"/leads/?view={view.key}"
    assert "Megan Quill" in client.get(path).content.decode()

    change(field)

    answer = client.get(path)
    page = answer.content.decode()
    assert (answer.status_code, "Megan Quill" in page) == (200, True)
    assert [sentence for sentence in sentences if sentence not in page] == []
    assert SavedView.objects.values().get(pk=view.pk) == before
    assert Lead.objects.get(pk=lead.pk).custom == ({} if change is deleted else {"girth": "7"})
    if change is retired:
        restore_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())
        assert "Megan Quill" in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("change", "kept"), [(renamed, {"girth": "8"}), (retyped, {"girth": "8"}), (retired, {"girth": "7"}), (deleted, {})]
)
def test_a_form_that_was_open_meanwhile_is_saved_and_loses_nothing(
    change: Change, kept: dict[str, str], cast: Cast, client_for: ClientFor
) -> None:
    fields = [make_field("Girth", "whole"), make_field("Girth", "whole", noun="sales.quoteline")]
    lead, quote = make_lead(cast.rep_a), make_quote(cast.rep_a)
    for rows in (Lead.objects.all(), QuoteLine.objects.all()):
        rows.update(custom={"girth": "7"})
    row = line_of(quote.lines.get(), custom_girth="8")
    for field in fields:
        change(field)
    client = client_for(cast.rep_a)

    assert post(client, lead, custom_girth="8").status_code == 302
    assert client.post(f"/quotes/{quote.pk}/lines/", grid(row)).status_code == 302

    lead.refresh_from_db()
    assert (lead.last_name, lead.custom) == ("Quill", kept)
    assert quote.lines.get().custom == kept


@pytest.mark.parametrize(("change", "is_there"), [(renamed, True), (retyped, False), (retired, True), (deleted, False)])
def test_the_index_follows(change: Change, is_there: bool, cast: Cast) -> None:
    field = make_field("Girth", "whole", is_searchable=True)
    build_index.call(Job.objects.get().pk)
    change(CustomField.objects.get(pk=field.pk))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = %s", [f"custom_field_{field.pk}"])
        assert cursor.fetchone() == (int(is_there),)
        cursor.execute("SELECT count(*) FROM pg_statistic_ext WHERE stxname = %s", [f"custom_values_{field.pk}"])
        assert cursor.fetchone() == (int(is_there),)
    if change is retyped:
        build_index.call(Job.objects.latest("pk").pk)
        assert CustomField.objects.get(pk=field.pk).index_state == "ready"
