"""Search by the beginnings of words: what is found, and that an index answers."""

import json
from typing import Any

import pytest
from django.db import connection

from crm.core.words import asked_words
from leads.models import Lead
from leads.models.lead import LEAD_WORDS
from leads.services.leads import create_lead
from tests.core.lead_rows import lead_row
from tests.factories.cast import Cast

HOSTILE = ["'", "''", "\\", "a\\'b", "a & b", "!a", "a:*", "a | b", "(", "<->", "%", "_", "a'); DROP TABLE x; --", "\t"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Zimmer ann", "'zimmer':* & 'ann':*"),
        ("Müller & Co.", "'muller':* & 'co.':*"),
        ("O'Neil", "'o''neil':*"),
        ("a\\", "'a\\\\':*"),
        ("ann ann", "'ann':*"),
        ("+49 30 901820", "('+49':* & '30':* & '901820':*) | '+4930901820'"),
        ("& - %", ""),
        ("", ""),
    ],
)
def test_a_text_asks_for_rows_that_have_all_its_words(text: str, asked: str) -> None:
    assert asked_words(text) == asked


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_the_search(cast: Cast, text: str) -> None:
    lead = lead_row(cast.rep_a, f"Anna {text} Zimmer")
    assert list(Lead.objects.filter(LEAD_WORDS.begin_with("zimm"))) == [lead]
    assert list(Lead.objects.filter(LEAD_WORDS.begin_with(text))) in ([lead], [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ["prescott", "PRES", "owen pres", "Maria", "anna-maria", "kestrel", "owen@kes", "+44 7700 900123", "lead-", "ŌWEN"],
)
def test_a_lead_is_found_by_name_company_email_phone_and_number(cast: Cast, text: str) -> None:
    values = {
        "first_name": "Owen Anna-Maria",
        "last_name": "Prescott",
        "company": "Kestrel Metals Ltd",
        "email": "Owen@Kestrel.example",
        "phone": "+447700900123",
    }
    lead = create_lead(values=values, owner=cast.rep_a, actor=cast.rep_a, at=lead_row(cast.rep_b).created_at)
    assert list(Lead.objects.filter(LEAD_WORDS.begin_with(text))) == [lead]
    assert not Lead.objects.filter(LEAD_WORDS.begin_with(f"{text} nobody")).exists()


@pytest.mark.django_db
def test_a_search_is_answered_by_the_index_of_words(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        rows: Any = Lead.with_bin.filter(LEAD_WORDS.begin_with("rare")).order_by().explain(format="json")
    assert "lead_words" in json.dumps(rows)
