"""What a lead says in an added field, its account, contact and opportunity know too: carried, compared, taken back."""

import pytest
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.customers.models import Account, Contact
from crm.users.models import Role, User
from crm.users.rights import SALES_MANAGER
from leads.models import Lead
from leads.services.leads import reopen_lead
from sales.models import Opportunity
from sales.services.qualification import SKIP, Create, Use, qualify_lead
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.leads import make_lead
from tests.factories.sales import make_account
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

NOUNS = ("leads.lead", "customers.account", "customers.contact", "sales.opportunity")


def qualify(lead: Lead, *, account: object, actor: object = SYSTEM) -> None:
    qualify_lead(
        lead_id=lead.pk,
        account=account,  # type: ignore[arg-type]
        contact=Create() if isinstance(account, Create) else SKIP,
        opportunities=[Create()],
        actor=actor,  # type: ignore[arg-type]
        at=timezone.now(),
    )


def test_new_records_take_over_fields_of_the_same_key(cast: Cast) -> None:
    for noun in NOUNS:
        make_field("Herd", "whole", noun=noun)
    make_field("Breed", "choice", choices="Jersey,Angus")
    make_field("Breed", "choice", noun="customers.account", choices="Zebu,Angus")
    make_field("Note to self")
    lead = make_lead(cast.rep_a, custom={"herd": 120, "breed": "angus", "note_to_self": "x"})

    qualify(lead, account=Create())

    assert Account.objects.get().custom == {"herd": "120", "breed": "angus"}
    assert Contact.objects.get().custom == Opportunity.objects.get().custom == {"herd": "120"}


@pytest.mark.parametrize(("rule", "becomes"), [("keep", "80"), ("fill", "80"), ("overwrite", "120")])
def test_an_existing_record_keeps_fills_or_takes_the_value(rule: str, becomes: str, cast: Cast) -> None:
    for noun in NOUNS[:2]:
        make_field("Herd", "whole", noun=noun)
        make_field("Organic", "yes_no", noun=noun)
    account = make_account(cast.rep_a, custom={"herd": 80})
    lead = make_lead(cast.rep_a, custom={"herd": 120, "organic": False})

    qualify(lead, account=Use(account.pk, {"custom_herd": rule}))

    assert again_account(account).custom == {"herd": becomes, "organic": False}
    reopen_lead(lead_id=lead.pk, actor=SYSTEM, at=timezone.now())
    assert again_account(account).custom == {"herd": "80"}


def again_account(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def test_what_was_changed_since_stays_when_a_qualification_is_taken_back(cast: Cast, client_for: ClientFor) -> None:
    for noun in NOUNS[:2]:
        make_field("Herd", "whole", noun=noun)
    account = make_account(cast.rep_a)
    lead = make_lead(cast.rep_a, custom={"herd": 120})
    qualify(lead, account=Use(account.pk))
    Account.objects.filter(pk=account.pk).update(custom={"herd": "90"})

    answer = client_for(cast.manager).post(f"/leads/{lead.pk}/reopen/")

    assert answer.status_code == 409
    assert again_account(account).custom == {"herd": "90"}


def test_the_preview_shows_both_values_and_what_the_opportunity_takes_over(cast: Cast, client_for: ClientFor) -> None:
    for noun in NOUNS:
        make_field("Herd", "whole", noun=noun)
    account = make_account(cast.rep_a, custom={"herd": 80})
    lead = make_lead(cast.rep_a, existing_account=account, custom={"herd": 1200})

    page = client_for(cast.rep_a).get(f"/leads/{lead.pk}/qualify/").content.decode()

    assert 'name="account-rule-custom_herd"' in page
    assert page.count("1,200") >= 2
    assert ">80<" in page


def test_what_the_seller_may_not_read_does_not_carry_over(cast: Cast, client_for: ClientFor) -> None:
    manager = Role.objects.get(name=SALES_MANAGER).pk
    make_field("Margin", readers=[manager])
    make_field("Margin", noun="customers.account")
    make_field("Grade")
    make_field("Grade", noun="customers.account", writers=[manager])
    lead = make_lead(cast.rep_a, custom={"margin": "Thin", "grade": "A"})

    assert "Thin" not in client_for(cast.rep_a).get(f"/leads/{lead.pk}/qualify/").content.decode()
    qualify(lead, account=Create(), actor=User.objects.get(pk=cast.rep_a.pk))

    assert Account.objects.get().custom == {}
