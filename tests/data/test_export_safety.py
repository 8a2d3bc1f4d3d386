"""No cell of an exported file is a formula, and nothing that is none is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.data.export.safety import as_typed, file_name, harmless, is_harmful

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\u202e=1+1",
    "=cmd|' /C calc'!A0",
    "'=1+1",
    "+49 170 1234567",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == (f"'{text[0]}'{text[1:]}" if text[0] in "\t\r\n" else f"'{text}")
    assert is_harmful(text)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ('x";=1+1', "x\";'=1+1"),
        ("x;=1+1", "x;'=1+1"),
        ("x,@SUM(A1)", "x,'@SUM(A1)"),
        ('say "=1+1"', 'say "\'=1+1"'),
        ("x\t+1", "x\t'+1"),
        ("x\r\n=1+1", "x\r\n'=1+1"),
        ("one\n- two", "one\n'- two"),
    ],
)
def test_no_formula_begins_where_a_program_that_separates_otherwise_begins_a_cell(text: str, safe: str) -> None:
    assert harmless(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Katrin",
        "a=b",
        "3-4",
        "a@b.example",
        "C++",
        "one\n\ntwo",
        "one\r\ntwo",
        "O'Brien",
        "'quoted'",
        "50 %",
        "Größe",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


@given(st.text(st.sampled_from("=+-@'\";,|\t\r\n \u00a0\uff1dab1"), max_size=12) | st.text(max_size=40))
def test_what_was_typed_comes_back_to_the_letter(text: str) -> None:
    assert as_typed(harmless(text)) == text


def test_a_hostile_text_of_a_megabyte_costs_no_more_than_its_length() -> None:
    for unit in (" ", "'", ";", "\n", "; ' "):
        text = unit * (1_000_000 // len(unit))
        assert as_typed(harmless(text)) == text


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("My open leads 2026-11-27", "my-open-leads-2026-11-27.csv"),
        ("../../etc/passwd", "etc-passwd.csv"),
        ('a"; filename=evil.exe\r\nX: y', "a-filename-evil.exe-x-y.csv"),
        ("Größte Angebote", "größte-angebote.csv"),
        ("\u202egnp.exe", "gnp.exe.csv"),
        ("...", "export.csv"),
        ("x" * 300, f"{'x' * 80}.csv"),
    ],
)
def test_a_name_of_a_file_is_a_name_and_nothing_else(title: str, name: str) -> None:
    assert file_name(title, "csv") == name
