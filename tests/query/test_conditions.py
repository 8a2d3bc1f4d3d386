"""What queries find: fields of every kind, people, dates, related records, and words."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from activities.models import Activity
from catalog.models import Product
from crm.core.actors import SYSTEM
from crm.core.fields import fields_of
from crm.core.models import Organisation, StatusReason
from crm.core.query import Query, QueryError, condition, parse, stored
from crm.core.query.nodes import Not, Or, Term, Value
from crm.core.writing import Writing, written_as
from crm.customers.models import Account, Contact
from crm.users.depth import Depth
from crm.users.services.ownership import owner_fields
from leads.models import Lead
from sales.models import Opportunity
from tests.core.lead_rows import grant, lead_row
from tests.factories.cast import Cast
from tests.factories.catalog import ProductFactory
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_disqualified_lead, make_lead
from tests.factories.users import TeamFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


def found(text: str, model: Any, actor: Any, name: str = "name") -> list[str]:
    rows = model.objects.filter(condition(parse(text), model, actor, NOW))
    return sorted(rows.values_list(name, flat=True))


def refused(text: str, model: Any, actor: Any) -> tuple[str, str]:
    """The sentence and what of the text it is about."""
    with pytest.raises(QueryError) as error:
        condition(parse(text), model, actor, NOW)
    return error.value.sentence, text[error.value.start : error.value.end]


def test_choices_are_meant_by_key_or_by_word(cast: Cast) -> None:
    lead_row(cast.rep_a, "Hot", rating="hot", source="trade_show")
    lead_row(cast.rep_a, "Warm", rating="warm", source="Messe Köln")
    lead_row(cast.rep_a, "None")
    for text in ("rating:hot", "rating:HOT", "rating:ho*", "source:trade_show", 'source:"trade show"'):
        assert found(text, Lead, SYSTEM) == ["Hot"], text
    assert found("rating:hot,warm", Lead, SYSTEM) == ["Hot", "Warm"]
    assert found("source:koln", Lead, SYSTEM) == ["Warm"]
    assert found("rating:none", Lead, SYSTEM) == ["None"]
    assert found("not rating:hot", Lead, SYSTEM) == ["None", "Warm"]
    assert refused("rating:tepid", Lead, SYSTEM) == (
        "“tepid” is none of the values of “rating”: Hot, Warm, Cold.",
        "tepid",
    )


def test_a_choice_called_any_means_itself(cast: Cast) -> None:
    lead_row(cast.rep_a, "Any")
    lead_row(cast.rep_a, "Post", preferred_contact_method="post")
    assert found("preferred_contact_method:any", Lead, SYSTEM) == ["Any"]


def test_reasons_of_administrators_can_be_asked_for(cast: Cast) -> None:
    StatusReason.objects.create(noun="lead", state="disqualified", key="too_small", label="Zu klein")
    make_disqualified_lead(cast.rep_a, reason="too_small", last_name="Little")
    make_lead(cast.rep_a)
    assert found('status_reason:"zu klein" state:disqualified', Lead, SYSTEM) == ["Megan Little"]


def test_numbers_are_compared_and_ranged(cast: Cast) -> None:
    for number in (5, 1200, 25000):
        lead_row(cast.rep_a, str(number), estimated_value=Decimal(number), employees=number)
    lead_row(cast.rep_a, "unknown")
    assert found("estimated_value:>=1.2k", Lead, SYSTEM) == ["1200", "25000"]
    assert found("estimated-value:1000..1300,0.025m", Lead, SYSTEM) == ["1200", "25000"]
    assert found("employees:<99999999999999", Lead, SYSTEM) == ["1200", "25000", "5"]
    assert found("employees:99999999999999", Lead, SYSTEM) == []
    assert found("employees:none", Lead, SYSTEM) == ["unknown"]
    assert found("not employees:>100", Lead, SYSTEM) == ["5", "unknown"]
    assert refused("employees:1.5", Lead, SYSTEM) == ("“1.5” is not a whole number.", "1.5")
    sentence, _at = refused("estimated_value:1e9999", Lead, SYSTEM)
    assert sentence == "“1e9999” is not a number such as 1200, 99.50 or 10k."
    assert "is not a number" in refused("estimated_value:" + "9" * 400, Lead, SYSTEM)[0]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("created:today", [27]),
        ("created:yesterday,tomorrow", [26, 28]),
        ("created:last-2-days", [25, 26, 27]),
        ("created:<2d", [26, 27]),
        ("created:>=2d", [24, 25]),
        ("created:2d", [25]),
        ("created:>2026-11-26", [27, 28]),
        ("created:<=2026-11-25", [24, 25]),
        ("created:25.11.2026", [25]),
        ("created:2026-11-25..2026-11-26", [25, 26]),
        ("created:..2026-11-24", [24]),
        ("created:this-week", [24, 25, 26, 27, 28]),
        ("created:last-week", []),
        ("created:2026-q4 created:this-month created:2026", [24, 25, 26, 27, 28]),
        ("created:past", [24, 25, 26]),
        ("created:future", [28]),
        ("created:this-fiscal-year", [24, 25, 26, 27, 28]),
        ("created:next-fiscal-quarter", []),
    ],
)
def test_days_are_those_of_the_calendar_of_the_reader(cast: Cast, text: str, days: list[int]) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"fiscal_year_start_month": 11})
    for day in range(24, 29):
        # In Auckland it is this day already.
        lead_row(cast.rep_a, str(day), created_at=dt.datetime(2026, 11, day - 1, 12, tzinfo=dt.UTC))
    with timezone.override("Pacific/Auckland"):
        now = dt.datetime(2026, 11, 26, 20, tzinfo=dt.UTC)
        rows = Lead.objects.filter(condition(parse(text), Lead, SYSTEM, now))
        assert sorted(int(name) for name in rows.values_list("name", flat=True)) == days


@pytest.mark.parametrize(
    ("starts", "this", "last"),
    [("", [23, 24, 28, 29], [20, 21, 22]), ("monday", [23, 24, 28, 29], [20, 21, 22]),
     ("sunday", [22, 23, 24, 28], [20, 21]), ("saturday", [21, 22, 23, 24], [20])],
)  # fmt: skip
def test_a_week_begins_on_the_day_of_its_reader(cast: Cast, starts: str, this: list[int], last: list[int]) -> None:
    for day in (20, 21, 22, 23, 24, 28, 29):  # Friday to Tuesday, then Saturday and Sunday
        lead_row(cast.rep_a, str(day), created_at=dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC))
    with written_as(Writing(week_starts=starts)):
        assert found("created:this-week", Lead, SYSTEM) == [str(day) for day in this]
        assert found("created:last-week", Lead, SYSTEM) == [str(day) for day in last]


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "0000", "soon", "last-9999-years", "99999d", "9999y", "-5d"])
def test_a_day_that_there_is_not_is_refused(text: str) -> None:
    assert refused(f"created:{text}", Lead, SYSTEM) == (
        f"“{text}” is no date such as 2026-03-31, 2026-03, today, last-30-days or this-month.",
        text,
    )


def test_the_ends_of_the_calendar_are_no_error(cast: Cast) -> None:
    lead_row(cast.rep_a, "Now", estimated_close_on=dt.date(2026, 1, 1))
    for text in ("created:>=0001-01-01", "created:<=9999-12-31", "created:0001..9999", "estimated_close:0001..9999"):
        assert found(text, Lead, SYSTEM) == ["Now"], text
    for text in ("created:>9999-12-31", "created:<0001-01-01", "created:>future", "estimated_close:<past"):
        assert found(text, Lead, SYSTEM) == [], text


@pytest.mark.parametrize("column", ["company", "country"])
@pytest.mark.parametrize("most", [500, 3])
def test_text_is_found_by_a_part_a_beginning_or_as_a_whole(
    cast: Cast, column: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a country the values that there are can be looked up, unless they are too many."""
    monkeypatch.setattr(stored, "_MOST_LOOKED_AT", most)
    for name in ("Müller & Söhne", "Groß GmbH", "100% Müller", "a_b", "axb", 'the "best"', "back\\slash", "[x]* (y)"):
        lead_row(cast.rep_a, name, **{column: name})
    lead_row(cast.rep_a, "empty")
    for text, names in {
        "company:MULLER": ["100% Müller", "Müller & Söhne"],
        "company:müll*": ["Müller & Söhne"],
        'company:="müller & sohne"': ["Müller & Söhne"],
        "company:=müller": [],
        "company:gross": ["Groß GmbH"],
        "company:%": ["100% Müller"],
        "company:a_b": ["a_b"],
        r'company:"\"best"': ['the "best"'],
        r"company:k\s": ["back\\slash"],
        'company:"[x]* ("': ["[x]* (y)"],
        "company:none": ["empty"],
        'company:""': ["empty"],
        'company:"none"': [],
        "company:any company:b": ["Groß GmbH", "a_b", "axb", "back\\slash", 'the "best"'],
    }.items():
        assert found(text.replace("company", column), Lead, SYSTEM) == names, text
    assert refused(f"{column}:>a", Lead, SYSTEM) == (f"“{column}” is text and has no larger and smaller.", ">a")


