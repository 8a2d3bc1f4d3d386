"""The page on which a lead is qualified: the preview writes nothing, one confirmation writes everything once."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.customers.models import Account, Contact
from crm.customers.services.accounts import deactivate_account
from leads.models import Lead
from sales.models import Opportunity, Qualification
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.leads import AT, make_disqualified_lead, make_lead
from tests.factories.opportunities import qualify, salesperson_without
from tests.factories.sales import make_account, make_contact, make_opportunity, standard_list
from tests.factories.users import UserFactory
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def anna(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.rep_a)


def _url(lead: Lead) -> str:
    return f"/leads/{lead.pk}/qualify/"


def _page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def _sent(page: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send of the form, with the changes that a person made."""
    values: dict[str, Any] = {}
    form = page[page.index('<form id="qualify"') : page.index("</form>", page.index('<form id="qualify"'))]
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if name and (not kind or kind[1] not in {"radio", "checkbox"} or "checked" in tag):
            values[name[1]] = value[1] if value else ""
    return values | {name.replace("__", "-"): value for name, value in changes.items()}


def _nothing_made() -> bool:
    return not (Account.with_bin.exists() or Contact.with_bin.exists() or Opportunity.with_bin.exists())


def _chosen(page: str, part: str) -> str:
    found = re.search(rf'name="{part}-choice" value="(\w+)" data-choice="\w+" checked', page)
    return found.group(1) if found else ""


def test_the_preview_proposes_to_create_everything_and_writes_nothing(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, topic="Brewhouse", estimated_value=D(48000), campaign_code="Fair 2026")
    make_activity(cast.rep_a, regarding=lead)
    page = _page(anna, _url(lead))
    assert [_chosen(page, part) for part in ("account", "contact", "opportunity")] == ["create"] * 3
    for words in (
        'value="Williams-Sheppard Ltd"',
        'value="Megan"',
        'value="Brewhouse"',
        'value="48000"',
        "1 account made",
        "1 contact made",
        "1 opportunity made",
        "1 activity goes along",
        "Fair 2026",
        "Anna North",
    ):
        assert words in page
    assert _nothing_made()
    assert Lead.objects.get().state == "open"


def test_confirming_the_preview_makes_what_it_showed_once(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, topic="Brewhouse", estimated_value=D(48000), city="Bamberg")
    sent = _sent(_page(anna, _url(lead)))
    answers = [anna.post(_url(lead), sent) for _again in range(2)]
    opportunity = Opportunity.objects.get()
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, f"/opportunities/{opportunity.pk}/")
    ] * 2
    assert (opportunity.topic, opportunity.estimated_revenue) == ("Brewhouse", D(48000))
    assert opportunity.customer_account == Account.objects.get()
    assert Account.objects.get().addresses.get().city == "Bamberg"
    assert (Contact.objects.count(), Qualification.objects.count()) == (1, 1)
    assert Lead.objects.get().state == "qualified"


def test_what_the_seller_types_is_what_is_written(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a)
    sent = _sent(
        _page(anna, _url(lead)),
        account__name="Williams Sheppard plc",
        contact__job_title="Boss",
        **{"opportunity-0-topic": "Pumps", "opportunity-0-price_list": standard_list().pk},
    )
    assert anna.post(_url(lead), sent).status_code == 302
    assert (Account.objects.get().name, Contact.objects.get().job_title) == ("Williams Sheppard plc", "Boss")
    assert (Opportunity.objects.get().topic, Opportunity.objects.get().price_list) == ("Pumps", standard_list())


