"""`?q=` of the lists: what it finds, what it says, and that nothing hostile gets further than a sentence."""

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

LISTS = (
    "leads",
    "accounts",
    "contacts",
    "opportunities",
    "quotes",
    "orders",
    "invoices",
    "products",
    "price-lists",
    "activities",
)
HOSTILE = {
    "x" * 10_000: "A query has at most 2000 characters; this one has 10000.",
    "(" * 200: "Brackets and “not” go at most 20 levels deep.",
    "owner__password:x": "There is no field “owner__password” here.",
    "owner.password:pbkdf2": "There is no field “owner.password” here.",
    "owner.is_administrator:yes": "There is no field “owner.is_administrator” here.",
    "version:1": "There is no field “version” here.",
    "name__regex:x": "There is no field “name__regex” here.",
    "owner:/.*/": "Patterns are not understood.",
    "owner:!me": "There is no operator “!”.",
    "created:' OR 1=1": "“'” is no date such as",
    "state:%": "“%” is none of the values of “state”",
    'owner:"': "This quotation mark is not closed.",
}
HARMLESS = ("%", "_", "'", "''; --", ":*", "&|!", "a & !b", "<->", "\\", "\\'", "*", "a:b:c:", "{{x}}", "a:%")


def page(client: Client, noun: str, text: str) -> str:
    response = client.get(f"/{noun}/?view=all&q={quote(text)}")
    assert response.status_code == 200, (noun, text)
    return unescape(response.content.decode())


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.administrator)


def names(text: str) -> list[str]:
    return re.findall(r'<td class="is-name[^>]*>(?:<span.*?</span>)?<a href="[^"]+" title="([^"]+)">', text)


def test_a_query_narrows_a_list(cast: Cast, anna: Client) -> None:
    make_lead(cast.rep_a, last_name="Hot", rating="hot")
    make_lead(cast.rep_b, last_name="Cold", rating="cold")
    assert names(page(anna, "leads", "rating:hot or owner:ben rating:warm")) == ["Megan Hot"]
    assert names(page(anna, "leads", "megan owner:ben")) == ["Megan Cold"]
    assert names(page(anna, "leads", "owner:me")) == []


def test_a_query_stands_beside_the_other_filters(cast: Cast, anna: Client) -> None:
    make_lead(cast.rep_a, last_name="Hot", rating="hot")
    make_lead(cast.rep_b, last_name="Warm", rating="warm")
    assert names(page(anna, "leads", "zzz")) == []
    response = anna.get("/leads/?view=all&rating=hot&q=megan+owner:anna,ben&sort=name")
    address = "/leads/?view=all&q=megan+owner%3Aanna%2Cben+rating%3Ahot&sort=name"
    assert (response.status_code, response["Location"]) == (302, address)
    assert names(unescape(anna.get(address).content.decode())) == ["Megan Hot"]


def test_filters_of_an_address_become_part_of_its_query(cast: Cast, anna: Client) -> None:
    """As long as the query says exactly the same; what nobody understands stays with its notice."""
    acme = AccountFactory.create(name='Acme "A" (old)', owner=cast.rep_a)
    twins = [AccountFactory.create(name="Twin", owner=cast.rep_a) for _one in range(2)]
    today = timezone.localdate().isoformat()
    for asked, query in {
        f"/leads/?created_from={today}&created_to={today}": f"state:open owner:me created:>={today} created:<={today}",
        f"/leads/?view=all&owner={cast.rep_a.pk}&source=partner&q=": 'owner:="Anna North" source:partner',
        "/accounts/?view=all&industry__iexact=none&credit_hold=true&q=x": 'x industry:="none" credit_hold:yes',
        f"/contacts/?view=all&account={acme.pk}": 'account:="Acme \\"A\\" (old)"',
    }.items():
        answer = anna.get(asked)
        assert answer.status_code == 302, asked
        assert parse_qs(urlsplit(answer["Location"]).query)["q"] == [query]
        assert anna.get(answer["Location"]).status_code == 200
    for asked in (f"/contacts/?view=all&account={twins[0].pk}", "/leads/?rating=lukewarm", "/leads/?q=a:&rating=hot"):
        assert anna.get(asked).status_code == 200, asked


def test_a_filter_in_the_query_finds_what_it_found_beside_it(cast: Cast, anna: Client) -> None:
    acme, zeta = (AccountFactory.create(name=name, owner=cast.rep_a) for name in ("Acme", "Acme Zeta"))
    for account, name in ((acme, "Ann"), (zeta, "Zoe")):
        ContactFactory.create(first_name=name, last_name="A", account=account, owner=cast.rep_a)
    found = anna.get(f"/contacts/?view=all&account={acme.pk}", follow=True)
    assert names(unescape(found.content.decode())) == ["Ann A"]


def test_a_misspelt_field_is_named_and_one_click_away(cast: Cast, anna: Client) -> None:
    text = page(anna, "leads", "megan ratng:hot")
    assert "There is no field “ratng” here. Did you mean “rating”?" in text
    assert '<a href="/leads/?view=all&q=megan+rating%3Ahot">Take rating</a>' in text


def test_a_query_that_cannot_be_understood_finds_nothing_and_says_why(cast: Cast, anna: Client) -> None:
    make_lead(cast.rep_a)
    text = page(anna, "leads", "megan colour:red")
    assert names(text) == []
    assert "There is no field “colour” here." in text


@pytest.mark.parametrize(("text", "sentence"), HOSTILE.items(), ids=lambda text: text[:20])
def test_what_is_hostile_gets_a_sentence(anna: Client, text: str, sentence: str) -> None:
    assert sentence in page(anna, "leads", text)


@pytest.mark.parametrize("noun", LISTS)
def test_no_sign_breaks_a_list(anna: Client, noun: str) -> None:
    for text in ("".join(HARMLESS), *HARMLESS):
        page(anna, noun, text)


def test_a_hidden_record_is_not_betrayed_by_any_query(cast: Cast, client_for: ClientFor) -> None:
    """Whatever the hidden account holds, the page is the same but for the text that was asked."""
    hidden = AccountFactory.create(name="Neutral", owner=cast.rep_c)
    ContactFactory.create(first_name="Ann", last_name="A", account=hidden, owner=cast.rep_a)
    client = client_for(cast.rep_a)
    near = ("industry:none", "email:any", "owner:cara")
    asked = ["account:secret", "not account.industry:secret", *(f"account.{field}" for field in near)]
    before = [names(page(client, "contacts", text)) for text in asked]
    now_held = {"name": "Secret", "sort_key": "secret", "industry": "secret", "email": "s@x.example"}
    type(hidden).objects.filter(pk=hidden.pk).update(**now_held)
    assert [names(page(client, "contacts", text)) for text in asked] == before
    assert before == [[], ["Ann A"], ["Ann A"], [], []]