def test_yes_no_and_what_has_no_order(cast: Cast) -> None:
    lead_row(cast.rep_a, "Barred", do_not_email=True)
    lead_row(cast.rep_a, "Free")
    assert found("do_not_email:yes", Lead, SYSTEM) == ["Barred"]
    assert found("do-not-email:no", Lead, SYSTEM) == ["Free"]
    assert refused("do_not_email:perhaps", Lead, SYSTEM) == ("This is either yes or no.", "perhaps")
    assert refused("rating:>hot", Lead, SYSTEM) == ("“rating” has no larger and smaller.", ">hot")
    assert refused('created:"tod"*', Lead, SYSTEM) == ("A star goes with text only.", '"tod"*')


def test_people_are_meant_by_word_or_by_name(cast: Cast) -> None:
    team = TeamFactory.create(name="Key accounts", members=[cast.rep_a, cast.rep_c])
    for owner in (cast.rep_a, cast.rep_b, cast.rep_c):
        lead_row(owner, owner.name)
    Lead.objects.filter(pk=lead_row(cast.rep_a, "Shared desk").pk).update(
        owner=None, **{key: value for key, value in owner_fields(team).items() if key != "owner"}
    )
    assert found("owner:me", Lead, cast.rep_b) == ["Ben North"]
    assert found("owner:team", Lead, cast.rep_a) == ["Anna North", "Cara South", "Shared desk"]
    assert found("owner:team", Lead, cast.rep_b) == ["Ben North"]
    assert found("owner:reports", Lead, cast.manager) == ["Anna North", "Ben North"]
    assert found("owner:ANNA,rep_c", Lead, SYSTEM) == ["Anna North", "Cara South"]
    assert found('owner:"ben n"', Lead, SYSTEM) == ["Ben North"]
    assert found("owner:key", Lead, SYSTEM) == ["Shared desk"]
    assert found("owner:none", Lead, SYSTEM) == ["Shared desk"]
    assert found("not owner:north", Lead, SYSTEM) == ["Cara South", "Shared desk"]
    assert found("owner.name:north owner_team:none", Lead, SYSTEM) == ["Anna North", "Ben North"]
    assert found("owner:me", Lead, SYSTEM) == []
    assert refused("owner:nobody", Lead, SYSTEM) == ("Nobody is called “nobody”.", "nobody")
    assert refused('owner:="ben"', Lead, SYSTEM) == ("Nobody is called “ben”.", '="ben"')


