"""`?q=` of the lists: what it finds, what it says, and that nothing hostile gets further than a sentence."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.test import Client

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
    response = anna.get("/leads/?view=all&rating=hot&q=megan+owner:anna,ben")
    assert names(unescape(response.content.decode())) == ["Megan Hot"]


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
