"""Leads, forms and posts in the administration."""

import pytest
from django.test import Client

from crm.data.models import DuplicateRule
from leads.models import AssignmentRule, CapturedPost, CaptureForm, Lead
from tests.catalog.pages import text_of
from tests.factories.cast import Cast
from tests.factories.leads import make_form, make_lead
from tests.fixtures import ClientFor


@pytest.fixture
def ada(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.administrator)


def test_a_lead_changed_by_an_administrator_is_found_under_its_new_name(cast: Cast, ada: Client) -> None:
    lead = make_lead(cast.rep_a)
    form = {"last_name": "Ünal", "company": "New Ltd", "owner": cast.rep_a.pk, "preferred_contact_method": "any"}
    response = ada.post(f"/admin/leads/lead/{lead.pk}/change/", form)
    assert response.status_code == 302, response.text[:3000]
    kept = Lead.objects.get()
    assert (kept.name, kept.sort_key, kept.company_key, kept.state) == ("Ünal", "unal", "new", "open")


def test_a_nameless_lead_is_refused_with_a_sentence(cast: Cast, ada: Client) -> None:
    lead = make_lead(cast.rep_a)
    form = {"owner": cast.rep_a.pk, "preferred_contact_method": "any"}
    page = ada.post(f"/admin/leads/lead/{lead.pk}/change/", form, follow=True)
    assert "so that the lead can be called something" in page.text
    assert Lead.objects.get().name == "Megan Chang"


def test_a_form_made_by_an_administrator_has_an_owner_and_clean_hosts(cast: Cast, ada: Client) -> None:
    form = {"name": "Landing", "source": "web", "allowed_hosts": "https://WWW.Shop.example/x", "is_active": "on"}
    form |= {"language": "en", "again": "lead", "sensitivity": "normal"}
    response = ada.post("/admin/leads/captureform/add/", form)
    assert response.status_code == 302, response.text[:3000]
    made = CaptureForm.objects.get()
    assert (made.owner, made.allowed_hosts) == (cast.administrator, ["www.shop.example"])


def test_the_quarantine_is_read_and_not_changed(cast: Cast, ada: Client) -> None:
    form = make_form(cast.rep_a)
    Client().post(f"/capture/{form.key}/", {"colour": "<b>red</b>"})
    Client().post(f"/capture/{form.key}/", {"last_name": "Fine"})
    post = CapturedPost.objects.get(verdict="nameless")
    assert "Nothing to call a lead by" in text_of(ada, "/admin/leads/capturedpost/?verdict=quarantine")
    page = text_of(ada, f"/admin/leads/capturedpost/{post.pk}/change/")
    assert "colour" in page
    assert "<b>red" not in page
    assert ada.post(f"/admin/leads/capturedpost/{post.pk}/change/", {"verdict": "lead"}).status_code == 403
    assert CapturedPost.objects.get(pk=post.pk).verdict == "nameless"


def test_rules_are_moved_up_and_down_by_buttons(cast: Cast, ada: Client, client_for: ClientFor) -> None:
    url = "/admin/leads/assignmentrule/"
    rules = [
        AssignmentRule.objects.create(name=name, position=100, way="person", person=cast.rep_a, is_active=name != "C")
        for name in "ABCD"
    ]
    a, _b, _c, d = (rule.pk for rule in rules)
    assert f'form="order-form" type="submit" name="move" value="up-{d}"' in ada.get(url).content.decode()

    def order() -> str:
        return "".join(AssignmentRule.objects.order_by("position", "pk").values_list("name", flat=True))

    def move(sent: str, address: str = url) -> str:
        response = ada.post(address, {"move": sent})
        assert response.status_code == 302
        return order()

    assert move(f"up-{a}") == "ABCD"
    assert move(f"up-{d}") == "ABDC"
    assert move(f"down-{a}") == "BADC"
    # The filter leaves out what lies between: the next one that is shown counts.
    assert move(f"down-{d}") == "BACD"
    assert move(f"up-{d}", f"{url}?is_active__exact=1") == "BDAC"
    assert list(AssignmentRule.objects.order_by("position").values_list("position", flat=True)) == [10, 20, 30, 40]
    assert move("up-0") == move("down-x") == move(f"down-{rules[2].pk}") == "BDAC"
    assert client_for(cast.rep_a).post(url, {"move": f"up-{a}"}).status_code == 403
    assert order() == "BDAC"


def test_duplicate_rules_are_in_order_for_each_pair_of_tables(ada: Client) -> None:
    rules = DuplicateRule.objects.filter(noun="leads.lead", against="leads.lead").order_by("position", "pk")
    first, second = rules[:2]
    others = DuplicateRule.objects.exclude(pk__in=rules.values("pk"))
    before = list(others.order_by("pk").values_list("position"))
    assert ada.post("/admin/data/duplicaterule/", {"move": f"down-{first.pk}"}).status_code == 302
    assert [rule.pk for rule in rules[:2]] == [second.pk, first.pk]
    assert list(others.order_by("pk").values_list("position")) == before