def test_a_record_is_meant_by_its_name_or_number(cast: Cast) -> None:
    acme = AccountFactory.create(name="Acme Söhne", number="K-77", owner=cast.rep_a)
    ContactFactory.create(first_name="Ann", last_name="A", account=acme, owner=cast.rep_a)
    ContactFactory.create(first_name="Bob", last_name="B", owner=cast.rep_a)
    asked = ("account:acme", "account:sohne", 'account:="acme sohne"', "account:acm*", "account:k-77", "account:any")
    for text in asked:
        assert found(text, Contact, cast.rep_a, "full_name") == ["Ann A"], text
    for text in ("account:none", "not account:acme", 'account:="acme"'):
        assert found(text, Contact, cast.rep_a, "full_name")[-1:] == ([] if "=" in text else ["Bob B"]), text


def test_what_a_hidden_record_holds_matches_nothing_and_reads_as_empty(cast: Cast) -> None:
    hidden = AccountFactory.create(name="Secret", industry="Software", owner=cast.rep_c)
    ContactFactory.create(first_name="Ann", last_name="A", account=hidden, owner=cast.rep_a)
    fields = ("industry:software", "industry:any", "owner:cara", "industry:steel")
    asked = ("account:secret", *(f"account.{field}" for field in fields))
    for text in asked:
        assert found(text, Contact, cast.rep_a, "full_name") == [], text
        assert found(f"not {text}", Contact, cast.rep_a, "full_name") == ["Ann A"], text
    assert found("account.industry:none", Contact, cast.rep_a, "full_name") == ["Ann A"]
    assert found("account.industry:software account:secret", Contact, cast.rep_c, "full_name") == ["Ann A"]


