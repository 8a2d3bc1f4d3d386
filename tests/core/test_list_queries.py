"""The query box of a list: chips, errors at the word, conditions put together in a form, columns that are ticked."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from crm.core.screens.lists.boxes import joined
from crm.users.depth import Depth
from crm.users.models import Role, RolePrivilege
from crm.users.services.saved_views import ViewValues, save_view
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

DIALOG = {"HX-Request": "true", "HX-Target": "list-dialog-body"}


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    grant(cast.rep_a, Depth.OWN, "read", "create")
    lead_row(cast.rep_a, "Hot Mine", rating="hot", company="Acme")
    lead_row(cast.rep_a, "Cold Mine", rating="cold", company="Bolt")
    return client_for(cast.rep_a)


def page_of(client: Client, address: str = "", **headers: str) -> str:
    response = client.get(f"/leads/{address}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def names(page: str) -> list[str]:
    return sorted(re.findall(r'<td class="is-name at-name"><a href="[^"]+" title="[^"]+">([^<]+)</a>', page))


def chips(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'data-chip="([^"]*)"', page)]


def sent_to(client: Client, address: str) -> dict[str, list[str]]:
    response = client.get(f"/leads/{address}")
    assert response.status_code == 302
    return parse_qs(urlsplit(response["Location"]).query, keep_blank_values=True)


@pytest.mark.parametrize(
    ("query", "added", "found"),
    [
        ("", "rating:hot", "rating:hot"),
        ("state:open", "", "state:open"),
        ("state:open", "rating:hot", "state:open rating:hot"),
        ("state:open", "a or b", "state:open (a or b)"),
        ("a or b", "c", "(a or b) c"),
        ("state:open", "(", "state:open ("),
    ],
)
def test_what_is_added_holds_together_with_what_stands_there(query: str, added: str, found: str) -> None:
    assert joined(query, added) == found


@pytest.mark.django_db
def test_what_can_stand_at_the_cursor_is_proposed(anna: Client) -> None:
    part = page_of(anna, "?panel=complete&text=state:open+rating:h&at=19")
    assert re.findall(r'data-text="([^"]+)" data-start="(\d+)" data-end="(\d+)"', part) == [("hot", "18", "19")]
    assert 'data-text="rating:"' in page_of(anna, "?panel=complete&text=rat&at=3")
    assert 'role="option"' not in page_of(anna, f"?panel=complete&text={'x' * 3000}&at=99999999999")
    page_of(anna, "?panel=complete&text=%00&at=-1")


@pytest.mark.django_db
def test_the_query_of_a_view_stands_in_the_box_and_what_is_typed_joins_it(anna: Client) -> None:
    page = page_of(anna)
    assert chips(page) == ["state:open", "owner:me"]
    assert '<input type="hidden" name="q" value="state:open owner:me">' in page
    assert sent_to(anna, "?q=state:open+owner:me&add=rating:hot") == {"q": ["state:open owner:me rating:hot"]}
    page = page_of(anna, "?q=state:open+owner:me+rating:hot")
    assert names(page) == ["Hot Mine"]
    assert chips(page) == ["state:open", "owner:me", "rating:hot"]
    dropped = re.search(r'data-chip="rating:hot">.*?chip-drop" href="([^"]+)"', page, re.S)
    assert dropped
    assert names(page_of(anna, unescape(dropped.group(1)).removeprefix("/leads/"))) == ["Cold Mine", "Hot Mine"]
    edited = re.search(r'data-chip="rating:hot"><a class="chip-text" href="([^"]+)"', page)
    assert edited
    page = page_of(anna, unescape(edited.group(1)).removeprefix("/leads/"))
    assert 'value="rating:hot" autocomplete' in page
    assert names(page) == ["Hot Mine"]
    assert chips(page) == ["state:open", "owner:me"]


@pytest.mark.django_db
def test_an_error_stands_at_its_word_and_nothing_is_shown_until_it_is_right(anna: Client) -> None:
    page = page_of(anna, "?q=state:open+ratin:hot")
    assert "state:open <mark>ratin</mark>:hot</code> There is no field “ratin” here. Did you mean “rating”?" in page
    assert 'value="state:open ratin:hot"' in page
    assert 'aria-invalid="true" aria-describedby="query-wrong"' in page
    assert "Nothing is shown until the query can be understood" in page
    assert names(page) == []


@pytest.mark.django_db
def test_the_three_empty_lists_say_different_things(cast: Cast, anna: Client, client_for: ClientFor) -> None:
    assert "No lead matches this query" in page_of(anna, "?q=zzzz")
    grant(cast.rep_b, Depth.OWN, "read", "create")
    assert "No leads yet" in page_of(client_for(cast.rep_b))
    grant(cast.rep_c, Depth.OWN, "write")
    refused = client_for(cast.rep_c).get("/leads/")
    assert refused.status_code == 403
    assert "None of your roles gives you the right to read leads." in refused.content.decode()


@pytest.mark.django_db
def test_a_view_whose_query_names_a_field_that_is_gone_opens_with_the_rest(cast: Cast, anna: Client) -> None:
    values = ViewValues(name="Old", query="rating:hot shoe_size:44")
    view = save_view(noun="leads.lead", values=values, actor=cast.rep_a, at=timezone.now())
    page = page_of(anna, f"?view={view.key}")
    assert names(page) == ["Hot Mine"]
    assert "“shoe_size:44” was left out: There is no field “shoe_size” here." in page
    assert chips(page) == ["rating:hot"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen", "term"),
    [
        ("field=rating&operator=is&value=hot&value=warm", "rating:hot,warm"),
        ("field=rating&operator=not&value=hot", "not rating:hot"),
        ("field=rating&operator=none", "rating:none"),
        ("field=company&operator=is&value=Acme+%26+Sons", 'company:="Acme & Sons"'),
        ("field=company&operator=begins&value=Ac", "company:Ac*"),
        ("field=employees&operator=atleast&value=10", "employees:>=10"),
        ("field=created_at&operator=is&value=last-30-days", "created:last-30-days"),
        ("field=do_not_phone&operator=yes", "do_not_phone:yes"),
        ("field=owner&operator=is&value=me", "owner:me"),
        ("field=account.industry&operator=has&value=beer", "account.industry:beer"),
    ],
)
def test_a_condition_is_put_together_and_becomes_part_of_the_query(anna: Client, chosen: str, term: str) -> None:
    grant_accounts()
    address = sent_to(anna, f"?view=all&density=compact&q=state:open&{chosen}")
    assert address == {"view": ["all"], "density": ["compact"], "q": [f"state:open {term}"]}
    assert "query-wrong" not in page_of(anna, f"?q={address['q'][0].replace('&', '%26').replace('=', '%3D')}")


def grant_accounts() -> None:
    role = Role.objects.get(name="Test role of rep_a")
    RolePrivilege.objects.create(role=role, permission="customers.read_account", depth=Depth.OWN)


@pytest.mark.django_db
def test_a_field_is_chosen_first_and_then_what_can_be_asked_of_it(anna: Client) -> None:
    page = page_of(anna, "?panel=filter")
    assert "<html" in page
    assert '<option value="rating">Rating</option>' in page
    assert "operator" not in page.split("data-term")[1]
    part = page_of(anna, "?view=all&panel=filter&field=rating", **DIALOG)
    assert "<html" not in part
    assert '<input type="hidden" name="view" value="all">' in part
    assert 'name="value" value="hot"' in part
    assert "owner__password" not in part


@pytest.mark.django_db
def test_columns_are_ticked_moved_and_kept_in_the_address(anna: Client) -> None:
    part = page_of(anna, "?view=all&panel=look", **DIALOG)
    shown = re.findall(r'name="pick" value="([^"]+)" id="[^"]+" checked', part)
    assert shown[:3] == ["name", "company", "topic"]
    assert 'value="job_title" id="pick-job_title">' in part
    ticked = "pick=name&pick=company&pick=job_title"
    moved = page_of(anna, f"?view=all&{ticked}&move=up:job_title")
    assert re.findall(r'name="pick" value="([^"]+)" id="[^"]+" checked', moved) == ["name", "job_title", "company"]
    sent = sent_to(anna, f"?view=all&q=acme&{ticked}&density=compact&group=rating&sort=")
    assert sent == {
        "view": ["all"],
        "q": ["acme"],
        "columns": ["name,company,job_title"],
        "density": ["compact"],
        "group": ["rating"],
    }
    page = page_of(anna, "?view=all&columns=name,company,job_title&density=compact")
    assert 'class="table table-compact' in page
    usual = "&".join(f"pick={name}" for name in shown)
    assert sent_to(anna, f"?view=all&{usual}&density=&group=&sort=") == {"view": ["all"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "q=" + "(" * 200,
        "q=" + "a" * 10_000,
        "q=company:/^(a%2B)%2B$/",
        "q=owner__password:x",
        "q=%00&edit=%00&add=%00",
        "q=%ED%A0%80",
        "sort=owner__password",
        "sort=id);--",
        "sort=%22",
        "group=company);--",
        "group=owner__password",
        "columns=%00,id,owner__password,custom__x,%27,account.sort_key",
        "density=%3Cscript%3E",
        "layout=%3Cscript%3E",
        "layout=board&group=owner__password",
        "pick=%00&pick=,&move=sideways:name",
        "panel=look&columns=" + "name," * 5000,
        "panel=filter&field=owner__password",
        "field=owner__password&operator=is&value=x",
        "field=rating&operator=drop&value=x",
        "field=rating&operator=is",
        "only=1;--,%27,%00,9e9," + "7," * 5000,
        "view=saved-99999999999999999999",
    ],
)
def test_nothing_hostile_gets_further_than_a_sentence(cast: Cast, anna: Client, address: str) -> None:
    lead_row(cast.rep_c, "Hers")
    response = anna.get(f"/leads/?{address}", follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Hers" not in page
    assert "pbkdf2" not in page
    assert "<script>" not in page.split('id="list"')[-1]
