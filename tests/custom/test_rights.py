"""A field that somebody may not read does not exist for them; one that they may only read is shown and stays."""

import pytest
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.errors import Forbidden, Invalid
from crm.core.fields import fields_of
from crm.users.models import Role, User
from crm.users.rights import SALES_MANAGER, SALESPERSON
from leads.models import Lead
from leads.services.leads import create_lead, update_lead
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def role(name: str) -> int:
    return Role.objects.get(name=name).pk


def again(person: User) -> User:
    """As a new request has the person."""
    return User.objects.get(pk=person.pk)


def lead(cast: Cast, **custom: object) -> Lead:
    values = {"last_name": "Quill", "custom": custom}
    return create_lead(values=values, owner=cast.rep_a, actor=SYSTEM, at=timezone.now())


def test_what_one_may_not_read_is_nowhere(cast: Cast, client_for: ClientFor) -> None:
    make_field("Margin note", readers=[role(SALES_MANAGER)], is_key_fact=True)
    record = lead(cast, margin_note="Thin")
    seller, manager = client_for(cast.rep_a), client_for(cast.manager)
    update_lead(lead_id=record.pk, values={"custom": {"margin_note": "Fat"}}, actor=SYSTEM, at=timezone.now())

    for path in (f"/leads/{record.pk}/?tab=details", f"/leads/{record.pk}/edit/", f"/leads/{record.pk}/?tab=history"):
        assert "Margin note" in manager.get(path).content.decode(), path
        page = seller.get(path).content.decode()
        assert not any(word in page for word in ("Margin", "margin_note", "Thin", "Fat")), path
    assert "margin_note" in fields_of(Lead, again(cast.manager))
    assert "margin_note" not in fields_of(Lead, again(cast.rep_a))


def test_a_forged_value_for_a_field_that_does_not_exist_for_somebody_counts_for_nothing(
    cast: Cast, client_for: ClientFor
) -> None:
    make_field("Margin note", readers=[role(SALES_MANAGER)])
    record = lead(cast, margin_note="Thin")
    sent = {"last_name": "Quill", "preferred_contact_method": "any", "custom_margin_note": "Fat", "custom": "{}"}

    assert client_for(cast.rep_a).post(f"/leads/{record.pk}/edit/", sent).status_code == 302

    record.refresh_from_db()
    assert record.custom == {"margin_note": "Thin"}
    with pytest.raises(Invalid, match="There is no field"):
        update_lead(
            lead_id=record.pk, values={"custom": {"margin_note": "Fat"}}, actor=again(cast.rep_a), at=timezone.now()
        )


def test_what_one_may_only_read_is_shown_and_stays(cast: Cast, client_for: ClientFor) -> None:
    make_field("Grade", writers=[role(SALES_MANAGER)])
    record = lead(cast, grade="B")
    client = client_for(cast.rep_a)

    form = client.get(f"/leads/{record.pk}/edit/").context["form"]
    assert form["custom_grade"].value() == "B"
    assert form.fields["custom_grade"].disabled
    sent = {"last_name": "Quill", "preferred_contact_method": "any", "custom_grade": "A"}
    assert client.post(f"/leads/{record.pk}/edit/", sent).status_code == 302
    record.refresh_from_db()
    assert record.custom == {"grade": "B"}

    values = {"custom": {"grade": "A"}}
    with pytest.raises(Forbidden, match="You may read “Grade”, but not change it"):
        update_lead(lead_id=record.pk, values=values, actor=again(cast.rep_a), at=timezone.now())
    update_lead(lead_id=record.pk, values=values, actor=again(cast.manager), at=timezone.now())
    record.refresh_from_db()
    assert record.custom == {"grade": "A"}
    assert fields_of(Lead, again(cast.rep_a))["grade"].edit_name == ""
    assert fields_of(Lead, again(cast.manager))["grade"].edit_name == "custom_grade"


def test_administrators_have_every_role_and_writers_read(cast: Cast) -> None:
    make_field("Grade", readers=[role(SALES_MANAGER)], writers=[role(SALESPERSON)])

    for person in (cast.administrator, cast.rep_a, cast.manager):
        assert "grade" in fields_of(Lead, again(person))
    assert "grade" not in fields_of(Lead, again(cast.read_only))
    assert fields_of(Lead, again(cast.manager))["grade"].edit_name == ""


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "a\u202eb"]


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_words_are_shown_as_words(label: str, cast: Cast, client_for: ClientFor) -> None:
    field = make_field(label, "choice", section=label, help_text=label, choices=label, is_key_fact=True)
    record = lead(cast, **{field.key: field.choices.get().key})

    for path in ("", "?tab=details", "edit/", "?tab=history"):
        page = client_for(cast.rep_a).get(f"/leads/{record.pk}/{path}").content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert ">49<" not in page