def test_an_exact_match_is_proposed_with_its_reasons_and_has_to_be_looked_at(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Williams-Sheppard")
    lead = make_lead(cast.rep_a, industry="Food")
    page = _page(anna, _url(lead))
    assert _chosen(page, "account") == "use"
    assert f'name="account-record" value="{account.pk}" checked' in page
    assert "Same company name" in page
    assert "Check that it is the same before you confirm." in page
    assert "1 field filled" in page
    assert anna.post(_url(lead), _sent(page)).status_code == 302
    assert Account.objects.get().industry == "Food"


def test_an_account_is_proposed_only_if_the_company_is_filled(cast: Cast, anna: Client) -> None:
    make_account(cast.rep_a, "Somebody", website="https://chang.example")
    lead = make_lead(cast.rep_a, company="", email="megan@chang.example")
    page = _page(anna, _url(lead))
    assert _chosen(page, "account") == "skip"
    assert "Somebody" in page


def test_the_customers_that_the_lead_names_are_used(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Known Ltd")
    contact = make_contact(cast.rep_a, account=account)
    lead = make_lead(cast.rep_a, existing_account=account, existing_contact=contact)
    page = _page(anna, _url(lead))
    assert (_chosen(page, "account"), _chosen(page, "contact")) == ("use", "use")
    assert "Named by the lead" in page
    assert anna.post(_url(lead), _sent(page)).status_code == 302
    assert (Account.objects.count(), Contact.objects.count()) == (1, 1)
    assert Opportunity.objects.get().customer_account == account


def test_values_are_kept_filled_or_overwritten_as_the_seller_says(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Williams-Sheppard", employees=120, industry="Old")
    lead = make_lead(cast.rep_a, employees=140, industry="Food", phone="+49 951 555 0142")
    sent = _sent(_page(anna, _url(lead)), **{"account-rule-employees": "overwrite", "account-rule-phone": "keep"})
    shown = anna.post(_url(lead), sent | {"redraw": "again"}).content.decode()
    assert "Employees of Williams-Sheppard will be overwritten." in shown
    assert anna.post(_url(lead), sent).status_code == 302
    fresh = Account.objects.get(pk=account.pk)
    assert (fresh.employees, fresh.industry, fresh.phone) == (140, "Old", "")


def test_a_redraw_keeps_what_is_typed_adds_rows_and_writes_nothing(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, topic="Brewhouse")
    sent = _sent(_page(anna, _url(lead)), account__name="", contact__job_title="Typed before")
    response = anna.post(_url(lead), sent | {"redraw": "add-opportunity"})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="Typed before"' in page
    assert 'name="opportunity-rows" value="2"' in page
    assert "This field is required." not in page
    assert _nothing_made()
    again = _sent(page, account__name="Ostermann", **{"opportunity-1-topic": "Bottling line"})
    assert anna.post(_url(lead), again).status_code == 302
    assert list(Opportunity.objects.order_by("pk").values_list("topic", flat=True)) == ["Brewhouse", "Bottling line"]


def test_a_row_that_is_left_out_makes_nothing(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, topic="Brewhouse")
    sent = _sent(_page(anna, _url(lead))) | {"redraw": "add-opportunity"}
    page = anna.post(_url(lead), sent).content.decode()
    left_out = _sent(page, **{"opportunity-0-remove": "on", "opportunity-1-topic": "Bottling line"})
    assert anna.post(_url(lead), left_out).status_code == 302
    assert Opportunity.objects.get().topic == "Bottling line"


def test_another_record_is_found_by_search_and_used(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Quite Different Ltd")
    make_account(cast.rep_c, "Different but hidden")
    lead = make_lead(cast.rep_a)
    by_address = _page(anna, f"{_url(lead)}?account_q=different")
    sent = _sent(_page(anna, _url(lead)), **{"account-choice": "use", "account-q": "different", "redraw": "search"})
    by_form = anna.post(_url(lead), sent).content.decode()
    for page in (by_address, by_form):
        assert "Quite Different Ltd" in page
        assert "Different but hidden" not in page
    chosen = _sent(by_form, **{"account-choice": "use", "account-record": account.pk})
    assert anna.post(_url(lead), chosen).status_code == 302
    assert Opportunity.objects.get().customer_account == account


def test_an_open_opportunity_of_the_customer_can_be_joined(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Williams-Sheppard")
    deal = make_opportunity(cast.rep_a, topic="Running deal", customer_account=account)
    lead = make_lead(cast.rep_a)
    page = _page(anna, _url(lead))
    assert "Running deal" in page
    sent = _sent(page, **{"opportunity-choice": "join", "opportunity-record": deal.pk})
    response = anna.post(_url(lead), sent)
    assert (response.status_code, response["Location"]) == (302, f"/opportunities/{deal.pk}/")
    assert Opportunity.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"account-choice": ""}, "Choose what to do here."),
        ({"account-choice": "steal"}, "Select a valid choice."),
        ({"account-choice": "use", "account-record": ""}, "Choose which one, or search for it."),
        ({"account-choice": "use", "account-record": "x"}, "Enter a whole number."),
        ({"account-name": ""}, "This field is required."),
        ({"account-employees": "many"}, "Enter a whole number."),
        ({"contact-email": "nobody"}, "Enter a valid email address."),
        (
            {"contact-first_name": "", "contact-last_name": "", "contact-email": ""},
            "Enter a first name, a last name or an e-mail address.",
        ),
        ({"opportunity-0-topic": ""}, "This field is required."),
        ({"opportunity-0-estimated_revenue": "a lot"}, "Enter a number."),
        ({"account-choice": "skip", "contact-choice": "skip"}, "An opportunity needs a customer."),
    ],
)
def test_wrong_values_come_back_with_a_sentence_and_what_was_typed(
    cast: Cast, anna: Client, changes: dict[str, str], sentence: str
) -> None:
    lead = make_lead(cast.rep_a)
    sent = _sent(_page(anna, _url(lead)), contact__job_title="Typed before") | changes
    response = anna.post(_url(lead), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert 'value="Typed before"' in page
    assert _nothing_made()
    assert (Lead.objects.get().state, Qualification.objects.count()) == ("open", 0)


def test_an_inactive_account_is_refused_at_its_part(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Sleeping Ltd")
    deactivate_account(account_id=account.pk, actor=cast.rep_a, at=AT)
    lead = make_lead(cast.rep_a)
    sent = _sent(_page(anna, _url(lead)), **{"account-choice": "use", "account-record": account.pk})
    response = anna.post(_url(lead), sent)
    assert response.status_code == 422
    assert "This account is inactive" in response.content.decode()
    assert Lead.objects.get().state == "open"


def test_a_closed_lead_is_a_conflict(cast: Cast, anna: Client) -> None:
    lead, lost = make_lead(cast.rep_a), make_disqualified_lead(cast.rep_a, last_name="Lost")
    sent = _sent(_page(anna, _url(lead)))
    qualify(lead)
    before = Opportunity.objects.count()
    for closed in (lead, lost):
        assert _page(anna, _url(closed), 409)
        assert anna.post(_url(closed), sent | {"idempotency_key": ""}).status_code == 409
        assert anna.post(_url(closed), sent | {"redraw": "again"}).status_code == 409
    assert Opportunity.objects.count() == before


def test_the_page_is_for_those_who_may_qualify(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(cast.rep_a, last_name="Secretson")
    reader, stranger = client_for(cast.read_only), client_for(cast.rep_c)
    assert _page(reader, _url(lead), 403)
    assert "Secretson" not in _page(stranger, _url(lead), 404)
    assert (reader.post(_url(lead), {}).status_code, stranger.post(_url(lead), {}).status_code) == (403, 404)
    assert Client().get(_url(lead))["Location"] == f"/login/?next={_url(lead)}"
    assert (Lead.objects.get().state, _nothing_made()) == ("open", True)


def test_a_part_without_the_right_to_create_is_closed(cast: Cast, client_for: ClientFor) -> None:
    seller = salesperson_without("create_account", cast.north)
    lead = make_lead(seller)
    page = _page(client_for(seller), _url(lead))
    assert _chosen(page, "account") == "skip"
    assert "You lack the right to create this, so it can only be an existing one." in page
    response = client_for(seller).post(_url(lead), _sent(page, **{"account-choice": "create"}))
    assert (response.status_code, _nothing_made()) == (422, True)


def test_a_customer_that_may_only_be_read_is_used_as_it_is(cast: Cast, client_for: ClientFor) -> None:
    marketer = UserFactory.create(role="Marketing", business_unit=cast.north)
    account = make_account(cast.rep_a, "Williams-Sheppard")
    lead = make_lead(cast.rep_a, industry="Food")
    page = _page(client_for(marketer), _url(lead))
    assert "You may see this record but not change it" in page
    assert client_for(marketer).post(_url(lead), _sent(page)).status_code == 302
    assert Account.objects.get(pk=account.pk).industry == ""


def test_confirming_costs_at_most_25_queries(cast: Cast, anna: Client) -> None:
    place: dict[str, Any] = {"street": "Regnitzufer 18", "city": "Bamberg"}
    asked = _asked_by_confirming(anna, make_lead(cast.rep_a, topic="Brewhouse", estimated_value=D(48000), **place))
    assert len(asked) <= 25, "\n".join(sql[:160] for sql in asked)


def test_confirming_costs_the_same_for_many_activities(cast: Cast, anna: Client) -> None:
    few, many = make_lead(cast.rep_a, last_name="Few"), make_lead(cast.rep_a, last_name="Many", company="Other")
    make_activity(cast.rep_a, regarding=few)
    for _number in range(20):
        make_activity(cast.rep_a, regarding=many)
    assert len(_asked_by_confirming(anna, few)) == len(_asked_by_confirming(anna, many))


def _asked_by_confirming(client: Client, lead: Lead) -> list[str]:
    sent = _sent(_page(client, _url(lead)))
    with CaptureQueriesContext(connection) as captured:
        assert client.post(_url(lead), sent).status_code == 302
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def test_the_preview_costs_the_same_for_many_matches(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, email="megan@williams.example")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            _page(anna, _url(lead))
        return len(captured)

    _customers(cast, 1)
    few = queries()
    _customers(cast, 15)
    assert queries() == few


def _customers(cast: Cast, number: int) -> None:
    for _number in range(number):
        account = make_account(cast.rep_a, "Williams-Sheppard")
        make_contact(cast.rep_a, email="megan@williams.example", account=account)
        make_opportunity(cast.rep_a, customer_account=account)


def test_a_qualified_lead_shows_what_came_of_it(cast: Cast, anna: Client) -> None:
    lead = make_lead(cast.rep_a, topic="Brewhouse")
    qualify(lead, actor=cast.rep_a)
    page = _page(anna, f"/leads/{lead.pk}/")
    assert "Qualification result" in page
    for record in (Account.objects.get(), Contact.objects.get(), Opportunity.objects.get()):
        assert f'/{record._meta.verbose_name_plural}/{record.pk}/"' in page


def test_a_new_need_of_a_customer_becomes_only_an_opportunity(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Known Ltd")
    contact = make_contact(cast.rep_a, account=account, email="wyatt@known.example")
    assert _page(anna, f"/contacts/{contact.pk}/new-need/")
    response = anna.post(f"/contacts/{contact.pk}/new-need/", {"topic": "More pumps", "estimated_value": "500"})
    lead = Lead.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/leads/{lead.pk}/")
    assert (lead.existing_account, lead.existing_contact, lead.topic) == (account, contact, "More pumps")
    assert anna.post(_url(lead), _sent(_page(anna, _url(lead)))).status_code == 302
    assert (Account.objects.count(), Contact.objects.count()) == (1, 1)
    made = Opportunity.objects.get()
    assert (made.customer_account, made.contact, made.estimated_revenue) == (account, contact, D(500))


def test_a_new_need_of_an_account_names_its_primary_contact(cast: Cast, anna: Client) -> None:
    account = make_account(cast.rep_a, "Known Ltd")
    contact = make_contact(cast.rep_a, account=account)
    Account.objects.filter(pk=account.pk).update(primary_contact=contact)
    assert anna.post(f"/accounts/{account.pk}/new-need/", {"topic": ""}).status_code == 422
    assert not Lead.objects.exists()
    assert anna.post(f"/accounts/{account.pk}/new-need/", {"topic": "More pumps"}).status_code == 302
    lead = Lead.objects.get()
    assert (lead.existing_account, lead.existing_contact, lead.name) == (account, contact, "Wyatt Halvorsen")


def test_a_new_need_takes_the_right_to_make_leads_and_an_active_customer(
    cast: Cast, anna: Client, client_for: ClientFor
) -> None:
    account = make_account(cast.rep_a, "Known Ltd")
    assert client_for(cast.read_only).post(f"/accounts/{account.pk}/new-need/", {"topic": "x"}).status_code == 403
    assert client_for(cast.rep_c).post(f"/accounts/{account.pk}/new-need/", {"topic": "x"}).status_code == 404
    deactivate_account(account_id=account.pk, actor=cast.rep_a, at=AT)
    assert anna.post(f"/accounts/{account.pk}/new-need/", {"topic": "x"}).status_code == 409
    assert not Lead.objects.exists()
