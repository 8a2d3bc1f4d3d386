"""Marketing lists: static, dynamic, snapshots, and who fills them from where."""

import html
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from crm.core.access import READ
from crm.core.errors import Conflict, IllegalMove, Invalid
from crm.customers.models import Contact
from crm.customers.services.contacts import deactivate_contact
from crm.data.models import Import
from leads.list_counts import seen_members
from leads.models import ListMember, MarketingList
from leads.services import lists as services
from tests.factories.campaigns import make_dynamic_list, make_list
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.factories.sales import make_contact
from tests.factories.users import UserFactory
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def _who(cast: Cast, found: MarketingList) -> dict[str, Any]:
    return {"list_id": found.pk, "actor": cast.rep_a, "at": timezone.now()}


def _members(found: MarketingList, actor: Any) -> set[int]:
    return set(services.members_of(found, actor).visible_to(actor).values_list("pk", flat=True))


def test_a_static_list_holds_who_is_put_on_it_once_and_only_who_is_active_and_seen(cast: Cast) -> None:
    found = make_list(cast.rep_a)
    mine, idle, hidden = make_contact(cast.rep_a), make_contact(cast.rep_a), make_contact(cast.rep_c)
    deactivate_contact(contact_id=idle.pk, actor=cast.rep_a, at=timezone.now())
    keys = [mine.pk, idle.pk, hidden.pk, mine.pk]

    assert services.add_members(keys=keys, **_who(cast, found)) == [mine.pk]
    assert services.add_members(keys=keys, **_who(cast, found)) == []
    found.refresh_from_db()
    assert (found.member_count, _members(found, cast.rep_a)) == (1, {mine.pk})
    assert services.remove_members(keys=keys, **_who(cast, found)) == [mine.pk]
    found.refresh_from_db()
    assert (found.member_count, ListMember.objects.count()) == (0, 0)


def test_nobody_learns_how_many_hidden_members_a_list_has(cast: Cast, client_for: ClientFor) -> None:
    found = make_list(cast.rep_a, "Mixed")
    mine, hidden = make_contact(cast.rep_a), make_contact(cast.rep_c)
    for owner, key in ((cast.rep_a, mine.pk), (cast.administrator, hidden.pk)):
        services.add_members(list_id=found.pk, keys=[key], actor=owner, at=timezone.now())
    asking = make_dynamic_list(cast.rep_a, "last_name:annson", "Asked")
    nobody = UserFactory.create()
    counts = [seen_members([found.pk, asking.pk], person) for person in (cast.rep_a, cast.administrator, nobody)]
    assert counts == [{found.pk: number, asking.pk: "by query"} for number in "120"]
    client = client_for(cast.rep_a)
    members = f'<a href="/contacts/?view=all&amp;member_of={found.pk}">1</a>'
    assert members in client.get(f"/marketing-lists/{found.pk}/").content.decode()
    asked = client.get("/marketing-lists/?q=member_count:2").content.decode()
    assert "Mixed" not in asked
    assert "members now" not in client.get(f"/marketing-lists/{found.pk}/?tab=history").content.decode().lower()


def test_the_page_of_a_list_leads_to_an_import_into_it(cast: Cast, client_for: ClientFor) -> None:
    client, found = client_for(cast.rep_a), make_list(cast.rep_a, "Fair", members_are="lead")
    url = f"/imports/new/?noun=listmembers&amp;chosen=list%3A{found.pk}"
    assert url in client.get(f"/marketing-lists/{found.pk}/").content.decode()
    page = client.get(html.unescape(url)).content.decode()
    assert "Into: Fair" in page
    file = SimpleUploadedFile("fair.csv", b"Email\nann@acme.example\n")
    client.post("/imports/new/", {"noun": "listmembers", "chosen": f"list:{found.pk}", "file": file})
    assert Import.objects.get().values == {"list": {"": f"={found.pk}"}}
    hidden = make_list(cast.rep_c, "Secret", members_are="lead")
    assert "Secret" not in client.get(f"/imports/new/?noun=listmembers&chosen=list:{hidden.pk}").content.decode()
    services.lock_list(**_who(cast, found))
    assert url not in client.get(f"/marketing-lists/{found.pk}/").content.decode()


def test_a_list_is_filled_by_a_query(cast: Cast) -> None:
    found = make_list(cast.rep_a)
    ann, _bob = make_contact(cast.rep_a, last_name="Annson"), make_contact(cast.rep_a, last_name="Bobson")
    assert services.add_by_query(query="last_name:annson", **_who(cast, found)) == 1
    assert services.add_by_query(query="last_name:annson", **_who(cast, found)) == 0
    assert _members(found, cast.rep_a) == {ann.pk}
    with pytest.raises(Invalid) as refused:
        services.add_by_query(query="shoe_size:44", **_who(cast, found))
    assert refused.value.field == "query"


def test_a_dynamic_list_asks_its_query_with_the_rights_of_whoever_looks(cast: Cast) -> None:
    found = make_dynamic_list(cast.rep_a, "last_name:annson")
    mine, other = make_contact(cast.rep_a, last_name="Annson"), make_contact(cast.rep_c, last_name="Annson")
    assert _members(found, cast.rep_a) == {mine.pk}
    assert _members(found, cast.rep_c) == {other.pk}
    assert _members(found, cast.administrator) == {mine.pk, other.pk}
    with pytest.raises(Conflict, match="dynamic"):
        services.add_members(keys=[mine.pk], **_who(cast, found))
    with pytest.raises(Invalid):
        make_dynamic_list(cast.rep_a, "")
    with pytest.raises(Invalid):
        make_dynamic_list(cast.rep_a, "shoe_size:44")


