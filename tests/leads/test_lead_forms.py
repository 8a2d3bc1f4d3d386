"""Lead forms as records: who keeps them, what a new one asks, what is refused."""

from typing import Any

import pytest
from django.test import Client

from crm.users.rights import MARKETING
from leads.models import CaptureForm, FieldMapping, FormField
from tests.factories.cast import Cast
from tests.factories.leads import make_form
from tests.factories.users import UserFactory
from tests.proofs.world import browser, everything

TYPED = {"name": "Fair", "is_active": "on", "source": "trade_show", "language": "de", "again": "touch"}
TYPED |= {"sensitivity": "high", "allowed_hosts": "https://WWW.Shop.example/x\nshop.example"}


@pytest.fixture
def marketing(cast: Cast) -> Client:
    return browser(UserFactory.create(business_unit=cast.south, role=MARKETING))


def test_marketing_makes_a_form_which_asks_for_the_usual(cast: Cast, marketing: Client) -> None:
    made = marketing.post("/lead-forms/new/", {**TYPED, "owner": cast.rep_a.pk})
    form = CaptureForm.objects.get()
    assert made.headers["Location"] == f"/lead-forms/{form.pk}/"
    assert (form.owner, form.again, form.language, form.sensitivity) == (cast.rep_a, "touch", "de", "high")
    assert form.allowed_hosts == ["www.shop.example", "shop.example"]
    asked = list(form.fields.values_list("column", "label", "is_required"))
    assert asked == [
        ("first_name", "First name", False),
        ("last_name", "Last name", True),
        ("email", "E-mail", True),
        ("phone", "Business phone", False),
        ("company", "Company", False),
        ("description", "Description", False),
    ]
    page = marketing.get(f"/lead-forms/{form.pk}/").content.decode()
    assert form.key in page
    assert "Business phone" in page
    assert "Fair" in marketing.get("/lead-forms/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"allowed_hosts": "user@host"}, "allowed_hosts"),
        ({"redirect_url": "https://evil.example/"}, "redirect_url"),
        ({"redirect_url": "javascript:alert(1)"}, "redirect_url"),
        ({"name": "Taken"}, "name"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_a_form_that_would_not_work_is_refused_at_its_field(
    cast: Cast, marketing: Client, wrong: dict[str, Any], field: str
) -> None:
    make_form(cast.rep_a, name="Taken")
    before = everything()
    answer = marketing.post("/lead-forms/new/", TYPED | wrong)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert everything() == before


def test_a_form_belongs_to_a_person_or_a_team(cast: Cast, marketing: Client) -> None:
    team = make_form(cast.rep_a).owner_team
    assert team is None
    marketing.post("/lead-forms/new/", TYPED)
    assert CaptureForm.objects.get(name="Fair").owner == cast.administrator


def test_questions_are_added_ordered_and_removed(cast: Cast, marketing: Client) -> None:
    form = make_form(cast.rep_a)
    here = f"/lead-forms/{form.pk}"
    for column, position in (("email", ""), ("city", ""), ("last_name", "5")):
        answer = marketing.post(f"{here}/fields/new/", {"column": column, "position": position})
        assert answer.status_code == 302
    assert list(form.fields.values_list("column", "position")) == [("last_name", 5), ("email", 10), ("city", 20)]
    twice = marketing.post(f"{here}/fields/new/", {"column": "city"})
    assert (twice.status_code, "asks for this field already" in twice.content.decode()) == (422, True)
    city = FormField.objects.get(column="city")
    marketing.post(f"{here}/fields/{city.pk}/edit/", {"column": "city", "label": "Town", "is_required": "on"})
    city.refresh_from_db()
    assert (city.label, city.is_required) == ("Town", True)
    marketing.post(f"{here}/fields/{city.pk}/delete/", {})
    assert list(form.fields.values_list("column", flat=True)) == ["last_name", "email"]


def test_names_of_other_systems_are_mapped_once(cast: Cast, marketing: Client) -> None:
    form = make_form(cast.rep_a)
    new = f"/lead-forms/{form.pk}/mappings/new/"
    assert marketing.post(new, {"sent_as": " 00N20000003bk9v ", "column": "industry"}).status_code == 302
    assert marketing.post(new, {"sent_as": "00N20000003bk9v", "column": "city"}).status_code == 422
    assert marketing.post(new, {"sent_as": "x", "column": "owner"}).status_code == 422
    mapping = FieldMapping.objects.get()
    assert (mapping.sent_as, mapping.column) == ("00N20000003bk9v", "industry")
