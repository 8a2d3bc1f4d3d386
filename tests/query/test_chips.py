"""A query as chips."""

import pytest

from crm.core.query import chips, parse
from leads.models import Lead
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def shown(text: str, cast: Cast) -> list[tuple[str, str]]:
    return [(chip.name, chip.value) for chip in chips(parse(text), Lead, cast.rep_a)]


def test_a_chip_says_in_words_what_a_part_asks(cast: Cast) -> None:
    assert shown('megan "acme ltd" rating:hot,warm not source:trade_show', cast) == [
        ("", "megan"),
        ("", "“acme ltd”"),
        ("Rating", "Hot or Warm"),
        ("Source", "not Trade show"),
    ]
    assert shown("owner:me,anna estimated_value:>=10k created:2026-01..2026-03 company:acme* email:none", cast) == [
        ("Owner", "me or anna"),
        ("Estimated value", "≥ 10k"),
        ("Created", "2026-01 – 2026-03"),
        ("Company", "acme…"),
        ("E-mail", "nothing"),
    ]
    assert shown("(rating:hot or megan) account.industry:x", cast) == [
        ("", "rating:hot or megan"),
        ("Existing account: industry", "x"),
    ]
    assert shown("rating:hot or megan", cast) == [("", "rating:hot or megan")]
    assert shown("nothing:x", cast) == [("Nothing", "x")]
    assert shown("", cast) == []


def test_each_chip_knows_the_query_without_it(cast: Cast) -> None:
    found = chips(parse("a (b or c) rating:hot"), Lead, cast.rep_a)
    assert [(chip.text, chip.without) for chip in found] == [
        ("a", "(b or c) rating:hot"),
        ("(b or c)", "a rating:hot"),
        ("rating:hot", "a (b or c)"),
    ]
    assert [chip.without for chip in chips(parse("a"), Lead, cast.rep_a)] == [""]