def test_a_missing_field_and_one_of_a_forbidden_table_are_answered_alike(cast: Cast) -> None:
    grant(cast.rep_a, Depth.ALL, "read")
    for name in ("account.industry", "account.nothing", "owner.password", "owner__password", "password", "nothing"):
        sentence = f"There is no field “{name}” here. Put quotation marks around text that you look for."
        assert refused(f"{name}:x", Lead, cast.rep_a) == (sentence, name)
    assert refused("ratting:hot", Lead, cast.rep_a)[0] == "There is no field “ratting” here. Did you mean “rating”?"


def test_fields_are_named_by_their_label_too(cast: Cast) -> None:
    lead_row(cast.rep_a, "Here", email="a@b.example", estimated_value=Decimal(7))
    for text in ("e-mail:a@b", "EMAIL:a@b", "estimated-value:7", "estimated_value:7", "owner.E-mail:any"):
        assert found(text, Lead, SYSTEM) == ["Here"], text


def test_words_and_phrases(cast: Cast) -> None:
    make_lead(cast.rep_a, first_name="Anna", last_name="Berg", company="Zoll & Söhne", phone="+49 30 901820")
    make_lead(cast.rep_a, first_name="Berg", last_name="Anna", company="")
    assert found("ann ber", Lead, SYSTEM) == ["Anna Berg", "Berg Anna"]
    assert found('"anna berg"', Lead, SYSTEM) == ["Anna Berg", "Berg Anna"]
    assert found('"zoll and" ber*', Lead, SYSTEM) == ["Anna Berg"]
    assert found("ann or zzz", Lead, SYSTEM) == ["Anna Berg", "Berg Anna"]
    assert found("ann not sohne", Lead, SYSTEM) == ["Berg Anna"]
    assert found("+49 30 901820", Lead, SYSTEM) == ["Anna Berg"]
    assert found("zoll & sohne", Lead, SYSTEM) == ["Anna Berg"]
    for text in ("&", "%", "*", '"&"', "zzz"):
        assert found(text, Lead, SYSTEM) == [], text


def test_tables_without_an_index_of_words_are_searched_by_what_their_records_are_called(cast: Cast) -> None:
    ProductFactory.create(name="Ölfilter XL", number="P-1")
    assert found("olf xl", Product, SYSTEM) == ["Ölfilter XL"]
    assert found("p-1", Product, SYSTEM) == ["Ölfilter XL"]
    assert found('"ölfilter xl" name:olf*', Product, SYSTEM) == ["Ölfilter XL"]
    assert found("xl olfilter zz", Product, SYSTEM) == []


@pytest.mark.parametrize("model", [Lead, Account, Contact, Opportunity, Product, Activity])
def test_every_field_can_be_asked_for_what_is_empty(model: Any, cast: Cast) -> None:
    empty, filled = (Value("none"),), (Value("any"),)
    names = fields_of(model, cast.administrator)
    asked = Or(tuple(part for name in names for part in (Term(name, empty), Not(Term(name, filled)))))
    assert list(model.objects.filter(condition(Query(asked), model, cast.administrator, NOW))) == []
