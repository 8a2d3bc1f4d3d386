"""What a website posts under the key or the label of a field goes there; everything else stays with the post."""

import pytest
from django.test import Client

from crm.users.models import Role
from crm.users.rights import SALES_MANAGER
from leads.models import CapturedPost, Lead
from tests.factories.cast import make_cast
from tests.factories.custom import make_field, make_field_of_each_kind
from tests.factories.leads import make_form

pytestmark = pytest.mark.django_db


def post(**sent: object) -> Lead:
    answer = Client().post(f"/capture/{make_form(make_cast().rep_a).key}/", {"last_name": "Quill", **sent})
    assert answer.status_code < 400
    return Lead.objects.get()


def test_values_go_to_the_field_that_is_called_so() -> None:
    make_field_of_each_kind()

    lead = post(
        **{
            "My text": "Wide  belt",
            "my_whole": "12",
            "myDecimal": "1.50",
            "custom_my_money": "99.90",
            "fields[my_date]": "2026-03-31",
            "MY-TIME": "7:05",
            "my yes no": "on",
            "my_choice": "Green",
            "my_choices": ["Visit", "fax"],
            "shoe_size": "44",
        }
    )

    assert lead.custom == {
        "my_text": "Wide belt",
        "my_whole": "12",
        "my_decimal": "1.5",
        "my_money": "99.9",
        "my_date": "2026-03-31",
        "my_time": "07:05:00",
        "my_yes_no": True,
        "my_choice": "green",
        "my_choices": ["fax", "visit"],
    }
    assert CapturedPost.objects.get().unknown_fields == [["shoe_size", ["44"]]]


def test_what_does_not_fit_stays_with_the_post_and_the_lead_is_made() -> None:
    make_field_of_each_kind()
    sent = {"my_whole": "many", "my_choice": "Blue", "my_text": "x" * 501, "my_date": ["2026-01-01", "2026-01-02"]}

    assert post(**sent).custom == {}

    kept = CapturedPost.objects.get()
    assert {key for key, _values in kept.unknown_fields} == set(sent)
    assert sorted(kept.flags) == [
        "invalid_choice:custom_my_choice",
        "invalid_choice:custom_my_date",
        "invalid_number:custom_my_whole",
        "too_long:custom_my_text",
    ]


def test_a_stranger_fills_nothing_that_is_for_some_roles_nor_names_people_and_records() -> None:
    manager = Role.objects.get(name=SALES_MANAGER).pk
    make_field("Grade", writers=[manager])
    make_field("Margin", readers=[manager])
    make_field("Buddy", "person")
    make_field("Partner", "record", related="customers.account")

    assert post(grade="A", margin="Thin", buddy="1", partner="1", custom='{"grade": "A"}').custom == {}


def test_required_fields_refuse_no_post_and_defaults_are_set() -> None:
    make_field("Grade", is_required=True)
    make_field("Channel", default="Website")

    assert post().custom == {"channel": "Website"}
