"""Rules for duplicates: what they find, what they forbid even at the same moment, and how administrators write them."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from crm.core.actors import SYSTEM
from crm.core.errors import Invalid
from crm.core.folding import fold
from crm.customers.models import Account, Contact
from crm.customers.services.accounts import update_account, update_accounts
from crm.customers.services.contacts import create_contact
from crm.data.duplicates import find
from crm.data.duplicates.similar import SHORTEST, is_nearly, nearly
from crm.data.models import DuplicateCriterion, DuplicateRule
from leads.models import Lead
from leads.services.leads import create_lead
from tests.factories.cast import Cast, make_cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor
from tests.queue import work_off
from tests.together import at_once

ADD = "/admin/data/duplicaterule/add/"


def forbid(noun: str = "customers.account", kind: str = "email", **criterion: Any) -> DuplicateRule:
    rule = DuplicateRule.objects.create(
        name=f"No two {noun} {kind}", noun=noun, against=noun, mode="forbid", position=1
    )
    DuplicateCriterion.objects.create(rule=rule, kind=kind, **criterion)
    return rule


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("jon smith", "john smith", True),
        ("john smith", "jhon smith", True),
        ("john smith", "john smyth", True),
        ("john smith", "smith john", True),
        ("muller", "mueller", True),
        ("john smith", "john smith", False),
        ("john smith", "jane smith", False),
        ("acme", "acne", False),
        ("john smith", "jn smit", False),
        ("shop 1 leeds", "shop 2 leeds", False),
        ("shop leeds", "shop 1 leeds", False),
    ],
)
def test_a_name_is_nearly_another_one_where_a_single_slip_lies_between(one: str, other: str, same: bool) -> None:
    assert is_nearly(one, other) == is_nearly(other, one) == same
    assert (other in nearly(frozenset([one]))) == (one in nearly(frozenset([other]))) == same


_SHORT = st.text("ab 12", min_size=SHORTEST, max_size=SHORTEST + 3).map(fold).filter(lambda name: len(name) >= SHORTEST)


@given(_SHORT, _SHORT)
def test_what_is_looked_for_is_what_is_called_nearly_the_same(one: str, other: str) -> None:
    spellings = nearly(frozenset([one]))
    assert (other in spellings) == is_nearly(one, other)
    assert all(is_nearly(one, spelling) for spelling in spellings if spelling == fold(spelling))


@pytest.mark.django_db
def test_a_lead_is_compared_with_open_leads_accounts_and_contacts(cast: Cast) -> None:
    lead = make_lead(cast.rep_a, email="ann@acme.example", company="Acme", first_name="Ann", last_name="Lee")
    closed = make_lead(cast.rep_a, email="ann@acme.example", first_name="Ann", last_name="Lee")
    Lead.objects.filter(pk=closed.pk).update(state="disqualified", status_reason="lost", closed_at=timezone.now())
    contact = ContactFactory.create(first_name="Anne", last_name="Lee")
    account = AccountFactory.create(name="Acme Ltd")

    known = {"first_name": "Ann", "last_name": "Lee", "email": "ANN@acme.example", "company": "ACME"}
    found = [(match.model, match.pk, match.reasons, match.is_exact) for match in find(Lead, known, actor=SYSTEM)]

    assert found == [
        (Account, account.pk, ("Same company name",), True),
        (Contact, contact.pk, ("Nearly the same name",), False),
        (Lead, lead.pk, ("Same e-mail address", "Same name"), True),
    ]
    assert [match.pk for match in find(Lead, known, actor=SYSTEM, exclude=lead.pk)] == [account.pk, contact.pk]
    assert find(Lead, known, actor=cast.rep_c) == []


@pytest.mark.django_db
def test_all_criteria_of_a_rule_have_to_hold() -> None:
    DuplicateRule.objects.filter(noun="customers.contact").delete()
    rule = DuplicateRule.objects.create(name="Both", noun="customers.contact", against="customers.contact")
    for kind in ("name", "phone"):
        DuplicateCriterion.objects.create(rule=rule, kind=kind)
    contact = ContactFactory.create(first_name="Ada", last_name="Byron", phone="+44 20 7946 0020")
    known = {"first_name": "Ada", "last_name": "Byron"}

    assert find(Contact, known, actor=SYSTEM) == []
    [match] = find(Contact, known | {"phone": "+442079460020"}, actor=SYSTEM)
    assert (match.pk, match.reason) == (contact.pk, "Same name and Same phone number")


@pytest.mark.django_db
def test_what_a_rule_forbids_is_refused_at_its_field_and_changes_nothing(cast: Cast, client_for: ClientFor) -> None:
    forbid()
    first = AccountFactory.create(name="Acme", email="info@acme.example", owner=cast.rep_a)
    hidden = AccountFactory.create(name="Secret", email="info@secret.example", owner=cast.rep_c)
    client = client_for(cast.rep_a)
    sent = {"name": "Other", "preferred_contact_method": "any"}

    answer = client.post("/accounts/new/", sent | {"email": "INFO@acme.example"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“Acme” is there already: Same e-mail address. Two of them are not allowed." in page
    refused = client.post("/accounts/new/", sent | {"email": "info@secret.example"})
    assert refused.status_code == 422
    assert "Secret" not in refused.content.decode()
    assert Account.objects.count() == 2

    with pytest.raises(Invalid) as error:
        update_account(
            account_id=first.pk, values={"email": "info@secret.example"}, actor=cast.rep_a, at=timezone.now()
        )
    assert error.value.field == "email"
    first.refresh_from_db()
    assert first.email == "info@acme.example"
    # It may be saved as it is, and what is in the bin or inactive takes nobody's place.
    update_account(account_id=first.pk, values={"phone": "1"}, actor=cast.rep_a, at=timezone.now())
    Account.objects.filter(pk=hidden.pk).update(state="inactive", status_reason="inactive")
    update_account(account_id=first.pk, values={"email": "info@secret.example"}, actor=cast.rep_a, at=timezone.now())


@pytest.mark.django_db
def test_many_records_that_are_changed_together_do_not_become_the_same(cast: Cast) -> None:
    forbid()
    accounts = [AccountFactory.create(name=name, owner=cast.rep_a) for name in ("One", "Two", "Three")]
    values = {account.pk: {"email": "info@acme.example"} for account in accounts}

    refused = update_accounts(records=accounts, values=values, actor=cast.rep_a, at=timezone.now())

    assert list(refused) == [account.pk for account in accounts[1:]]
    assert refused[accounts[1].pk].sentence.startswith("Another of these records is the same: Same e-mail address.")
    assert Account.objects.filter(email_key="info@acme.example").count() == 1


@pytest.mark.django_db
def test_a_field_is_compared_once_its_index_is_there(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.administrator)
    sent = {
        "name": "Same tax number",
        "noun": "customers.account",
        "against": "customers.account",
        "mode": "warn",
        "is_active": "on",
        "position": "1",
        "criteria-TOTAL_FORMS": "2",
        "criteria-INITIAL_FORMS": "0",
        "criteria-0-kind": "exact",
        "criteria-0-field": "tax_number",
        "criteria-1-kind": "begins",
        "criteria-1-field": "name",
        "criteria-1-length": "3",
    }
    assert client.get(ADD).status_code == 200
    assert client.post(ADD, sent).status_code == 302
    account = AccountFactory.create(name="Ácme", tax_number="de 123")
    known = {"name": "ACMX", "tax_number": "DE 123"}
    assert find(Account, known, actor=SYSTEM) == []

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table is busy for the index within this transaction
    work_off()

    [match] = find(Account, known, actor=SYSTEM)
    assert (match.pk, match.reason) == (account.pk, "Same “Tax number” and Same beginning of “Name”")
    first, second = DuplicateCriterion.objects.filter(rule__name="Same tax number")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM customers_account WHERE core_fold(tax_number) = core_fold('DE 123')")
        assert f"duplicate_criterion_{first.pk}" in "".join(line for (line,) in cursor.fetchall())
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [f"duplicate_criterion_{second.pk}"])
        assert '"left"(core_fold((name)::text), 3)' in cursor.fetchone()[0]
    client.post(f"/admin/data/duplicaterule/{first.rule_id}/delete/", {"post": "yes"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'duplicate_criterion_%%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"criteria-0-kind": "exact"}, "Choose a field where the content of a field is compared"),
        ({"criteria-0-kind": "begins", "criteria-0-field": "name"}, "Enter how many characters are compared."),
        ({"criteria-0-kind": "website", "against": "leads.lead"}, "has nothing of this kind"),
        ({"criteria-0-kind": "exact", "criteria-0-field": "topic"}, "Only a text field that both tables have"),
        ({"mode": "forbid", "against": "leads.lead"}, "A rule forbids only within one table."),
        ({"criteria-0-kind": ""}, "Add at least one criterion"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_sentence(
    wrong: dict[str, str], sentence: str, cast: Cast, client_for: ClientFor
) -> None:
    before = DuplicateRule.objects.count()
    sent = {
        "name": "New",
        "noun": "customers.account",
        "against": "customers.account",
        "mode": "warn",
        "position": "1",
        "criteria-TOTAL_FORMS": "1",
        "criteria-INITIAL_FORMS": "0",
        "criteria-0-kind": "email",
    }
    answer = client_for(cast.administrator).post(ADD, sent | wrong)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert DuplicateRule.objects.count() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["email", "similar"])
def test_of_many_that_are_made_at_once_with_the_same_key_one_remains(kind: str) -> None:
    cast = make_cast()
    forbid("customers.contact", kind)
    forbid("leads.lead", kind)

    def contact(number: int) -> Any:
        name = "Johann" if number % 2 else "Johan"
        values = {"first_name": name, "last_name": "Smith", "email": "ann@acme.example"}
        return create_contact(values=values, owner=cast.rep_a, actor=cast.rep_a, at=timezone.now())

    def lead(number: int) -> Any:
        name = "Johann" if number % 2 else "Johan"
        values = {"first_name": name, "last_name": "Smith", "email": "ann@acme.example"}
        return create_lead(values=values, owner=cast.rep_a, actor=cast.rep_a, at=timezone.now())

    for make, model in ((contact, Contact), (lead, Lead)):
        answers = at_once([lambda make=make, number=number: make(number) for number in range(8)])  # type: ignore[misc]
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert all(isinstance(answer, Invalid) for answer in refused), refused
        rows = model._default_manager.all()
        if kind == "email":
            assert rows.count() == 1
        else:
            # Of two spellings that differ by a slip only one is there; the same spelling is another rule's business.
            assert len(set(rows.values_list("first_name", flat=True))) == 1
