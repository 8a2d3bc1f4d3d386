"""The pages of duplicates and merges: choosing what stays, the way back, the list of pairs, the warning in forms."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.deletion import restore_record
from crm.core.errors import Conflict
from crm.customers.models import Account, Contact
from crm.data.duplicates.scanning import order_scan
from crm.data.models import DuplicatePair, Merge
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory, ContactFactory
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor
from tests.queue import work_off

pytestmark = pytest.mark.django_db
ACCOUNT = {"preferred_contact_method": "any"}


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def two_accounts(cast: Cast) -> tuple[Account, Account]:
    first = AccountFactory.create(name="Acme", phone="1", industry="Steel", owner=cast.rep_a)
    second = AccountFactory.create(name="Acme Ltd", phone="2", industry="Steel", owner=cast.rep_a)
    return first, second


def test_a_person_chooses_what_stays_field_by_field_and_takes_it_back(cast: Cast, anna: Client) -> None:
    first, second = two_accounts(cast)
    contact = ContactFactory.create(account=second, owner=cast.rep_c)
    url = f"/accounts/merge/?id={first.pk}&id={second.pk}"
    ticked = anna.get(f"/accounts/bulk/?act=merge&pick={first.pk}&pick={second.pk}")
    assert ticked.headers["Location"] == url
    page = text(anna, url)
    assert f'name="stays-name" value="{first.pk}" checked' in page
    assert f'name="stays-name" value="{second.pk}"' in page
    assert 'name="stays-industry"' not in page
    assert "Steel" in page
    turned = text(anna, f"{url}&master={second.pk}")
    assert f'name="stays-name" value="{second.pk}" checked' in turned
    assert Merge.objects.count() == 0

    sent = {
        "id": [first.pk, second.pk], "master": first.pk, "stays-name": second.pk, "stays-phone": first.pk,
        f"version-{first.pk}": first.version, f"version-{second.pk}": second.version,
    }  # fmt: skip
    answer = anna.post("/accounts/merge/", sent)

    merge = Merge.objects.get()
    assert answer.headers["Location"] == f"/merges/{merge.pk}/"
    first.refresh_from_db()
    contact.refresh_from_db()
    assert (first.name, first.phone, contact.account_id) == ("Acme Ltd", "1", first.pk)
    assert anna.get(f"/accounts/{second.pk}/").headers["Location"] == f"/accounts/{first.pk}/"
    assert "Account merged" in text(anna, f"/accounts/{first.pk}/?tab=history")
    assert "Take back" in text(anna, f"/merges/{merge.pk}/")
    assert "Acme Ltd merged into Acme" in text(anna, "/merges/")
    with pytest.raises(Conflict) as kept:
        restore_record(model=Account, record_id=second.pk, actor=SYSTEM, at=timezone.now())
    assert "Take the merge back instead" in kept.value.details[0]

    Contact.objects.filter(pk=contact.pk).update(account=None)
    assert "Take this merge back?" in text(anna, f"/merges/{merge.pk}/undo/")
    anna.post(f"/merges/{merge.pk}/undo/")
    result = text(anna, f"/merges/{merge.pk}/")
    assert "Changed since · 1" in result
    assert "A contact you may not see" in result
    assert text(anna, f"/accounts/{second.pk}/")


def test_addresses_of_merged_records_tell_strangers_nothing(cast: Cast, anna: Client, client_for: ClientFor) -> None:
    first, second = two_accounts(cast)
    anna.post("/accounts/merge/", {"id": [first.pk, second.pk], "master": first.pk})
    stranger = client_for(cast.rep_c)
    text(stranger, f"/accounts/{second.pk}/", 404)
    text(stranger, f"/merges/{Merge.objects.get().pk}/", 404)
    text(client_for(cast.read_only), f"/merges/{Merge.objects.get().pk}/", 403)


def test_what_is_hidden_stale_or_not_ready_is_refused_and_nothing_changes(
    cast: Cast, anna: Client, client_for: ClientFor
) -> None:
    first, second = two_accounts(cast)
    hidden = AccountFactory.create(name="Secret", owner=cast.rep_c)
    sent: dict[str, Any] = {"id": [first.pk, second.pk], "master": first.pk}
    text(anna, f"/accounts/merge/?id={first.pk}&id={hidden.pk}", 404)
    assert anna.post("/accounts/merge/", {"id": [first.pk, hidden.pk]}).status_code == 404
    assert client_for(cast.read_only).post("/accounts/merge/", sent).status_code == 403
    stale = anna.post("/accounts/merge/", sent | {f"version-{second.pk}": second.version + 1})
    assert stale.status_code == 409
    assert "Somebody has changed “Acme Ltd” since you looked." in stale.content.decode()
    Account.objects.filter(pk=second.pk).update(state="inactive", status_reason="inactive")
    assert "Activate it before it is merged" in text(anna, f"/accounts/merge/?id={first.pk}&id={second.pk}")
    assert anna.post("/accounts/merge/", sent).status_code == 409
    text(anna, f"/quotes/merge/?id={first.pk}&id={second.pk}", 404)
    assert Merge.objects.count() == 0
    assert Account.objects.count() == 3


def test_the_tables_are_looked_through_in_the_background_and_pairs_worked_off(cast: Cast, anna: Client) -> None:
    first, second = two_accounts(cast)
    AccountFactory.create(name="acme", owner=cast.rep_c)
    people = [ContactFactory.create(first_name=name, last_name="Byron", owner=cast.rep_a) for name in ("Ada", "Adda")]
    make_lead(cast.rep_a, email="a@x.example", last_name="One")
    make_lead(cast.rep_a, email="A@x.example", last_name="Two")
    assert "They have not been yet" in text(anna, "/duplicates/?table=accounts")

    order_scan(actor=SYSTEM, at=timezone.now())
    work_off()

    assert DuplicatePair.objects.count() == 5  # three accounts of one name, two names, two leads
    page = text(anna, "/duplicates/?table=accounts")
    assert re.findall(r'row-note">([^<]*)<', page) == ["Same company name"]
    assert f"/accounts/merge/?id={first.pk}&amp;id={second.pk}" in page
    assert "Nearly the same name" in text(anna, "/duplicates/?table=contacts")
    assert "Same e-mail address" in text(anna, "/duplicates/?table=leads")

    anna.post("/contacts/duplicates/dismiss/", {"id": [one.pk for one in people]})
    order_scan(actor=SYSTEM, at=timezone.now())
    work_off()
    assert "No duplicates found" in text(anna, "/duplicates/?table=contacts")
    assert "May be the same after all" in text(anna, "/duplicates/?table=contacts&show=dismissed")
    anna.post("/contacts/duplicates/dismiss/", {"id": [one.pk for one in people], "again": "1"})
    assert "Nearly the same name" in text(anna, "/duplicates/?table=contacts")

    Account.objects.filter(pk=second.pk).update(name="Other", company_key="other", sort_key="other")
    order_scan(actor=SYSTEM, at=timezone.now())
    work_off()
    assert "No duplicates found" in text(anna, "/duplicates/?table=accounts")


def test_a_form_says_what_it_looks_like_and_saves_anyway_when_asked_again(cast: Cast, anna: Client) -> None:
    first, _second = two_accounts(cast)
    sent = {"name": "ACME", **ACCOUNT}
    live = anna.post("/accounts/duplicates/", sent)
    assert "This looks like a record that is there already." in live.content.decode()
    assert anna.post("/accounts/duplicates/", {"name": "New"}).content.decode().strip() == ""

    stopped = anna.post("/accounts/new/", sent)
    page = stopped.content.decode()
    assert stopped.status_code == 422
    assert f'href="/accounts/{first.pk}/"' in page
    assert "Save account anyway" in page
    assert Account.objects.count() == 2
    [seen] = re.findall(r'name="seen" value="([^"]*)"', page)
    assert anna.post("/accounts/new/", sent | {"seen": seen}).status_code == 302
    assert Account.objects.count() == 3
    # A record is looked at again only when something that is compared has changed.
    made = Account.objects.get(name="ACME")
    assert anna.post(f"/accounts/{made.pk}/edit/", sent | {"industry": "Steel"}).status_code == 302
    assert anna.post(f"/accounts/{made.pk}/edit/", sent | {"name": "Acme Limited"}).status_code == 302
    AccountFactory.create(name="Globex", email="info@globex.example", owner=cast.rep_a)
    assert anna.post(f"/accounts/{made.pk}/edit/", sent | {"email": "info@globex.example"}).status_code == 422


def test_a_hidden_record_warns_nobody(cast: Cast, anna: Client) -> None:
    make_lead(cast.rep_c, email="ann@secret.example", last_name="Secret")
    sent = {"email": "ann@secret.example", "preferred_contact_method": "any"}
    assert anna.post("/leads/duplicates/", sent).content.decode().strip() == ""
    assert anna.post("/leads/new/", sent).status_code == 302
    assert Lead.objects.count() == 2
