"""Tags on records, and the tags themselves: rights, words of history, what renaming, merging and deleting leave."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.errors import Forbidden, Invalid, NotFound
from crm.core.history import events_of
from crm.core.models import Tag
from crm.core.tables import Paper, TagsColumn
from crm.core.tags import change_tag, delete_tag, merge_tags, split_names, tag_record, tagged_with, untag_record
from leads.models import Lead
from tests.factories.cast import Cast
from tests.factories.catalog import ProductFactory
from tests.factories.leads import make_disqualified_lead, make_lead
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db


def tag(record: Any, *names: str, actor: Any = SYSTEM) -> None:
    tag_record(model=type(record), record_id=record.pk, names=names, actor=actor, at=timezone.now())


def names_on(record: Any) -> list[str]:
    record.refresh_from_db()
    known = dict(Tag.objects.values_list("pk", "name"))
    return sorted(known[key] for key in record.tags)


def test_a_word_is_one_tag_in_any_case_and_accent(cast: Cast) -> None:
    lead, other = make_lead(cast.rep_a), make_lead(cast.rep_a)
    tag(lead, "Café", "VIP")
    tag(other, "cafe", "vip ", "Vip")
    assert names_on(lead) == names_on(other) == ["Café", "VIP"]
    assert list(Tag.objects.values_list("name", "key")) == [("Café", "cafe"), ("VIP", "vip")]


def test_tagging_twice_writes_once_and_taking_off_leaves_the_others(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    tag(lead, "VIP", "Partner")
    version = Lead.objects.get(pk=lead.pk).version
    tag(lead, "vip")
    assert Lead.objects.get(pk=lead.pk).version == version
    vip = Tag.objects.get(key="vip")
    untag_record(model=Lead, record_id=lead.pk, tag_ids=[vip.pk, 999], actor=cast.rep_a, at=timezone.now())
    assert names_on(lead) == ["Partner"]
    events: Any = events_of(lead)[:2]
    assert [event.pgh_context["action"] for event in events] == ["record.untagged", "record.tagged"]


def test_a_closed_record_and_a_product_are_tagged_too(cast: Cast) -> None:
    lead, product = make_disqualified_lead(cast.rep_a), ProductFactory.create()
    tag(lead, "Later", actor=cast.rep_a)
    tag(product, "Later", actor=cast.manager)
    assert names_on(lead) == names_on(product) == ["Later"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], "Type at least one tag."),
        (["-" * 41], "A tag has 1 to 40 characters"),
        (["   "], "A tag has 1 to 40 characters"),
        ([f"tag {number}" for number in range(31)], "A record carries at most 30 tags."),
    ],
)
def test_what_is_no_tag_is_refused_and_nothing_is_made(names: list[str], sentence: str, cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    with pytest.raises(Invalid, match=sentence):
        tag(lead, *names, actor=cast.rep_a)
    assert (Tag.objects.count(), names_on(lead)) == (0, [])


def test_only_who_may_write_the_record_tags_it(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    tag(lead, "VIP")
    with pytest.raises(NotFound):
        tag(lead, "VIP", actor=cast.rep_c)
    with pytest.raises(Forbidden):
        tag(lead, "VIP", actor=cast.read_only)
    assert names_on(lead) == ["VIP"]


def test_a_new_word_needs_the_right_to_make_tags(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    tag(lead, "VIP")
    cast.rep_a.roles.first().privileges.filter(permission="core.create_tag").delete()
    with pytest.raises(Invalid, match="There is no tag “Partner”, and you may not make new ones"):
        tag(lead, "vip", "Partner", actor=type(cast.rep_a).objects.get(pk=cast.rep_a.pk))
    assert (names_on(lead), Tag.objects.count()) == (["VIP"], 1)


def test_tags_change_under_their_records(cast: Cast) -> None:
    first, second = make_lead(cast.rep_a), make_lead(cast.rep_c)
    tag(first, "VIP", "Key account")
    tag(second, "Key account")
    vip, key = Tag.objects.get(key="vip"), Tag.objects.get(key="key account")
    who: dict[str, Any] = {"actor": cast.administrator, "at": timezone.now()}
    change_tag(tag_id=vip.pk, name="Very important", tone="red", **who)
    assert names_on(first) == ["Key account", "Very important"]
    with pytest.raises(Invalid, match="Merge the two instead"):
        change_tag(tag_id=vip.pk, name="KEY ACCOUNT", tone="red", **who)
    assert merge_tags(tag_id=key.pk, into_id=vip.pk, **who) == 2
    assert names_on(first) == names_on(second) == ["Very important"]
    assert delete_tag(tag_id=vip.pk, **who) == 2
    assert (names_on(first), names_on(second), Tag.objects.count()) == ([], [], 0)


def test_only_administrators_change_the_tags_themselves(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    tag(lead, "VIP", "Partner")
    vip, partner = Tag.objects.order_by("-key")
    who: dict[str, Any] = {"actor": cast.manager, "at": timezone.now()}
    for attempt in (
        lambda: change_tag(tag_id=vip.pk, name="x", tone="red", **who),
        lambda: merge_tags(tag_id=vip.pk, into_id=partner.pk, **who),
        lambda: delete_tag(tag_id=vip.pk, **who),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert names_on(lead) == ["Partner", "VIP"]


def test_the_index_of_tags_answers_who_has_one(cast: Cast) -> None:
    tag(make_lead(cast.rep_a), "VIP")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Lead._base_manager.filter(tagged_with([Tag.objects.get().pk])).explain()
    assert "lead_tags" in plan


def test_a_column_draws_the_tags_of_all_rows_with_one_query(cast: Cast) -> None:
    lead = make_lead(cast.rep_a)
    tag(lead, "VIP", "<b>")
    column, paper = TagsColumn("Tags"), Paper(Lead)
    lead.refresh_from_db()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        cells = [column.cell(paper, lead.tags), column.cell(paper, []), column.cell(paper, lead.tags)]
    assert cells == [
        '<span class="tag tag-plain">&lt;b&gt;</span> <span class="tag tag-plain">VIP</span>',
        "",
        '<span class="tag tag-plain">&lt;b&gt;</span> <span class="tag tag-plain">VIP</span>',
    ]
    assert len(asked) == 1


def test_what_is_typed_is_apart_at_commas() -> None:
    assert split_names(" VIP, , new  customer,") == ["VIP", "new customer"]


class TestPage:
    @pytest.fixture
    def client(self, cast: Cast, client_for: ClientFor) -> Client:
        return client_for(cast.rep_a)

    def test_the_page_adds_and_removes(self, cast: Cast, client: Client) -> None:
        lead = make_lead(cast.rep_a)
        url = f"/leads/{lead.pk}/tags/"
        assert "No tags" in client.get(f"/leads/{lead.pk}/").content.decode()
        assert client.post(url, {"add": "VIP, Partner"})["Location"] == f"/leads/{lead.pk}/"
        assert names_on(lead) == ["Partner", "VIP"]
        assert '<span class="tag tag-plain">VIP</span>' in client.get(f"/leads/{lead.pk}/").content.decode()
        client.post(url, {"remove": str(Tag.objects.get(key="vip").pk)})
        assert names_on(lead) == ["Partner"]
        assert client.post(url, {"remove": "x"}).status_code == 302
        assert names_on(lead) == ["Partner"]

    def test_a_refused_word_stays_in_the_box_with_its_sentence(self, cast: Cast, client: Client) -> None:
        lead = make_lead(cast.rep_a)
        answer = client.post(f"/leads/{lead.pk}/tags/", {"add": "x" * 41})
        assert (answer.status_code, names_on(lead)) == (422, [])
        assert f'value="{"x" * 41}"' in answer.content.decode()
        assert "A tag has 1 to 40 characters" in answer.content.decode()

    def test_in_place_the_card_alone_comes_back(self, cast: Cast, client: Client) -> None:
        lead = make_lead(cast.rep_a)
        headers = {"HX-Request": "true", "HX-Target": "panel-tags"}
        answer = client.post(f"/leads/{lead.pk}/tags/", {"add": "VIP"}, headers=headers)
        text = answer.content.decode().strip()
        assert (answer.status_code, text.startswith('<section class="card" id="panel-tags"')) == (200, True)
        assert "Remove the tag VIP" in text

    def test_history_says_the_words(self, cast: Cast, client: Client) -> None:
        lead = make_lead(cast.rep_a)
        tag(lead, "VIP", "Gone")
        who: dict[str, Any] = {"actor": cast.administrator, "at": timezone.now()}
        delete_tag(tag_id=Tag.objects.get(key="gone").pk, **who)
        text = " ".join(client.get(f"/leads/{lead.pk}/?tab=history").content.decode().split())
        assert "Record tagged" in text
        assert "VIP, a tag that is gone" in text

    def test_a_list_asks_for_them_and_shows_them(self, cast: Cast, client: Client) -> None:
        for name in ("One", "Two"):
            tag(make_lead(cast.rep_a, last_name=name), name, "Étoile")
        make_lead(cast.rep_a, last_name="Three")

        def names(query: str) -> set[str]:
            page = client.get(f"/leads/?view=all&{query}").content.decode()
            return {name for name in ("One", "Two", "Three") if f"Megan {name}</a>" in page}

        assert names("q=tag:etoile") == names("q=tag:e*") == {"One", "Two"}
        assert names("q=tag:two") == {"Two"}
        assert names("q=not tag:etoile") == {"Three"}
        page = client.get("/leads/?view=all&columns=name,tag").content.decode()
        assert '<span class="tag tag-plain">Étoile</span> <span class="tag tag-plain">One</span>' in page
        assert "There is no tag “nothing”." in client.get("/leads/?view=all&q=tag:nothing").content.decode()

    @pytest.mark.parametrize(("who", "status"), [("rep_b", 404), ("rep_c", 404), ("read_only", 403), ("manager", 200)])
    def test_rights_of_the_page(self, who: str, status: int, cast: Cast, client_for: ClientFor) -> None:
        lead = make_lead(cast.rep_a)
        client = client_for(getattr(cast, who))
        assert client.get(f"/leads/{lead.pk}/tags/").status_code == status
        posted = client.post(f"/leads/{lead.pk}/tags/", {"add": "VIP"}).status_code
        assert posted == (302 if status == 200 else status)
        assert names_on(lead) == (["VIP"] if status == 200 else [])

    def test_what_has_no_tags_has_no_such_page(self, client: Client) -> None:
        assert client.get("/price-lists/1/tags/").status_code == 404
        assert client.get("/nothing/1/tags/").status_code == 404


def test_the_administration_renames_merges_and_deletes(cast: Cast, client_for: ClientFor) -> None:
    lead = make_lead(cast.rep_a)
    tag(lead, "VIP", "Partner")
    vip, partner = Tag.objects.get(key="vip"), Tag.objects.get(key="partner")
    client = client_for(cast.administrator)
    assert client.get("/admin/core/tag/").status_code == 200
    client.post(f"/admin/core/tag/{vip.pk}/change/", {"name": "Star", "tone": "amber", "merge_into": ""})
    assert names_on(lead) == ["Partner", "Star"]
    client.post(f"/admin/core/tag/{vip.pk}/change/", {"name": "Star", "tone": "amber", "merge_into": partner.pk})
    assert names_on(lead) == ["Partner"]
    client.post("/admin/core/tag/add/", {"name": "New", "tone": "green"})
    assert list(Tag.objects.values_list("name", "tone")) == [("New", "green"), ("Partner", "plain")]
    client.post(f"/admin/core/tag/{partner.pk}/delete/", {"post": "yes"})
    assert (names_on(lead), Tag.objects.count()) == ([], 1)
