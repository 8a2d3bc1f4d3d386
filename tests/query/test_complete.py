"""What is proposed at the cursor, for whom, and what it takes the place of."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.core.fields import Model
from crm.core.models import StatusReason
from crm.core.query import Suggestion, complete
from crm.core.query.cursor import piece_at
from crm.core.tags import make_tag
from crm.customers.models import Contact
from crm.users.depth import Depth
from leads.models import Lead
from sales.models import Opportunity
from tests.core.lead_rows import grant
from tests.factories.cast import Cast
from tests.factories.catalog import PriceListFactory
from tests.factories.customers import AccountFactory
from tests.factories.users import TeamFactory

pytestmark = pytest.mark.django_db


def proposed(text: str, actor: object, model: Model = Lead) -> list[str]:
    """The texts at the cursor, which stands where the bar is."""
    cursor = text.index("|")
    return [one.text for one in complete(text.replace("|", ""), cursor, model, actor)]


def chosen(text: str, one: Suggestion) -> str:
    return text[: one.start] + one.text + text[one.end :]


def test_fields_are_proposed_by_name_and_by_label(cast: Cast) -> None:
    assert proposed("rat|", cast.rep_a) == ["rating:"]
    assert proposed("Estim|", cast.rep_a) == ["estimated_value:", "estimated_close:"]
    assert proposed("arri|", cast.rep_a) == []
    assert proposed("state:open cre|", cast.rep_a)[:2] == ["created:", "created_by:"]
    assert proposed("(account.ind|", cast.rep_a) == ["account.industry:"]
    assert proposed("no|", cast.rep_a)[0] == "not "
    assert proposed("|", cast.rep_a)[:2] == ["state:", "created_by:"]


def test_fields_that_one_may_not_read_are_not_proposed(cast: Cast) -> None:
    grant(cast.rep_a, Depth.ALL, "read")
    assert proposed("account.|", cast.rep_a) == []
    assert proposed("passw|", cast.administrator) == []


def test_values_of_choices(cast: Cast) -> None:
    StatusReason.objects.create(noun="lead", state="disqualified", key="too_small", label="Zu klein")
    assert proposed("rating:|", cast.rep_a) == ["hot", "warm", "cold", "none", "any"]
    assert proposed("rating:hot,w|", cast.rep_a) == ["warm"]
    assert proposed("source:sh|", cast.rep_a) == ["trade_show"]
    assert proposed("status_reason:kl|", cast.rep_a) == ["too_small"]
    assert proposed("do_not_email:|", cast.rep_a) == ["yes", "no", "none", "any"]
    assert proposed("nothing:|", cast.rep_a) == []


@time_machine.travel("2026-11-27 12:00:00+00:00")
def test_days_are_proposed_with_what_they_mean(cast: Cast) -> None:
    (one,) = complete("created:last-m", 14, Lead, cast.rep_a)
    assert (one.label, one.detail, one.text) == ("Last month", "2026-10-01 – 2026-10-31", "last-month")
    assert proposed("created:>=tod|", cast.rep_a) == ["today"]
    assert proposed("estimated_close:2026-01-01..next-7|", cast.rep_a) == ["next-7-days"]
    assert proposed("estimated_value:|", cast.rep_a) == [">=", "<=", ">", "<", "none", "any"]


def test_people_and_teams(cast: Cast) -> None:
    TeamFactory.create(name="Northern team")
    assert proposed("owner:m|", cast.rep_a) == ["me", "team", '"Mara Manager"']
    assert proposed("owner:nor|", cast.rep_a) == ['"Anna North"', '"Ben North"', '"Northern team"']
    assert proposed('owner:"anna n|', cast.rep_a) == ['"Anna North"']


def test_records_are_proposed_to_those_who_see_them(cast: Cast) -> None:
    AccountFactory.create(name="Acme Works", owner=cast.rep_a)
    AccountFactory.create(name="Acme Secret", owner=cast.rep_c)
    PriceListFactory.create(name="Wholesale")
    assert proposed("account:acm|", cast.rep_a, Contact) == ['"Acme Works"']
    assert proposed("account:a|", cast.rep_a, Contact) == ["any"]
    assert proposed("account:secr|", cast.rep_a, Contact) == []
    assert proposed("price_list:who|", cast.rep_a, Opportunity) == ["Wholesale"]


def test_what_is_chosen_takes_the_place_of_what_is_typed(cast: Cast) -> None:
    for text, after in {
        "a rat|:x b": "a rating:x b",
        "rating:w|,hot": "rating:warm,hot",
        "(rating:ho|) x": "(rating:hot) x",
        'owner:"an|na x" b': 'owner:"Anna North" b',
        "created:yes|t..today": "created:yesterday..today",
    }.items():
        cursor, typed = text.index("|"), text.replace("|", "")
        assert chosen(typed, complete(typed, cursor, Lead, cast.rep_a)[0]) == after


@pytest.mark.parametrize("text", ['"acme |', '"acme"|', "x" * 3000 + "|", "https://a|"])
def test_nothing_is_proposed_inside_phrases_addresses_and_what_is_too_long(cast: Cast, text: str) -> None:
    assert proposed(text, cast.rep_a) == []


def test_a_proposal_costs_few_queries(cast: Cast) -> None:
    for text, most in {"rat": 1, "rating:": 1, "owner:an": 3, "account:ac": 4, "created:this-f": 2}.items():
        with CaptureQueriesContext(
            connection,
        ) as made:
            complete(text, len(text), Lead, cast.rep_a)
        assert len(made) <= most, text


@settings(max_examples=300, deadline=None)
@given(st.text('ab:"“()<>=*., \\/n', max_size=20), st.integers(-2, 25))
def test_any_text_and_any_place_is_answered(text: str, cursor: int) -> None:
    piece = piece_at(text, cursor)
    if piece is not None:
        assert 0 <= piece.start <= max(0, min(cursor, len(text))) <= piece.end <= len(text)


def test_tags(cast: Cast) -> None:
    make_tag(name="Key customer", tone="accent", actor=cast.administrator, at=timezone.now())
    assert proposed("tag:|", cast.rep_a) == ['"Key customer"', "none", "any"]
    assert proposed("tag:ke|", cast.rep_a) == ['"Key customer"']
    assert proposed("tag:cus|", cast.rep_a) == []
