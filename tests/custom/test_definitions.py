"""Fields while they are made, renamed, retyped, retired and deleted: nothing is lost, and a sentence says why not."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.custom.services import change_field, create_field, delete_field, restore_field, retire_field, set_choice
from crm.core.errors import Conflict, Forbidden, Invalid
from crm.core.fields import fields_of
from crm.core.models import CustomField
from leads.models import Lead
from leads.services.leads import create_lead, update_lead
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.sales import make_active_quote
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def lead(cast: Cast, **custom: Any) -> Lead:
    values = {"last_name": "Quill", "custom": custom}
    return create_lead(values=values, owner=cast.rep_a, actor=SYSTEM, at=timezone.now())


def change(field: CustomField, **values: Any) -> CustomField:
    return change_field(field_id=field.pk, values=values, actor=SYSTEM, at=timezone.now())


def kept(key: str) -> list[Any]:
    return list(Lead.objects.order_by("pk").values_list(f"custom__{key}", flat=True))


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Größe (cm)", "grosse_cm"),
        ("  Machine   Size ", "machine_size"),
        ("2nd machine", "nd_machine"),
        ("机器", "field"),
        ("Contains", "contains_2"),
        ("Is null", "is_null"),
        ("isnull", "isnull_2"),
        ("PK", "pk_2"),
        ("Owner id", "owner_id_2"),
        ("company__name", "company_name"),
        ("'; DROP TABLE leads_lead; --", "drop_table_leads_lead"),
        ('a"b\\c%s{0}', "a_b_c_s_0"),
        ("x" * 100, "x" * 40),
    ],
)
def test_the_key_is_a_plain_word_that_nothing_else_is_called_by(label: str, key: str, cast: Cast) -> None:
    field = make_field(label)

    assert field.key == key
    assert lead(cast, **{key: "1"}).custom == {key: "1"}
    assert kept(key) == ["1"]


def test_keys_are_unique_in_their_table_also_beside_retired_fields(cast: Cast) -> None:
    first = make_field("Size")
    retire_field(field_id=first.pk, actor=SYSTEM, at=timezone.now())

    assert make_field("Size").key == "size_2"
    assert make_field("Size", noun="customers.contact").key == "size"
    for label in ("Size", " sIZE", "Company", "Überschrift" * 20, ""):
        with pytest.raises(Invalid):
            make_field(label)


def test_a_new_name_keeps_key_and_values(cast: Cast, client_for: ClientFor) -> None:
    field = make_field("Size")
    record = lead(cast, size="12")

    assert change(field, label="Girth").key == "size"

    page = client_for(cast.rep_a).get(f"/leads/{record.pk}/?tab=details").content.decode()
    assert "Girth" in page
    assert fields_of(Lead, cast.rep_a)["size"].label == "Girth"


@pytest.mark.parametrize(
    ("since", "to", "stored", "becomes"),
    [
        ("text", "whole", "12", "12"),
        ("text", "date", "2026-03-31", "2026-03-31"),
        ("text", "yes_no", "Yes", True),
        ("text", "decimal", "1.50", "1.5"),
        ("whole", "text", 12, "12"),
        ("decimal", "whole", Decimal("3.0"), "3"),
        ("yes_no", "text", False, "no"),
        ("time", "text", "07:05", "07:05"),
        ("text", "long_text", "one", "one"),
    ],
)
def test_another_kind_keeps_every_value(since: str, to: str, stored: Any, becomes: Any, cast: Cast) -> None:
    field = make_field("Size", since)
    lead(cast, size=stored)

    change(field, kind=to)

    assert kept("size") == [becomes]
    assert fields_of(Lead, SYSTEM)["size"].kind == to


def test_another_kind_is_refused_with_the_number_of_values_that_do_not_fit(cast: Cast) -> None:
    field = make_field("Size")
    for size in ("12", "huge", "huge", "1.5"):
        lead(cast, size=size)

    with pytest.raises(Invalid, match="3 records hold values that cannot become this kind") as refused:
        change(field, kind="whole")

    assert refused.value.field == "kind"
    assert kept("size") == ["12", "huge", "huge", "1.5"]
    assert CustomField.objects.get().kind == "text"


def test_a_text_becomes_a_choice_of_what_is_stored_and_text_again(cast: Cast) -> None:
    field = make_field("Colour")
    for colour in ("Dark red", "Green", "Dark red"):
        lead(cast, colour=colour)

    change(field, kind="choice")
    assert kept("colour") == ["dark_red", "green", "dark_red"]
    assert sorted(label for _key, label in fields_of(Lead, SYSTEM)["colour"].choices) == ["Dark red", "Green"]

    change(field, kind="choices")
    assert kept("colour") == [["dark_red"], ["green"], ["dark_red"]]
    change(field, kind="text")
    assert kept("colour") == ["Dark red", "Green", "Dark red"]
    assert fields_of(Lead, SYSTEM)["colour"].choices == ()


def test_values_of_issued_documents_are_not_rewritten(cast: Cast) -> None:
    field = make_field("Sealed", noun="sales.quote")
    make_active_quote(cast.rep_a, custom={"sealed": "yes"})

    with pytest.raises(Conflict, match="Issued documents"):
        change(field, kind="yes_no")

    assert CustomField.objects.get().kind == "text"


def test_a_retired_field_is_nowhere_and_comes_back_with_its_values(cast: Cast, client_for: ClientFor) -> None:
    field = make_field("Girth")
    record = lead(cast, girth="12")
    client = client_for(cast.rep_a)
    with pytest.raises(Conflict, match="Retire this field first"):
        delete_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())

    retire_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())
    for path in ("?tab=details", "edit/"):
        assert "Girth" not in client.get(f"/leads/{record.pk}/{path}").content.decode()
    assert "girth" not in fields_of(Lead, SYSTEM)
    with pytest.raises(Invalid):
        update_lead(lead_id=record.pk, values={"custom": {"girth": "13"}}, actor=SYSTEM, at=timezone.now())
    update_lead(lead_id=record.pk, values={"topic": "Other"}, actor=SYSTEM, at=timezone.now())
    assert kept("girth") == ["12"]
    with pytest.raises(Conflict, match="1 record still holds a value"):
        delete_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())

    restore_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())
    assert "Girth" in client.get(f"/leads/{record.pk}/?tab=details").content.decode()


def test_a_field_without_values_can_be_deleted_for_good(cast: Cast) -> None:
    field = make_field("Size")
    retire_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())

    delete_field(field_id=field.pk, actor=SYSTEM, at=timezone.now())

    assert not CustomField.objects.exists()
    assert make_field("Size").key == "size"


def test_a_retired_choice_stays_where_it_is_chosen_and_is_offered_no_more(cast: Cast, client_for: ClientFor) -> None:
    field = make_field("Colour", "choice", choices="Red,Green")
    record, other = lead(cast, colour="red"), lead(cast)
    red = field.choices.get(key="red")
    told = {"label": "Crimson", "is_retired": True}
    set_choice(field_id=field.pk, choice_id=red.pk, values=told, actor=SYSTEM, at=timezone.now())

    client = client_for(cast.rep_a)
    assert "Crimson" in client.get(f"/leads/{record.pk}/edit/").content.decode()
    assert "Crimson" not in client.get("/leads/new/").content.decode()
    with pytest.raises(Invalid, match="not offered any more"):
        update_lead(lead_id=other.pk, values={"custom": {"colour": "red"}}, actor=SYSTEM, at=timezone.now())
    update_lead(lead_id=record.pk, values={"custom": {"colour": "red"}}, actor=SYSTEM, at=timezone.now())
    assert kept("colour") == ["red", None]


def test_only_administrators_make_fields(cast: Cast) -> None:
    values = {"label": "Size", "kind": "text"}
    with pytest.raises(Forbidden):
        create_field(noun="leads.lead", values=values, actor=cast.manager, at=timezone.now())
    assert not CustomField.objects.exists()
    for noun in ("leads.touch", "users.user", "x"):
        with pytest.raises(Invalid):
            create_field(noun=noun, values=values, actor=cast.administrator, at=timezone.now())
