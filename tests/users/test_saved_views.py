"""Views that people keep: of whom, for whom, and what changing them at the same time does."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.errors import Conflict, Forbidden, Invalid, NotFound
from crm.core.history import events_of
from crm.users.models import SavedView, Team, TeamMembership, User, ViewPin
from crm.users.services import saved_views as services
from crm.users.services.saved_views import ViewValues
from tests.core.lead_rows import lead_row
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def keep(owner: User, name: str = "Hottest", **values: str) -> SavedView:
    return services.save_view(noun="leads.lead", values=ViewValues(name=name, **values), actor=owner, at=timezone.now())


@pytest.fixture
def team(cast: Cast) -> Team:
    team = Team.objects.create(name="Fair", business_unit=cast.north, kind="sharing")
    for person in (cast.rep_a, cast.rep_b):
        TeamMembership.objects.create(team=team, user=person)
    return team


def share(view: SavedView, *teams: Team, actor: User) -> None:
    services.share_view(view_id=view.pk, team_ids=[team.pk for team in teams], actor=fresh(actor), at=timezone.now())


def fresh(user: User) -> User:
    """As the next request reads them, with the teams of that moment."""
    return User.objects.get(pk=user.pk)


def page_of(client: Client, address: str = "") -> str:
    response = client.get(f"/leads/{address}")
    assert response.status_code == 200
    return response.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r'<td class="is-name at-name"><a href="[^"]+" title="[^"]+">([^<]+)</a>', page)


def columns_of(page: str) -> list[str]:
    """The boxes that are ticked, in their order."""
    return re.findall(r'name="columns" value="([^"]+)" id="pick-[^"]+" checked', page)


def sent(view: SavedView, **values: object) -> dict[str, object]:
    kept = {
        name: getattr(view, name)
        for name in ("name", "query", "columns", "sort", "grouping", "layout", "density", "version")
    }
    return {**kept, **values}


def test_a_view_is_kept_under_a_name_and_is_a_tab_of_its_owner(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Mine", company="Acme")
    client = client_for(cast.rep_a)
    asked = {"name": "My companies", "noun": "leads.lead", "columns": "name,company", "sort": "-company"}
    response = client.post("/views/new/", asked)
    view = SavedView.objects.get()
    assert response["Location"] == f"/leads/?view=saved-{view.pk}"
    assert (view.owner, view.columns, view.sort, view.version) == (cast.rep_a, "name,company", "-company", 1)
    assert [str(event.pgh_context["action"]) for event in events_of(view)] == ["view.saved"]  # type: ignore[attr-defined]  # of the event table
    page = page_of(client, f"?view=saved-{view.pk}")
    assert re.search(rf'<a href="/leads/\?view=saved-{view.pk}" aria-current="page">My companies</a>', page)
    assert "Est. value" not in page.split("<tbody>")[0].split("<thead>")[1]
    assert f'/views/{view.pk}/edit/"' in page


def test_what_the_address_adds_is_offered_to_be_saved(cast: Cast, client_for: ClientFor) -> None:
    view = keep(cast.rep_a, columns="name,company")
    client = client_for(cast.rep_a)
    assert "Save the changes" not in page_of(client, f"?view={view.key}")
    page = page_of(client, f"?view={view.key}&columns=name,topic&density=compact")
    link = re.search(r'href="(/views/\d+/edit/\?[^"]+)"[^>]*>Save the changes', page)
    assert link
    form = client.get(link.group(1).replace("&amp;", "&")).content.decode()
    assert columns_of(form) == ["name", "topic"]
    assert '<input type="radio" name="density" value="compact" id="id_density_1" checked>' in form
    client.post(f"/views/{view.pk}/edit/", sent(view, columns="name,topic", density="compact"))
    view.refresh_from_db()
    assert (view.columns, view.density, view.version) == ("name,topic", "compact", 2)


def test_a_view_opens_as_the_board_that_it_was_kept_as(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Mine", rating="hot")
    client = client_for(cast.rep_a)
    page = page_of(client, "?view=all&layout=board&group=rating")
    link = re.search(r'href="(/views/new/\?[^"]+)"', page)
    assert link
    form = client.get(link.group(1).replace("&amp;", "&")).content.decode()
    assert '<input type="radio" name="layout" value="board" id="id_layout_1" checked>' in form
    client.post("/views/new/", {"name": "Ratings", "noun": "leads.lead", "grouping": "rating", "layout": "board"})
    view = SavedView.objects.get()
    assert (view.grouping, view.layout) == ("rating", "board")
    assert 'class="board"' in page_of(client, f"?view={view.key}")
    as_list = page_of(client, f"?view={view.key}&layout=")
    assert 'class="is-group"' in as_list
    assert f'<a href="/leads/?view={view.key}">Board</a>' in as_list
    services.update_view(
        view_id=view.pk, values=ViewValues(name="Ratings"), version=1, actor=cast.rep_a, at=timezone.now()
    )
    assert SavedView.objects.get().layout == ""


def test_a_view_that_names_a_column_that_is_gone_still_opens_and_says_so(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Mine")
    view = keep(cast.rep_a, columns="name,shoe_size", sort="shoe_size", grouping="shoe_size")
    page = page_of(client_for(cast.rep_a), f"?view={view.key}")
    assert names(page) == ["Mine"]
    for sentence in ("no column “shoe_size” any more", "cannot be sorted by “shoe_size”", "cannot be grouped by"):
        assert sentence in page


def test_what_somebody_wrote_into_the_row_of_a_view_is_only_left_out(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Mine")
    lead_row(cast.rep_c, "Hers")
    view = keep(cast.rep_a)
    for hostile in ("owner__password", 'id";--', "name__regex", "%s", "a.b.c", "company\n); --"):
        SavedView.objects.filter(pk=view.pk).update(
            query=f"{hostile}:x",
            columns=f"name,{hostile}",
            sort=hostile,
            grouping=hostile,
            density="huge",
            layout=hostile[:10],
        )
        page = page_of(client_for(cast.rep_a), f"?view={view.key}")
        assert names(page) in ([], ["Mine"]), hostile
        assert "Hers" not in page
        assert "pbkdf2" not in page


def test_a_shared_view_is_found_by_the_team_and_by_nobody_else(cast: Cast, client_for: ClientFor, team: Team) -> None:
    view = keep(cast.rep_a, "Hannover fair")
    assert "Hannover fair" not in page_of(client_for(cast.rep_b))
    share(view, team, actor=cast.rep_a)
    assert "Hannover fair" in page_of(client_for(cast.rep_b))
    for person in (cast.rep_c, cast.manager):
        page = page_of(client_for(person), f"?view={view.key}")
        assert "Hannover fair" not in page
        assert f"There is no view “{view.key}”" in page
        assert client_for(person).get(f"/views/{view.pk}/edit/").status_code == 404
        assert client_for(person).post(f"/views/{view.pk}/pin/").status_code == 404
    assert not ViewPin.objects.exclude(user=cast.rep_a).exists()


def test_only_the_owner_and_administrators_change_a_shared_view(cast: Cast, client_for: ClientFor, team: Team) -> None:
    view = keep(cast.rep_a)
    share(view, team, actor=cast.rep_a)
    colleague = client_for(cast.rep_b)
    assert colleague.post(f"/views/{view.pk}/edit/", sent(view, name="Mine now")).status_code == 403
    assert colleague.post(f"/views/{view.pk}/delete/").status_code == 403
    with pytest.raises(Forbidden):
        share(view, actor=cast.rep_b)
    assert (SavedView.objects.get().name, view.shares.count()) == ("Hottest", 1)
    page = page_of(colleague, f"?view={view.key}&density=roomy")
    assert "Save as a new view" in page
    assert "Save the changes" not in page
    administrator = client_for(cast.administrator)
    assert administrator.post(f"/views/{view.pk}/edit/", sent(view, name="For all", teams=[team.pk])).status_code == 302
    assert SavedView.objects.get().name == "For all"


def test_an_administrator_does_not_see_what_is_shared_with_nobody(cast: Cast, client_for: ClientFor) -> None:
    view = keep(cast.rep_a, "Secret plan")
    assert client_for(cast.administrator).get(f"/views/{view.pk}/edit/").status_code == 404
    assert "Secret plan" not in page_of(client_for(cast.administrator))


def test_two_people_who_change_a_view_both_see_both_versions(cast: Cast, client_for: ClientFor, team: Team) -> None:
    view = keep(cast.rep_a, columns="name")
    share(view, team, actor=cast.rep_a)
    opened = sent(view, teams=[team.pk])
    ordered = {**opened, "columns": "name,topic", "sort": "-estimated_value"}
    client_for(cast.administrator).post(f"/views/{view.pk}/edit/", {**opened, "columns": "name,company"})
    response = client_for(cast.rep_a).post(f"/views/{view.pk}/edit/", ordered)
    page = response.content.decode()
    assert response.status_code == 409
    versions = re.findall(r'<td class="is-strong"[^>]*>([^<]+)</td>', page)
    assert versions == ["Name, Topic", "Name, Company", "Est. value, descending", "The usual order"]
    assert (SavedView.objects.get().columns, columns_of(page)) == ("name,company", ["name", "topic"])
    kept = {**opened, "columns": "name,topic", "version": "2", "keep-columns": "saved", "sort": "-created_at"}
    assert client_for(cast.rep_a).post(f"/views/{view.pk}/edit/", kept).status_code == 302
    assert (SavedView.objects.get().columns, SavedView.objects.get().sort) == ("name,company", "-created_at")
    with pytest.raises(Conflict):
        services.update_view(
            view_id=view.pk, values=ViewValues(name="x"), version=1, actor=cast.rep_a, at=timezone.now()
        )


def test_without_scripts_a_button_moves_a_column_and_nothing_is_saved_or_lost(
    cast: Cast, client_for: ClientFor, team: Team
) -> None:
    view = keep(cast.rep_a, columns="name,company,topic")
    client = client_for(cast.rep_a)
    typed = sent(view, name="Half typed", columns=["name", "company", "topic"], teams=[team.pk], version=1)
    services.update_view(
        view_id=view.pk, values=ViewValues(name="Other"), version=1, actor=cast.rep_a, at=timezone.now()
    )
    page = client.post(f"/views/{view.pk}/edit/", {**typed, "move": "up:topic"}).content.decode()
    assert columns_of(page) == ["name", "topic", "company"]
    for kept in (
        'value="Half typed"',
        'name="version" value="1"',
        f'name="teams" value="{team.pk}" id="id_teams_0" checked',
    ):
        assert kept in page
    assert (SavedView.objects.get().name, view.shares.count()) == ("Other", 0)
    new = {"name": "New", "noun": "leads.lead", "columns": ["name", "company"], "move": "down:name"}
    assert columns_of(client.post("/views/new/", new).content.decode()) == ["company", "name"]
    assert SavedView.objects.count() == 1


def test_what_is_gone_stays_in_a_view_that_is_renamed_until_it_is_taken_away(cast: Cast, client_for: ClientFor) -> None:
    view = keep(cast.rep_a, columns="name,shoe_size", sort="-shoe_size", grouping="hat", query="shoe_size:44")
    client = client_for(cast.rep_a)
    page = client.get(f"/views/{view.pk}/edit/").content.decode()
    assert columns_of(page) == ["name", "shoe_size"]
    assert page.count(">“shoe_size”, which is gone<") == 2
    assert '<option value="hat" selected>“hat”, which is gone</option>' in page
    assert client.post(f"/views/{view.pk}/edit/", sent(view, name="Renamed")).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.columns, view.sort, view.grouping) == ("Renamed", "name,shoe_size", "-shoe_size", "hat")
    assert client.post(f"/views/{view.pk}/edit/", sent(view, columns="name", sort="", grouping="")).status_code == 302
    again = client.post(f"/views/{view.pk}/edit/", sent(SavedView.objects.get(), columns="name,shoe_size"))
    assert (again.status_code, SavedView.objects.get().columns) == (422, "name")


def test_a_view_with_the_usual_columns_follows_its_list(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    page = client.get("/views/new/?noun=leads.lead&q=rating:hot").content.decode()
    usual = columns_of(page)
    assert usual[:2] == ["name", "company"]
    assert '<option value="estimated_value">Est. value</option>' in page
    client.post("/views/new/", {"noun": "leads.lead", "name": "Usual", "query": "rating:hot", "columns": usual})
    client.post("/views/new/", {"noun": "leads.lead", "name": "Turned", "columns": usual[::-1]})
    kept = dict(SavedView.objects.values_list("name", "columns"))
    assert kept == {"Usual": "", "Turned": ",".join(usual[::-1])}


def test_a_team_that_lost_a_view_keeps_neither_tab_nor_first_view(
    cast: Cast, client_for: ClientFor, team: Team
) -> None:
    lead_row(cast.rep_b, "His")
    view = keep(cast.rep_a)
    share(view, team, actor=cast.rep_a)
    colleague = client_for(cast.rep_b)
    assert colleague.post(f"/views/{view.pk}/pin/")["Location"] == f"/leads/?view={view.key}"
    assert colleague.post(f"/views/leads.lead/{view.key}/first/").status_code == 302
    assert re.search(r'aria-current="page">Hottest<', page_of(colleague))
    share(view, actor=cast.rep_a)
    page = page_of(colleague)
    assert "Hottest" not in page
    assert names(page) == ["His"]
    assert list(ViewPin.objects.values_list("user", flat=True)) == [cast.rep_a.pk]


def test_a_list_opens_with_the_view_that_its_reader_chose(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    assert client.post("/views/leads.lead/all/first/")["Location"] == "/leads/?view=all"
    assert re.search(r'aria-current="page">All leads<', page_of(client))
    assert re.search(r'aria-current="page">My open leads<', page_of(client_for(cast.rep_b)))
    for key in ("none", "saved-77", "saved-x"):
        assert client.post(f"/views/leads.lead/{key}/first/").status_code == 404
    assert client.post("/views/users.user/all/first/").status_code == 404
    assert re.search(r'aria-current="page">All leads<', page_of(client))


def test_a_view_is_shared_with_teams_of_ones_own_only(cast: Cast, client_for: ClientFor, team: Team) -> None:
    others = Team.objects.create(name="Others", business_unit=cast.south)
    view = keep(cast.rep_a)
    with pytest.raises(Invalid):
        share(view, others, actor=cast.rep_a)
    response = client_for(cast.rep_a).post(f"/views/{view.pk}/edit/", sent(view, teams=[others.pk]))
    assert response.status_code == 422
    assert not view.shares.exists()
    services.share_view(view_id=view.pk, team_ids=[team.pk], actor=fresh(cast.rep_a), at=timezone.now())
    assert [one.team for one in view.shares.all()] == [team]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "HOTTEST"}, 422),
        ({"name": "x" * 81}, 422),
        ({"name": "New", "noun": "users.user"}, 422),
        ({"name": "New", "noun": "no"}, 422),
        ({"name": "New", "density": "huge"}, 422),
        ({"name": "New", "layout": "map"}, 422),
        ({"name": "New", "sort": "owner__password"}, 422),
        ({"name": "New", "grouping": "id"}, 422),
        ({"name": "New", "columns": "name,password"}, 422),
        ({"name": "New", "query": "ratng:hot"}, 422),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(
    cast: Cast, client_for: ClientFor, values: dict[str, str], status: int
) -> None:
    keep(cast.rep_a)
    assert client_for(cast.rep_a).post("/views/new/", {"noun": "leads.lead", **values}).status_code == status
    assert SavedView.objects.count() == 1


def test_deleting_a_view_asks_first_and_leaves_the_records(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Mine")
    view = keep(cast.rep_a)
    client = client_for(cast.rep_a)
    assert "Delete the view “Hottest”?" in client.get(f"/views/{view.pk}/delete/").content.decode()
    assert client.post(f"/views/{view.pk}/delete/")["Location"] == "/leads/"
    assert names(page_of(client)) == ["Mine"]
    with pytest.raises(NotFound):
        services.delete_view(view_id=view.pk, actor=cast.rep_a, at=timezone.now())


def test_views_cost_a_list_one_query_and_nobody_else_any(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Mine")
    lead_row(cast.rep_b, "His")
    counted = {}
    for person in (cast.rep_a, cast.rep_b):
        if person == cast.rep_a:
            for number in range(20):
                keep(person, f"View {number}")
        client = client_for(person)
        page_of(client)
        with CaptureQueriesContext(connection) as seen:
            page_of(client)
        counted[person] = len(seen)
    assert counted[cast.rep_a] == counted[cast.rep_b] + 1 <= 6
