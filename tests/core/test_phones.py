"""Phone numbers as they are compared."""

import pytest

from crm.core.phones import e164
from tests.leads import posted


@pytest.mark.parametrize(
    ("raw", "region", "number"),
    [
        ("+49 30 901820", None, "+4930901820"),
        ("+49 (0)30 901820", "US", "+4930901820"),
        ("0049 30 901820", None, "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("0049 30 901820", "US", "+4930901820"),
        ("030 901820", "de", "+4930901820"),
        ("030 901820", None, ""),
        ("(844)893-9092", "US", "+18448939092"),
        ("664.475.9382x4219", "US", "+16644759382"),
        ("+1 650 253 0000 ext. 5", None, "+16502530000"),
        ("tel:+49-30-901820", None, "+4930901820"),
        ("064-756-8491", "KR", "+82647568491"),
        ("+\u0664\u0669\u0663\u0660\u0669\u0660\u0661\u0668\u0662\u0660", None, "+4930901820"),
        ("12345", "US", ""),
        ("253 0000", "US", ""),
        ("030 901820", "XX", ""),
        ("not a phone", "US", ""),
        ("+", "US", ""),
        ("", "US", ""),
        ("+1" + "0" * 300, "US", ""),
    ],
)
def test_a_number_has_one_form_or_none(raw: str, region: str | None, number: str) -> None:
    assert e164(raw, region) == number


def test_hostile_strings_are_no_reason_to_fail() -> None:
    for text in posted.hostile_strings():
        for region in (None, "US"):
            assert e164(text, region)[:1] in ("", "+")
