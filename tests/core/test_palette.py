"""The palette: what it offers where, to whom, and that it remembers what somebody opened."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.core import finding_sql
from crm.core.screens.palette.marking import marked
from crm.core.search import sources
from crm.users.models import Recent, User
from crm.users.services import recents
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.sales import make_account, make_contact, make_quote
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "palette-answer"}


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    finding_sql.forget_reach()


def answer(client: Client, text: str = "", at: str = "/") -> dict[str, list[tuple[str, str]]]:
    """By heading the (title, address) below it."""
    response = client.get("/palette/", {"q": text, "at": at}, headers=HTMX)
    assert response.status_code == 200
    parts = response.content.decode().split('class="palette-title"')[1:]
    return {
        unescape(re.findall(r">([^<]+)</div>", part)[0]): [
            (unescape(re.sub("</?b>", "", title)), unescape(url))
            for url, title in re.findall(r'href="([^"]+)".*?class="palette-name">(.*?)</span>', part, re.DOTALL)
        ]
        for part in parts
    }


def titles(client: Client, text: str, heading: str, at: str = "/") -> list[str]:
    return [title for title, _url in answer(client, text, at).get(heading, [])]


def test_without_a_text_it_shows_what_was_opened_and_what_can_be_done(cast: Cast, client_for: ClientFor) -> None:
    client, lead = client_for(cast.rep_a), make_lead(cast.rep_a, last_name="Opened", phone="+44 20 7946 0100")
    assert client.get(f"/leads/{lead.pk}/").status_code == 200
    shown = answer(client, at=f"/leads/{lead.pk}/")
    assert [title for title, _url in shown["Opened last"]] == [str(lead)]
    acts = dict(shown[f"Do with {lead}"])
    assert acts["Edit"] == f"/leads/{lead.pk}/edit/"
    assert ("New lead", "/leads/new/") in shown["New"]
    assert ("Quotes", "/quotes/") in shown["Go to"]
    assert "Administration" not in dict(shown["Go to"])


def test_records_come_first_and_what_can_be_done_with_the_best(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    account = make_account(cast.rep_a, "Ostermoor Brauerei")
    make_contact(cast.rep_a, first_name="Katrin", last_name="Ostermoor", phone="+44 20 7946 0123")
    shown = answer(client, "ostermoor b")
    assert shown["Records"] == [("Ostermoor Brauerei", f"/accounts/{account.pk}/")]
    assert ("Edit", f"/accounts/{account.pk}/edit/") in shown["Do with Ostermoor Brauerei"]
    assert shown["Search"] == [("Everything with “ostermoor b”", "/search/?q=ostermoor+b")]
    assert titles(client, "oster", "Records") == ["Ostermoor Brauerei", "Katrin Ostermoor"]


def test_a_sign_before_the_words_says_what_is_wanted(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    make_account(cast.rep_a, "Lindqvist AB")
    make_contact(cast.rep_a, first_name="Lena", last_name="Lindqvist")
    quote = make_quote(cast.rep_a, name="Lindqvist sensors")
    assert answer(client, "@lind").keys() == {"People"}
    assert titles(client, "@ lind", "People") == ["Lena Lindqvist"]
    assert titles(client, f"#{quote.number[-4:]}", "Numbers") == ["Lindqvist sensors"]
    assert ("My open leads", "/leads/?view=my-open") in answer(client, "/my open")["Views"]
    assert dict(answer(client, ">new q")["New"]) == {"New quote": "/quotes/new/"}
    assert "Edit" in titles(client, ">ed", f"Do with {quote}", at=f"/quotes/{quote.pk}/")


def test_on_a_list_it_offers_what_can_be_done_with_the_list(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    acts = dict(answer(client, at="/leads/?view=open&q=rating:hot&after=x")["Do with this list"])
    address = "/leads/?view=open&q=rating%3Ahot"
    assert acts["Add a condition"] == f"{address}&panel=filter"
    assert acts["Columns, order, groups"] == f"{address}&panel=look"
    shown = answer(client, ">", at="/leads/?view=open&q=rating:hot")["Do with this list"]
    assert ("Save as a new view", "/views/new/?noun=leads.lead&q=rating%3Ahot") in shown
    assert dict(answer(client, ">exp", at="/leads/")["Do with this list"]).keys() == {"Export"}
    assert "Export" not in str(answer(client_for(cast.read_only), ">", at="/leads/?view=open"))
    assert "Do with this list" not in answer(client, ">", at="/settings/")


def test_what_was_typed_stands_out_and_markup_stays_text(cast: Cast, client_for: ClientFor) -> None:
    make_account(cast.rep_a, "Öster<b> & Söhne")
    text = client_for(cast.rep_a).get("/palette/", {"q": "soh oste"}, headers=HTMX).content.decode()
    assert '<span class="palette-name"><b>Öste</b>r&lt;b&gt; &amp; <b>Söh</b>ne</span>' in text
    assert marked("Straße strasse", "STRASS") == "<b>Straß</b>e <b>strass</b>e"
    assert marked("a < b", "") == "a &lt; b"


def test_what_is_hidden_is_not_offered_by_name_number_act_or_memory(cast: Cast, client_for: ClientFor) -> None:
    client, hidden = client_for(cast.rep_a), make_lead(cast.rep_c, last_name="Quillfeather")
    recents.note(cast.rep_a, Lead, hidden.pk)
    for text in ("", "quill", "@quill", f"#{hidden.number}", hidden.number, ">edit"):
        shown = answer(client, text, at=f"/leads/{hidden.pk}/")
        assert "Quillfeather" not in str(shown).replace("“quill”", ""), text
        assert f"/leads/{hidden.pk}/" not in str(shown), text


PLACES = ["", "/", "/leads/", "/leads/999/", "/nowhere/", "//evil.example/", "/leads/9" + "9" * 30]
TEXTS = ["", "\x00", ">", "@", "#", "/", ":*", "a:*&!(b|c)", "%", "_", "\u202e", "😀", "é" * 900, "x" * 1_000_000]


def test_anything_may_be_typed_anywhere(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    for number, text in enumerate(TEXTS):
        assert isinstance(answer(client, text, PLACES[number % len(PLACES)]), dict), text[:20]


def test_without_a_script_it_is_the_search(cast: Cast, client_for: ClientFor) -> None:
    response = client_for(cast.rep_a).get("/palette/?q=>anna")
    assert (response.status_code, response["Location"]) == (302, "/search/?q=anna")


def test_an_answer_costs_few_queries(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    for number in range(12):
        lead = make_lead(cast.rep_a, last_name=f"Anna {number}")
        recents.note(cast.rep_a, Lead, lead.pk)
    for text, most in (("", 8), ("anna", len(sources()) + 5), ("@anna", 4), (">edit", 6)):
        answer(client, text, at=f"/leads/{lead.pk}/")
        with CaptureQueriesContext(connection) as queries:
            answer(client, text, at=f"/leads/{lead.pk}/")
        assert len(queries) <= most, text


def test_what_is_opened_again_comes_first_and_what_is_old_goes(cast: Cast) -> None:
    for pk in range(1, recents.KEPT + 11):
        _opened(cast.rep_a, pk)
    _opened(cast.rep_b, 1)
    _opened(cast.rep_a, recents.KEPT)
    assert Recent.objects.filter(person=cast.rep_a).count() == recents.KEPT
    last = [pk for _model, pk in recents.last(cast.rep_a)]
    assert (len(last), last[0]) == (recents.SHOWN, recents.KEPT)
    assert recents.last(cast.rep_b) == [(Lead, 1)]


def _opened(person: User, pk: int) -> None:
    """Each at its own moment: within one transaction the clock of the database stands still."""
    recents.note(person, Lead, pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE users_recent SET opened_at = clock_timestamp() WHERE person_id = %s AND object_id = %s",
            [person.pk, pk],
        )