def test_a_snapshot_keeps_who_was_on_it_and_is_locked(cast: Cast) -> None:
    found = make_dynamic_list(cast.rep_a, "last_name:annson")
    first = make_contact(cast.rep_a, last_name="Annson")
    copy = services.take_snapshot(**_who(cast, found))
    make_contact(cast.rep_a, last_name="Annson")

    assert (copy.kind, copy.is_locked, copy.snapshot_of, copy.member_count) == ("static", True, found, 1)
    assert _members(copy, cast.rep_a) == {first.pk}
    for act in (services.add_members, services.remove_members):
        with pytest.raises(Conflict, match="locked"):
            act(keys=[first.pk], **_who(cast, copy))
    assert _members(copy, cast.rep_a) == {first.pk}
    services.unlock_list(**_who(cast, copy))
    assert services.remove_members(keys=[first.pk], **_who(cast, copy)) == [first.pk]


def test_a_list_is_used_for_nothing_new_while_it_is_inactive(cast: Cast) -> None:
    found = make_list(cast.rep_a)
    services.deactivate_list(**_who(cast, found))
    with pytest.raises(IllegalMove):
        services.deactivate_list(**_who(cast, found))
    with pytest.raises(Conflict, match="inactive"):
        services.add_members(keys=[make_contact(cast.rep_a).pk], **_who(cast, found))
    services.activate_list(**_who(cast, found))
    found.refresh_from_db()
    assert (found.state, found.member_count) == ("active", 0)


def test_kind_and_members_stay_as_they_were_made(cast: Cast) -> None:
    found = make_list(cast.rep_a)
    with pytest.raises(Invalid):
        services.update_list(values={"members_are": "lead"}, **_who(cast, found))
    with pytest.raises(Invalid, match="leads only"):
        services.update_list(values={"needs_consent": True}, **_who(cast, found))
    found.refresh_from_db()
    assert (found.members_are, found.needs_consent) == ("contact", False)


def test_the_members_are_the_list_of_the_records_themselves(cast: Cast, client_for: ClientFor) -> None:
    found, dynamic = make_list(cast.rep_a), make_dynamic_list(cast.rep_a, "last_name:annson")
    ann = make_contact(cast.rep_a, last_name="Annson")
    make_contact(cast.rep_a, last_name="Bobson")
    services.add_members(keys=[ann.pk], **_who(cast, found))
    client = client_for(cast.rep_a)

    for one in (found, dynamic):
        page = client.get(f"/contacts/?view=all&member_of={one.pk}").content.decode()
        assert "Annson" in page
        assert "Bobson" not in page
        assert (
            f'href="/contacts/?view=all&amp;member_of={one.pk}">1</a>'
            in client.get(f"/marketing-lists/{one.pk}/").content.decode()
        )
    hidden = client_for(cast.rep_c).get(f"/contacts/?view=all&member_of={found.pk}").content.decode()
    assert "was ignored" in hidden
    assert "Annson" not in hidden


def test_the_bar_under_a_list_puts_records_on_a_list_and_takes_it_back(cast: Cast, client_for: ClientFor) -> None:
    found = make_list(cast.rep_a, members_are="lead")
    leads = [make_lead(cast.rep_a, last_name=f"Fair {number}") for number in range(3)]
    client = client_for(cast.rep_a)
    address = "/leads/bulk/?view=all&scope=all&act=list-add"
    assert "Put on a marketing list" in client.get("/leads/?view=all").content.decode()

    done = client.post(address, {"list": found.name, "expected": 3})
    found.refresh_from_db()
    assert (done.status_code, found.member_count) == (302, 3)
    run_url = done.headers["Location"]
    assert client.post(f"{run_url}undo/").status_code == 302
    found.refresh_from_db()
    assert found.member_count == 0

    picked = "&".join(f"pick={lead.pk}" for lead in leads[:2])
    client.post(f"/leads/bulk/?view=all&act=list-add&{picked}", {"list": found.name})
    client.post(f"/leads/bulk/?view=all&act=list-remove&pick={leads[0].pk}", {"list": found.name})
    assert _members(found, cast.rep_a) == {leads[1].pk}
    theirs = make_list(cast.rep_c, "Theirs", members_are="lead")
    assert client.post(address, {"list": theirs.name}).status_code == 422
    assert ListMember.objects.filter(list=theirs).count() == 0


def test_a_list_is_made_filled_and_deleted_on_its_pages(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    make_contact(cast.rep_a, last_name="Annson")
    sent = {"name": "Newsletter", "kind": "static", "members_are": "contact", "skips_opted_out": "on"}
    assert client.post("/marketing-lists/new/", sent).status_code == 302
    found = MarketingList.objects.get()
    assert client.post(f"/marketing-lists/{found.pk}/add/", {"query": "last_name:annson"}).status_code == 302
    assert client.post(f"/marketing-lists/{found.pk}/add/", {"query": "shoe:44"}).status_code == 422
    assert Contact.objects.for_action(cast.rep_a, READ).count() == ListMember.objects.count() == 1
    assert client.post(f"/marketing-lists/{found.pk}/delete/").status_code == 302
    assert not MarketingList.objects.exists()
