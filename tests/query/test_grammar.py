"""The grammar of queries: what is read, how it is written, and what is refused at which place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.core.query import QueryError, parse, words_text, write
from crm.core.query.nodes import And, Node, Not, Or, Query, Term, Value, Word
from tests.query.trees import trees


def term(name: str, *values: Value) -> Term:
    return Term(name, values)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("", None),
        ("  ", None),
        ("acme", Word("acme")),
        ("acme zürich", And((Word("acme"), Word("zürich")))),
        ("acme and zürich", And((Word("acme"), Word("zürich")))),
        ('"acme zürich"', Word("acme zürich", quoted=True)),
        ("“acme zürich”", Word("acme zürich", quoted=True)),
        (r'"5\" pipe \\"', Word('5" pipe \\', quoted=True)),
        ("state:open", term("state", Value("open"))),
        ("account.industry:software", term("account.industry", Value("software"))),
        ("rating:hot,warm", term("rating", Value("hot"), Value("warm"))),
        ("rating:hot, warm", term("rating", Value("hot"), Value("warm"))),
        ('rating:"very hot",warm', term("rating", Value("very hot", quoted=True), Value("warm"))),
        ("value:>=1000", term("value", Value("1000", ">="))),
        ("value:10..20", term("value", Value("10", upto="20"))),
        ("value:10..", term("value", Value("10", upto=""))),
        ("value:..20,30..", term("value", Value("", upto="20"), Value("30", upto=""))),
        ("created:2026-01..2026-03", term("created", Value("2026-01", upto="2026-03"))),
        ("company:acme*", term("company", Value("acme", begins=True))),
        ('company:"acme ind"*', term("company", Value("acme ind", begins=True, quoted=True))),
        ("company:*", term("company", Value("*"))),
        ('email:""', term("email", Value("", quoted=True))),
        ("not a", Not(Word("a"))),
        ("not not a", Not(Not(Word("a")))),
        ("a or b c", Or((Word("a"), And((Word("b"), Word("c")))))),
        ("(a or b) c", And((Or((Word("a"), Word("b"))), Word("c")))),
        ("((a b) c)", And((Word("a"), Word("b"), Word("c")))),
        ("a OR NOT b", Or((Word("a"), Not(Word("b"))))),
        ("not (a b)", Not(And((Word("a"), Word("b"))))),
        ("at 12:30 https://acme.example/x?y=1", And((Word("at"), Word("12:30"), Word("https://acme.example/x?y=1")))),
        ("anna@acme.example", Word("anna@acme.example")),
        ('5"', Word('5"')),
    ],
)
def test_a_text_is_read(text: str, root: Node | None) -> None:
    assert parse(text) == Query(root)


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("(a", "(", "This bracket is not closed."),
        ("a)", ")", "This bracket was never opened."),
        ("()", ")", "There is nothing between these brackets."),
        ("a or", "or", "Something is missing after “or”."),
        ("(a or)", ")", "Something is missing after “or”."),
        ("or a", "or", "“or” stands between two things to look for."),
        ("a and or b", "or", "“or” stands between two things to look for."),
        ("not", "not", "Something is missing after “not”."),
        ('a "b c', '"b c', "This quotation mark is not closed."),
        ("state:", "state:", "Something is missing after “state:”."),
        ("state: open", "state:", "Something is missing after “state:”."),
        ("value:>", "value:>", "Something is missing after “value:>”."),
        ("rating:hot,", "rating:hot,", "Something is missing after “rating:hot,”."),
        ("name:!=x", "!=", "There is no operator “!=”. There are =, <, <=, >, >= and “not” before a term."),
        ("name:~x", "~", "There is no operator “~”. There are =, <, <=, >, >= and “not” before a term."),
        ("value:>1..2", ">1..2", "Either compare or give a range, not both."),
        ("value:<a*", "<a*", "A star goes with no comparison."),
        ("value:1..2..3", ".", "Put a space here, or quotation marks around the whole value."),
        ("topic:/^x.*/", "/^x.*/", "Patterns are not understood. A star at the end stands for any ending."),
    ],
)
def test_what_cannot_be_read_is_shown_at_its_place(text: str, at: str, sentence: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert (refused.value.sentence, text[refused.value.start : refused.value.end]) == (sentence, at)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 10_000, "A query has at most 2000 characters; this one has 10000."),
        ("(" * 200, "Brackets and “not” go at most 20 levels deep."),
        ("(" * 200 + "a" + ")" * 200, "Brackets and “not” go at most 20 levels deep."),
        ("not " * 300 + "a", "Brackets and “not” go at most 20 levels deep."),
        ("a " * 101, "A query has at most 100 words and values."),
        ("a:" + "1," * 200 + "1", "A query has at most 100 words and values."),
    ],
)
def test_what_is_too_much_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert refused.value.sentence == sentence


def test_what_is_just_enough_is_read() -> None:
    assert parse("(" * 20 + "a" + ")" * 20) == Query(Word("a"))
    assert len(parse("a " * 100).parts()) == 100
    assert parse("x" * 2_000)


@settings(max_examples=300, deadline=None)
@given(trees())
def test_a_query_that_is_written_is_read_as_the_same(root: Node) -> None:
    text = write(Query(root))
    assert parse(text) == Query(root)
    assert write(parse(text)) == text


@settings(max_examples=300, deadline=None)
@given(st.text('ab:"“”()<>=*., \\/-5not', max_size=30) | st.text(max_size=30))
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    try:
        query = parse(text)
        refused = None
    except QueryError as error:
        query, refused = Query(), error
    if refused is not None:
        assert refused.sentence
        assert 0 <= refused.start < refused.end <= len(text)
    assert parse(write(query)) == query


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_be_looked_for_as_words(text: str) -> None:
    query = parse(words_text(text))
    assert [part.text for part in query.parts() if isinstance(part, Word)] == text.split()


def test_spans_are_places_in_the_text() -> None:
    text = "a (owner:me,anna or b)"
    either = parse(text).parts()[1]
    assert isinstance(either, Or)
    first = either.parts[0]
    assert isinstance(first, Term)
    spans = (first.span, first.name_span, *(value.span for value in first.values))
    assert [text[span.start : span.end] for span in spans] == ["owner:me,anna", "owner", "me", "anna"]
