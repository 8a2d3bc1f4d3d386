"""Search by the beginnings of words: what is found, and that an index answers."""

import json
from typing import Any

import pytest
from django.db import connection

from crm.core.words import asked
from leads.models import Lead
from leads.models.lead import LEAD_WORDS
from leads.services.leads import create_lead
from tests.core.lead_rows import lead_row
from tests.factories.cast import Cast

HOSTILE = ["'", "''", "\\", "a\\'b", "a & b", "!a", "a:*", "a | b", "(", "<->", "%", "_", "a'); DROP TABLE x; --", "\t"]
HOSTILE += ["#", "<", "#'", "a@'.b", "-" * 200, "a-" * 100, "0" * 200, "\U0001f600", "\u202e", "&|!", "--1", "1-"]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Zimmer ann", "('zimmer':* & 'ann':*)"),
        ("Müller & Co.", "('muller':* & 'co':*)"),
        ("O'Neil", "(('o':* & 'neil':*))"),
        ("a\\", "('a\\\\':*)"),
        ("ann ann", "('ann':*)"),
        ("0012", "(('0012':* | '#12' | '<2100':*))"),
        ("QUO-2026-0012", "(((('quo':* & '2026':* & '0012':*) | '#quo-2026-12') | '#quo-2026-0012':*))"),
        ("+49 30 901820", "('49':* & ('30':* | '#30') & ('901820':* | '#901820' | '<028109':*)) | '<0281090394':*"),
        ("& - %", ""),
        ("", ""),
    ],
)
def test_a_text_asks_for_rows_that_have_all_its_words(text: str, begins: str) -> None:
    assert asked(text).begins == begins


@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_the_search(cast: Cast, text: str) -> None:
    lead = lead_row(cast.rep_a, f"Anna {text} Zimmer")
    assert list(Lead.objects.filter(LEAD_WORDS.begin_with("zimm"))) == [lead]
    assert list(Lead.objects.filter(LEAD_WORDS.begin_with(text))) in ([lead], [])
    assert list(Lead.objects.filter(LEAD_WORDS.match(asked(text).equals))) in ([lead], [])


NAMES = ["prescott", "PRES", "owen pres", "pres owen", "Maria", "anna-maria", "kestrel", "ŌWEN"]
MAILS = ["owen.j@kestrel-metals.example", "owen.j@kes", "@kestrel-m", "kestrel-metals.ex", "owen.j@"]
PHONES = ["+44 7700 900123", "900123", "0123", "07700 900123", "900/123", "+44 (0)7700 900-123", "00447700900123"]
NUMBERS = ["LEAD-2026-00012", "lead-2026-12", "2026-0012", "2026-12", "00012", "12", "#12", "lead-2026-000"]


@pytest.mark.django_db
def test_a_lead_is_found_by_name_company_email_phone_and_number(cast: Cast) -> None:
    values = {
        "first_name": "Owen Anna-Maria",
        "last_name": "Prescott",
        "company": "Kestrel Metals Ltd",
        "email": "Owen.J@Kestrel-Metals.example",
        "phone": "+447700900123",
    }
    other = lead_row(cast.rep_b, number="ROW-OTHER")
    lead = create_lead(values=values, owner=cast.rep_a, actor=cast.rep_a, at=other.created_at)
    Lead.objects.filter(pk=lead.pk).update(number="LEAD-2026-00012")
    for text in (*NAMES, *MAILS, *PHONES, *NUMBERS):
        assert list(Lead.objects.filter(LEAD_WORDS.begin_with(text))) == [lead], text
        assert not Lead.objects.filter(LEAD_WORDS.begin_with(f"{text} nobody")).exists(), text
    for text in ("escott", "lea", "7700", "90012", "2026", "1", "quo-2026-12", "2025-12"):
        assert not Lead.objects.filter(LEAD_WORDS.begin_with(text)).exists(), text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "folded"),
    [
        ("Plain TEXT", "plain text"),
        ("Überprüfung Straße", "uberprufung strasse"),
        ("Łódź Øre Ærø", "lodz ore aero"),
        ("Звонок", "звонок"),
        ("", ""),
    ],
)
def test_the_database_folds_as_python_does(given: str, folded: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_folded(%s)", [given])
        assert cursor.fetchone() == (folded,)


@pytest.mark.django_db
def test_a_search_is_answered_by_the_index_of_words(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        rows: Any = Lead.with_bin.filter(LEAD_WORDS.begin_with("rare")).order_by().explain(format="json")
    assert "lead_search" in json.dumps(rows)
