"""A field of every kind: typed into the form of a lead, kept without loss, shown, changed, taken away."""

import re
from typing import Any

import pytest
from django.test import Client

from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.custom import make_field, make_field_of_each_kind
from tests.factories.sales import make_account
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

#: kind: (what is typed, what is stored, what the details show)
TYPED: dict[str, tuple[Any, Any, str]] = {
    "text": ("  Wide   belt ", "Wide belt", "Wide belt"),
    "long_text": ("One\r\ntwo", "One\ntwo", "One"),
    "whole": ("123456789012345", "123456789012345", "123,456,789,012,345"),
    "decimal": ("0.1000000001", "0.1000000001", "0.1000000001"),
    "money": ("999999999999999.9999", "999999999999999.9999", "999,999,999,999,999.9999"),
    "date": ("2024-02-29", "2024-02-29", "29 Feb 2024"),
    "time": ("07:05", "07:05:00", "07:05"),
    "yes_no": ("no", False, "no"),
    "choice": ("green", "green", "Green"),
    "choices": (["visit", "fax"], ["fax", "visit"], "Fax, Visit"),
}
#: kind: what is refused
BAD: dict[str, list[Any]] = {
    "text": ["x" * 501],
    "long_text": ["x" * 20_001],
    "whole": ["1.5", "many", "1e3", "1" * 16, "٣٤x"],
    "decimal": ["1,5,5", "NaN", "Infinity", "1e999", "0.12345678901", "9" * 40],
    "money": ["1.00001", "1" * 16, "-"],
    "date": ["31.02.2026", "2026-02-30", "yesterday"],
    "time": ["25:00", "noon"],
    "yes_no": ["perhaps"],
    "choice": ["blue", "' OR 1=1"],
    "choices": [["fax", "telex"]],
    "person": ["0", "999999999", "x"],
    "record": ["Nobody & Sons", "(#999999)"],
}


def post(client: Client, lead: Lead | None = None, **values: Any) -> Any:
    path = f"/leads/{lead.pk}/edit/" if lead else "/leads/new/"
    return client.post(path, {"last_name": "Quill", "preferred_contact_method": "any", **values})


def test_every_kind_is_typed_kept_and_shown(cast: Cast, client_for: ClientFor) -> None:
    make_field_of_each_kind()
    account = make_account(cast.rep_a, "Green Lakes Dairy")
    client = client_for(cast.rep_a)
    sent = {f"custom_my_{kind}": typed for kind, (typed, _kept, _shown) in TYPED.items()}
    people: dict[str, Any] = {"custom_my_person": cast.rep_b.pk, "custom_my_record": "Green Lakes Dairy"}

    assert post(client, **sent, **people).status_code == 302

    lead = Lead.objects.get()
    kept = {f"my_{kind}": stored for kind, (_typed, stored, _shown) in TYPED.items()}
    assert lead.custom == {**kept, "my_person": cast.rep_b.pk, "my_record": account.pk}
    page = client.get(f"/leads/{lead.pk}/?tab=details").content.decode()
    for kind, (_typed, _kept, shown) in TYPED.items():
        assert f"My {kind.replace('_', ' ')}" in page
        assert re.search(rf">\s*{re.escape(shown)}", page), kind
    assert "Ben North" in page
    assert f'href="/accounts/{account.pk}/"' in page


def test_the_form_shows_what_is_kept_and_saving_it_unchanged_changes_nothing(cast: Cast, client_for: ClientFor) -> None:
    make_field_of_each_kind()
    client = client_for(cast.rep_a)
    post(client, **{f"custom_my_{kind}": typed for kind, (typed, _kept, _shown) in TYPED.items()})
    lead = Lead.objects.get()
    before = lead.custom

    form = client.get(f"/leads/{lead.pk}/edit/").context["form"]
    shown = {name: form[name].value() for name in form.custom_names}
    again = {name: "" if value is None else value for name, value in shown.items()}
    again["custom_my_time"] = "07:05"
    assert post(client, lead, **again).status_code == 302

    lead.refresh_from_db()
    assert lead.custom == before


def test_what_is_emptied_is_gone(cast: Cast, client_for: ClientFor) -> None:
    make_field_of_each_kind()
    client = client_for(cast.rep_a)
    post(client, **{f"custom_my_{kind}": typed for kind, (typed, _kept, _shown) in TYPED.items()})
    lead = Lead.objects.get()

    assert post(client, lead, **{f"custom_my_{kind}": "" for kind in TYPED if kind != "choices"}).status_code == 302

    lead.refresh_from_db()
    assert lead.custom == {}


@pytest.mark.parametrize(("kind", "bad"), [(kind, value) for kind, values in BAD.items() for value in values])
def test_a_bad_value_is_refused_at_its_field_and_nothing_is_made(
    kind: str, bad: Any, cast: Cast, client_for: ClientFor
) -> None:
    more = {"choice": {"choices": "Red,Green"}, "choices": {"choices": "Fax,Post"}}.get(kind, {})
    field = make_field("Mine", kind, **(more | ({"related": "customers.account"} if kind == "record" else {})))

    answer = post(client_for(cast.rep_a), custom_mine=bad)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {f"custom_{field.key}"}
    assert not Lead.objects.exists()


def test_records_that_one_may_not_see_cannot_be_named(cast: Cast, client_for: ClientFor) -> None:
    make_field("Partner", "record", related="customers.account")
    hidden = make_account(cast.rep_c, "Hidden Valley")

    answer = post(client_for(cast.rep_a), custom_partner=f"Hidden Valley (#{hidden.pk})")

    assert answer.status_code == 422
    assert not Lead.objects.exists()


def test_a_named_record_that_the_reader_may_not_see_has_no_name(cast: Cast, client_for: ClientFor) -> None:
    make_field("Partner", "record", related="customers.account")
    account = make_account(cast.rep_a, "Green Lakes Dairy")
    client = client_for(cast.rep_a)
    post(client, custom_partner=f"Green Lakes Dairy (#{account.pk})")
    lead = Lead.objects.get()
    type(account).objects.filter(pk=account.pk).update(owner=cast.rep_c, owning_unit=cast.south)

    for path in ("?tab=details", "?tab=history", "edit/"):
        page = client.get(f"/leads/{lead.pk}/{path}").content.decode()
        assert "Green Lakes" not in page, path
    assert post(client, lead, custom_partner=f"An account you may not see (#{account.pk})").status_code == 302
    lead.refresh_from_db()
    assert lead.custom == {"partner": account.pk}


def test_a_required_field_is_asked_for_and_a_default_is_proposed(cast: Cast, client_for: ClientFor) -> None:
    make_field("Size", "whole", is_required=True, default="12")
    client = client_for(cast.rep_a)

    assert client.get("/leads/new/").context["form"]["custom_size"].value() == 12
    answer = post(client, custom_size="")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["custom_size"]
    assert not Lead.objects.exists()


def test_help_order_and_section_are_those_of_the_definition(cast: Cast, client_for: ClientFor) -> None:
    make_field("Omega", position=2, section="Machines")
    make_field("Alpha", position=1, section="Machines", help_text="In <b>mm</b>")
    make_field("Budget code", section="Interest")

    page = client_for(cast.rep_a).get("/leads/new/").content.decode()

    assert page.index("Machines") < page.index("Alpha") < page.index("Omega")
    assert page.index("Interest") < page.index("Budget code") < page.index("Preferences")
    assert "In &lt;b&gt;mm&lt;/b&gt;" in page
