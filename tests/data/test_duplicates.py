"""Who may be the same, with reasons; and who never is."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.core.actors import SYSTEM
from crm.customers.models import Account, Contact
from crm.data.duplicates import Match, find
from crm.data.duplicates.finding import AT_MOST
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _british_numbers(settings: Any) -> None:
    settings.PHONE_REGION = "GB"


def find_matches(*, actor: Any, **known: Any) -> list[Match]:
    """What a lead with these values is compared with."""
    return find(Lead, known, actor=actor, against=(Account, Contact))


ACME = {
    "name": "Acme Engineering GmbH",
    "email": "info@acme.example",
    "website": "https://www.acme.example/en",
    "phone": "+44 20 7946 0018",
    "phone2": "020 7946 0019",
}
ADA = {
    "first_name": "Ada",
    "middle_name": "King",
    "last_name": "Byron",
    "email": "ada@acme.example",
    "email2": "ada@home.example",
    "phone": "020 7946 0020",
    "mobile": "07700 900123",
}


@pytest.mark.parametrize(
    ("known", "reasons", "is_exact"),
    [
        ({"email": "INFO@acme.example"}, ("Same e-mail address", "Website or e-mail of the same domain"), True),
        ({"company": "ACME engineering"}, ("Same company name",), True),
        ({"company": "Acmé  Engineering Ltd."}, ("Same company name",), True),
        ({"website": "acme.example"}, ("Same website",), True),
        ({"website": "http://www.acme.example/contact?x=1"}, ("Same website",), True),
        ({"email": "bob@acme.example"}, ("Website or e-mail of the same domain",), False),
        ({"phone": "+442079460018"}, ("Same phone number",), False),
        ({"phone": "(020) 7946-0019"}, ("Same phone number",), False),
        (
            {"company": "Acme Engineering", "website": "acme.example", "phone": "020 7946 0018"},
            ("Same company name", "Same website", "Same phone number"),
            True,
        ),
    ],
)
def test_an_account_is_matched_by(known: dict[str, Any], reasons: tuple[str, ...], is_exact: bool) -> None:
    account = AccountFactory.create(**ACME)
    AccountFactory.create(name="Somebody else", email="x@other.example", website="other.example")
    found = find_matches(actor=SYSTEM, **known)
    assert [(match.record, match.model, match.reasons, match.is_exact) for match in found] == [
        (account, Account, reasons, is_exact)
    ]


@pytest.mark.parametrize(
    ("known", "reasons", "is_exact"),
    [
        ({"email": "Ada@Acme.example"}, ("Same e-mail address",), True),
        ({"email": "other@x.example", "email2": "ada@home.example"}, ("Same e-mail address",), True),
        ({"first_name": "ada", "last_name": "BYRON"}, ("Same name",), False),
        ({"phone": "020 7946 0020"}, ("Same phone number",), False),
        ({"phone": "", "mobile": "+44 7700 900123"}, ("Same phone number",), False),
        (
            {"first_name": "Ada", "last_name": "Byron", "email": "ada@home.example", "phone": "07700900123"},
            ("Same e-mail address", "Same name", "Same phone number"),
            True,
        ),
    ],
)
def test_a_contact_is_matched_by(known: dict[str, Any], reasons: tuple[str, ...], is_exact: bool) -> None:
    contact = ContactFactory.create(**ADA)
    ContactFactory.create(first_name="Bea", last_name="Byron", email="bea@other.example")
    found = find_matches(actor=SYSTEM, **known)
    assert [(match.record, match.model, match.reasons, match.is_exact) for match in found] == [
        (contact, Contact, reasons, is_exact)
    ]


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"company": "Acme"},
        {"company": "Engineering"},
        {"company": "Acme Engineering Services"},
        {"last_name": "Byron"},
        {"first_name": "Ada"},
        {"email": "ada@acme.example.org"},
        {"email": "da@acme-engineering.example"},
        {"website": "example"},
        {"website": "javascript:alert(1)"},
        {"phone": "0018"},
        {"phone": "not a number"},
        {"email": "   ", "email2": "nobody", "phone": "", "company": "", "website": " "},
        {"company": "%", "first_name": "_", "last_name": "%"},
    ],
)
def test_nobody_is_matched_by_a_part_or_by_nothing(known: dict[str, Any]) -> None:
    AccountFactory.create(**ACME)
    AccountFactory.create(name="No reach at all")
    ContactFactory.create(**ADA)
    ContactFactory.create(first_name="", last_name="", email="who@elsewhere.example")
    assert find_matches(actor=SYSTEM, **known) == []


@pytest.mark.parametrize("domain", ["gmail.com", "web.de", "outlook.com"])
def test_a_mail_provider_says_nothing_about_a_company(domain: str) -> None:
    AccountFactory.create(name="One", email=f"one@{domain}")
    AccountFactory.create(name="Two", website=domain)
    assert find_matches(actor=SYSTEM, email=f"other@{domain}", website=f"https://{domain}") == []
    found = find_matches(actor=SYSTEM, email=f"ONE@{domain}")
    assert [(match.record.name, match.reasons) for match in found] == [("One", ("Same e-mail address",))]


def test_the_strongest_reasons_come_first_and_accounts_before_contacts() -> None:
    by_phone = AccountFactory.create(name="By phone", phone="020 7946 0018")
    by_email = AccountFactory.create(name="By e-mail", email="info@acme.example")
    by_name = AccountFactory.create(name="Acme")
    person = ContactFactory.create(email="info@acme.example")
    found = find_matches(actor=SYSTEM, company="Acme", email="info@acme.example", phone="020 7946 0018")
    assert [match.record for match in found] == [by_email, by_name, by_phone, person]


def test_only_visible_and_active_records_are_matched(cast: Cast) -> None:
    own = AccountFactory.create(name="Acme", owner=cast.rep_a)
    other = AccountFactory.create(name="Acme", owner=cast.rep_c)
    AccountFactory.create(name="Acme", owner=cast.rep_a, state="inactive", status_reason="inactive")
    Account.objects.filter(pk=AccountFactory.create(name="Acme", owner=cast.rep_a).pk).update(
        deleted_at="2026-01-01T00:00Z"
    )
    assert [match.record for match in find_matches(actor=cast.rep_a, company="Acme")] == [own]
    assert [match.record for match in find_matches(actor=cast.rep_c, company="Acme")] == [other]
    assert find_matches(actor=cast.rep_b, company="Acme") == []


def test_there_is_one_query_for_all_tables_and_one_for_each_with_matches_of_bounded_number() -> None:
    for _number in range(AT_MOST + 5):
        AccountFactory.create(name="Acme")
        ContactFactory.create(first_name="Ada", last_name="Byron")
    strong = AccountFactory.create(name="Acme", email="info@acme.example")
    with CaptureQueriesContext(connection) as queries:
        found = find_matches(
            actor=SYSTEM, company="Acme", first_name="Ada", last_name="Byron", email="info@acme.example"
        )
    assert len(queries) == 4  # the rules, the keys of what they find, and the rows of each table
    assert found[0].record == strong
    assert len(found) == 2 * AT_MOST
    with CaptureQueriesContext(connection) as queries:
        assert find_matches(actor=SYSTEM, company="Nobody", first_name="No", last_name="Body") == []
    assert len(queries) == 2


@pytest.mark.parametrize("who", ["everything", "own rows"])
def test_matching_reads_indexes_and_never_the_whole_table(cast: Cast, who: str) -> None:
    owner = {"owner": cast.rep_a, "owning_unit": cast.north}
    accounts = [
        Account(name=f"Company {number}", email=f"x{number}@c{number}.example", **owner) for number in range(3000)
    ]
    people = [Contact(last_name=f"P{number}", email=f"x{number}@p.example", **owner) for number in range(3000)]
    for account, person in zip(accounts, people, strict=True):
        account.set_keys()
        person.set_keys()
    Account.objects.bulk_create(accounts)
    Contact.objects.bulk_create(people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_account, customers_contact")
    actor = SYSTEM if who == "everything" else cast.rep_b
    known: dict[str, Any] = {
        "company": "Company 7",
        "website": "c8.example",
        "email": "x9@c9.example",
        "phone": "020 7946 0018",
    }
    with CaptureQueriesContext(connection) as queries:
        find_matches(actor=actor, first_name="", last_name="P11", **known)
    searches = [query["sql"] for query in queries if 'FROM "customers_' in query["sql"]]
    # The keys of what is found, and the rows of each table in which something is.
    assert len(searches) == (3 if who == "everything" else 1)
    for sql in searches:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan on customers_" not in plan, plan
        assert "Index" in plan, plan
