"""An administrator adds and changes fields in the administration, without code and at once."""

from typing import Any

import pytest
from django.test import Client

from crm.core.models import CustomField
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

ADD = "/admin/core/customfield/add/"


def send(client: Client, path: str, *choices: str, **values: Any) -> Any:
    rows = {f"choices-{place}-label": label for place, label in enumerate(choices)}
    rows |= {f"choices-{place}-position": str(place) for place in range(len(choices))}
    counts = {"choices-TOTAL_FORMS": len(choices), "choices-INITIAL_FORMS": 0}
    data = {"noun": "leads.lead", "kind": "text", "position": "100", **values}
    return client.post(path, {**data, **rows, **counts})


def test_a_new_field_is_in_the_form_at_once(cast: Cast, client_for: ClientFor) -> None:
    seller = client_for(cast.rep_a)
    assert "Girth" not in seller.get("/leads/new/").content.decode()

    assert client_for(cast.administrator).get(ADD).status_code == 200
    answer = send(client_for(cast.administrator), ADD, label="Girth", kind="whole", is_required="on", default="3")

    assert answer.status_code == 302
    field = CustomField.objects.get()
    assert (field.key, field.kind, field.is_required, field.default) == ("girth", "whole", True, "3")
    assert "Girth" in seller.get("/leads/new/").content.decode()


def test_choices_are_typed_with_the_field_and_renamed_later(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.administrator)

    send(client, ADD, "Dark red", "Green", label="Colour", kind="choice")

    field = CustomField.objects.get()
    assert list(field.choices.values_list("key", "label")) == [("dark_red", "Dark red"), ("green", "Green")]
    red, green = field.choices.all()
    rows = {
        "choices-TOTAL_FORMS": 2,
        "choices-INITIAL_FORMS": 2,
        "choices-0-id": red.pk,
        "choices-0-label": "Crimson",
        "choices-0-position": 5,
        "choices-1-id": green.pk,
        "choices-1-label": "Green",
        "choices-1-position": 1,
        "choices-1-is_retired": "on",
    }
    data = {"label": "Colour", "kind": "choice", "position": 100, "default": "Crimson", **rows}
    path = f"/admin/core/customfield/{field.pk}/change/"
    assert client.post(path, data | {"default": "Blue"}).status_code == 200
    assert client.post(path, data | {"default": ""}).status_code == 302
    assert list(field.choices.values_list("key", "label", "is_retired")) == [
        ("green", "Green", True),
        ("dark_red", "Crimson", False),
    ]


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"label": ""}, "label"),
        ({"label": "Company"}, "label"),
        ({"label": "x" * 101}, "label"),
        ({"kind": "regex"}, "kind"),
        ({"noun": "users.user"}, "noun"),
        ({"kind": "record"}, "related"),
        ({"kind": "record", "related": "users.user"}, "related"),
        ({"kind": "whole", "default": "many"}, "default"),
        ({"kind": "long_text", "is_searchable": "on"}, "is_searchable"),
        ({"position": "-1"}, "position"),
        ({"readers": "999"}, "readers"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(wrong: dict[str, Any], at: str, cast: Cast, client_for: ClientFor) -> None:
    answer = send(client_for(cast.administrator), ADD, **({"label": "Girth"} | wrong))

    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [at]
    assert not CustomField.objects.exists()


def test_kind_and_retirement_follow_the_services(cast: Cast, client_for: ClientFor) -> None:
    field = make_field("Girth")
    client, seller = client_for(cast.administrator), client_for(cast.rep_a)
    sent = {"last_name": "Quill", "preferred_contact_method": "any", "custom_girth": "huge"}
    seller.post("/leads/new/", sent)
    path = f"/admin/core/customfield/{field.pk}/change/"
    assert client.get(path).status_code == 200

    refused = client.post(path, {"label": "Girth", "kind": "whole", "position": 100})
    assert "1 record holds a value that cannot become this kind" in refused.content.decode()
    assert client.post(path, {"label": "Waist", "kind": "text", "position": 1, "is_retired": "on"}).status_code == 302
    field.refresh_from_db()
    assert (field.label, field.kind, field.retired_at is None) == ("Waist", "text", False)
    assert "Waist" not in seller.get("/leads/new/").content.decode()
    assert (
        "1 record still holds a value"
        in client.post(f"/admin/core/customfield/{field.pk}/delete/", {"post": "yes"}, follow=True).content.decode()
    )

    assert client.post(path, {"label": "Waist", "kind": "text", "position": 1}).status_code == 302
    assert "Waist" in seller.get("/leads/new/").content.decode()
    assert client.get("/admin/core/customfield/").status_code == 200


def test_nobody_else_reaches_the_pages(cast: Cast, client_for: ClientFor) -> None:
    assert send(client_for(cast.manager), ADD, label="Girth").status_code == 403
    assert not CustomField.objects.exists()
