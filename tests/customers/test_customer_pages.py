"""The pages of accounts and contacts, alike for both."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.customers.models import Account, Contact
from tests.catalog.pages import REGION, hidden, names_in, text_of
from tests.customers.rows import row
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, AddressFactory, ContactFactory
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Kind:
    """One of the two nouns: its model, its factory, the form of a new one called `name`."""

    model: type[Account] | type[Contact]
    factory: Any
    path: str
    name_field: str

    def make(self, name: str, **values: Any) -> Any:
        return self.factory.create(**{self.name_field: name, **self.blank, **values})

    @property
    def blank(self) -> dict[str, str]:
        return {} if self.model is Account else {"first_name": ""}

    def form(self, name: str, **values: object) -> dict[str, object]:
        return {self.name_field: name, "preferred_contact_method": "any", **values}


KINDS = {
    "account": Kind(Account, AccountFactory, "/accounts/", "name"),
    "contact": Kind(Contact, ContactFactory, "/contacts/", "last_name"),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def test_a_customer_is_made_by_its_owner(kind: Kind, cast: Cast, anna: Client) -> None:
    page = text_of(anna, f"{kind.path}new/")
    form = kind.form("Byron", email="ada@example.com", idempotency_key=hidden(page, "idempotency_key"))
    answers = [anna.post(f"{kind.path}new/", form) for _twice in range(2)]
    record = kind.model.objects.get()
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, f"{kind.path}{record.pk}/")] * 2
    assert (str(record), record.owner, record.owning_unit, record.email_key) == (
        "Byron",
        cast.rep_a,
        cast.north,
        "ada@example.com",
    )
    page = text_of(anna, f"{kind.path}{record.pk}/")
    assert '<a href="mailto:ada@example.com">' in page
    assert "Anna North" in page
    assert names_in(text_of(anna, kind.path)) == ["Byron"]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"email": "nobody"}, "email"), ({"credit_limit": "-1"}, "credit_limit"), ({"currency": "999999"}, "currency")],
)
def test_a_wrong_value_is_told_at_its_field_and_the_rest_is_kept(
    kind: Kind, anna: Client, values: dict[str, str], field: str
) -> None:
    answer = anna.post(f"{kind.path}new/", kind.form("Kept name", **values))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert 'value="Kept name"' in page
    assert not kind.model.objects.exists()


def test_a_customer_without_a_name_is_refused(kind: Kind, anna: Client) -> None:
    answer = anna.post(f"{kind.path}new/", kind.form(""))
    assert answer.status_code == 422
    assert f'id="id_{kind.name_field}_error"' in answer.content.decode()
    assert not kind.model.objects.exists()


def test_a_customer_is_changed_and_a_stale_form_is_refused(kind: Kind, cast: Cast, anna: Client) -> None:
    record = kind.make("Old", owner=cast.rep_a)
    url = f"{kind.path}{record.pk}/edit/"
    version = hidden(text_of(anna, url), "version")
    assert anna.post(url, kind.form("New", version=version)).status_code == 302
    before = row(record)
    assert (before[kind.name_field], before["sort_key"]) == ("New", "new")
    stale = anna.post(url, kind.form("Lost", version=version))
    assert stale.status_code == 409
    assert "Lost" in stale.content.decode()
    assert row(record) == before


def test_a_customer_is_deactivated_and_activated_again(kind: Kind, cast: Cast, anna: Client) -> None:
    record = kind.make("Acme", owner=cast.rep_a)
    url = f"{kind.path}{record.pk}/"
    text_of(anna, f"{url}deactivate/")
    assert row(record)["state"] == "active"
    assert anna.post(f"{url}deactivate/")["Location"] == url
    assert row(record)["state"] == "inactive"
    assert names_in(text_of(anna, kind.path)) == []
    assert names_in(text_of(anna, f"{kind.path}?view=inactive")) == ["Acme"]
    for answer in (anna.get(f"{url}deactivate/"), anna.post(f"{url}deactivate/")):
        assert answer.status_code == 409
        assert "is inactive" in answer.content.decode()
    assert anna.post(f"{url}activate/")["Location"] == url
    assert row(record)["state"] == "active"
    assert anna.post(f"{url}activate/").status_code == 409


def test_an_inactive_customer_cannot_be_edited(kind: Kind, cast: Cast, anna: Client) -> None:
    record = kind.make("Acme", owner=cast.rep_a, state="inactive", status_reason="inactive")
    before = row(record)
    assert "Activate it first" in text_of(anna, f"{kind.path}{record.pk}/edit/", 409)
    assert anna.post(f"{kind.path}{record.pk}/edit/", kind.form("New")).status_code == 409
    assert row(record) == before


def test_a_customer_is_deleted_after_a_question(kind: Kind, cast: Cast, anna: Client) -> None:
    record = kind.make("Acme", owner=cast.rep_a)
    url = f"{kind.path}{record.pk}/delete/"
    text_of(anna, url)
    assert row(record)["deleted_at"] is None
    assert anna.post(url)["Location"] == kind.path
    assert row(record)["deleted_at"] is not None
    assert "Acme" not in text_of(anna, f"{kind.path}{record.pk}/", 404)


def test_deleting_names_what_depends_on_the_account(cast: Cast, anna: Client) -> None:
    account = AccountFactory.create(owner=cast.rep_a)
    ContactFactory.create(first_name="Ada", last_name="Byron", account=account, owner=cast.rep_a)
    for answer, status in (
        (anna.get(f"/accounts/{account.pk}/delete/"), 200),
        (anna.post(f"/accounts/{account.pk}/delete/"), 409),
    ):
        assert answer.status_code == status
        assert "Ada Byron" in answer.content.decode()
    assert row(account)["deleted_at"] is None


def test_what_others_own_is_not_there(kind: Kind, cast: Cast, client_for: ClientFor) -> None:
    record = kind.make("Secretive", owner=cast.rep_a)
    before, ben = row(record), client_for(cast.rep_b)
    for path in ("", "edit/", "delete/", "deactivate/", "activate/", "addresses/new/"):
        answer = ben.get(f"{kind.path}{record.pk}/{path}")
        assert answer.status_code == 404
        assert "Secretive" not in answer.content.decode()
    for path in ("edit/", "delete/", "deactivate/", "addresses/new/"):
        assert ben.post(f"{kind.path}{record.pk}/{path}", kind.form("Mine", city="York")).status_code == 404
    assert names_in(text_of(ben, f"{kind.path}?view=all")) == []
    assert "Secretive" not in text_of(ben, "/search/?q=secretive")
    assert row(record) == before


def test_who_may_only_read_changes_nothing(kind: Kind, cast: Cast, client_for: ClientFor) -> None:
    record, rob = kind.make("Acme", owner=cast.rep_a), client_for(cast.read_only)
    before = row(record)
    page = text_of(rob, f"{kind.path}{record.pk}/")
    assert "Acme" in page
    assert "Add address" not in page
    assert rob.get(f"{kind.path}new/").status_code == 403
    assert rob.post(f"{kind.path}new/", kind.form("Mine")).status_code == 403
    for path in ("edit/", "delete/", "deactivate/", "addresses/new/"):
        assert rob.get(f"{kind.path}{record.pk}/{path}").status_code == 403
        assert rob.post(f"{kind.path}{record.pk}/{path}", kind.form("Mine", city="York")).status_code == 403
    assert row(record) == before
    assert kind.model.objects.count() == 1


def test_anonymous_people_are_sent_to_the_sign_in(kind: Kind, client: Client) -> None:
    answer = client.get(kind.path)
    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={kind.path}")


def test_the_views_of_the_list(kind: Kind, cast: Cast, client_for: ClientFor) -> None:
    mara = client_for(cast.manager)
    kind.make("Mine", owner=cast.manager)
    kind.make("Annas", owner=cast.rep_a)
    kind.make("Gone", owner=cast.rep_a, state="inactive", status_reason="inactive")
    kind.make("South", owner=cast.rep_c)
    assert names_in(text_of(mara, kind.path)) == ["Mine"]
    assert names_in(text_of(mara, f"{kind.path}?view=active")) == ["Annas", "Mine"]
    assert names_in(text_of(mara, f"{kind.path}?view=inactive")) == ["Gone"]
    assert names_in(text_of(mara, f"{kind.path}?view=all")) == ["Annas", "Gone", "Mine"]


def test_the_list_searches_sorts_and_ignores_nonsense(kind: Kind, cast: Cast, anna: Client) -> None:
    kind.make("Zöllner", owner=cast.rep_a, email="z@example.com")
    kind.make("Byron", owner=cast.rep_a)
    assert names_in(text_of(anna, f"{kind.path}?q=zoll")) == ["Zöllner"]
    assert names_in(text_of(anna, f"{kind.path}?q=Z@EX")) == ["Zöllner"]
    assert names_in(text_of(anna, f"{kind.path}?sort=-sort_key")) == ["Zöllner", "Byron"]
    assert names_in(text_of(anna, f"{kind.path}?sort=-created_at")) == ["Byron", "Zöllner"]
    page = text_of(anna, f"{kind.path}?sort=shoe&after=%00&view=x&owner=zzz&colour=red&created_at__date__gte=never")
    assert names_in(page) == ["Byron", "Zöllner"]


def test_htmx_gets_the_region_alone(kind: Kind, cast: Cast, anna: Client) -> None:
    kind.make("Byron", owner=cast.rep_a)
    region = anna.get(kind.path, headers=REGION).content.decode()
    assert names_in(region) == ["Byron"]
    assert "<html" not in region


def test_hostile_values_are_shown_as_text(kind: Kind, cast: Cast, anna: Client) -> None:
    record = kind.make(
        '<script>alert("x")</script>',
        owner=cast.rep_a,
        website="javascript:alert(1)",
        phone='"><img src=x>',
        description="<b>bold</b>",
    )
    for url in (f"{kind.path}{record.pk}/", kind.path, f"{kind.path}{record.pk}/edit/"):
        page = text_of(anna, url)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>bold" not in page
        assert 'href="javascript:' not in page


def test_pages_take_as_many_queries_for_fifty_as_for_two(kind: Kind, cast: Cast, anna: Client) -> None:
    record = kind.make("Center", owner=cast.rep_a)
    noun = kind.path.strip("/").removesuffix("s")
    counts = []
    for wanted in (2, 50):
        for number in range(wanted - record.addresses.count()):
            AddressFactory.create(**{noun: record})
            account = AccountFactory.create(name=f"Child {wanted} {number}", owner=cast.rep_a)
            ContactFactory.create(last_name=f"Person {wanted} {number}", account=account, owner=cast.rep_a)
            if kind.model is Account:
                Account.objects.filter(pk=account.pk).update(parent=record)
                ContactFactory.create(last_name=f"Staff {wanted} {number}", account=record, owner=cast.rep_a)
        parts = ("", "?tab=details", "edit/", "?tab=related")
        pages = (kind.path, *(f"{kind.path}{record.pk}/{part}" for part in parts))
        for url in pages:
            text_of(anna, url)
            with CaptureQueriesContext(connection) as queries:
                text_of(anna, url)
            counts.append(len(queries))
    few, many = counts[:5], counts[5:]
    # A list that goes on is counted, which costs one.
    assert (many[0] - few[0], few[1:]) == (1, many[1:])
    assert many[0] <= 8
    assert max(many[1:4]) <= 12
    assert many[4] <= 15


@pytest.mark.parametrize("query", ["byr", "BYRON", "ada@example.com", "+44 7700 900123"])
def test_the_search_finds_customers_by_name_email_and_phone(kind: Kind, cast: Cast, anna: Client, query: str) -> None:
    kind.make("Byron", owner=cast.rep_a, email="Ada@example.com", phone="+447700900123")
    assert re.search(rf'href="{kind.path}\d+/"[^>]*>\s*Byron', text_of(anna, f"/search/?q={query.replace('+', '%2B')}"))
