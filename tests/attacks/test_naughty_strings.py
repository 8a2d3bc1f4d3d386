"""Attacks 11 and 13 with the big list of naughty strings: typed into every text field of every form.

What is taken is shown as it was typed, on the record, in its form, in lists, searches and the administration, which are
also what is printed; what is not taken is refused with a sentence at its field. Nothing is an error, nothing is markup.
"""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.customers.models import Account, Contact
from leads.models import Lead
from tests.attacks.markup import inline_code
from tests.attacks.naughty import naughty_strings, plain, refused, rounds, text_boxes, visible
from tests.attacks.test_headers import nonce_of
from tests.proofs.rights import ROLES, matrix
from tests.proofs.rows import Row
from tests.proofs.world import World, passing

#: Boxes whose text means something: an address, a number, a day; they refuse or bring it into shape.
_SHAPED = ("email", "phone", "mobile", "fax", "website", "url", "_on", "_at", "currency", "quantity", "price", "amount")
_RULED = ("rate", "percent", "revenue", "product", "regarding", "customer", "owner", "probability", "line-", "existing")
#: How many requests of each kind of form; a request types several strings into each box.
_ROUNDS = {"_create": 2, "_edit": 1, "": 1}


def is_free(name: str) -> bool:
    return not any(part in name for part in (*_SHAPED, *_RULED))


def assert_harmless(response: Any) -> str:
    assert response.status_code < 500
    if response.streaming:
        return ""  # a file, which the browser keeps and does not show
    page: str = response.content.decode()
    assert inline_code(page, nonce_of(response)) == []
    return page


def forms(world: World) -> dict[str, Row]:
    open_to_admin = ROLES.index("administrator")
    return {
        name: row for name, row in matrix(world).items() if row.post[open_to_admin] in "op" and name != "core:search"
    }


def test_every_form_is_tried(world: World) -> None:
    """11: the matrix of rights knows them all, and most have text boxes."""
    assert len(forms(world)) > 60


def address(world: World, name: str, row: Row) -> str:
    return reverse(name, args=world.args(row.record) if row.record else ())


@pytest.mark.parametrize("kind", ["_create", "_edit", ""])
def test_no_string_is_an_error_or_markup_in_any_form(visit: World, admin: Client, kind: str) -> None:
    """11, 13: taken and shown as typed, or refused with a sentence at the field."""
    texts = naughty_strings()
    wrong = []
    for place, (name, row) in enumerate(forms(visit).items()):
        if not name.endswith(kind) or (not kind and name.endswith(("_create", "_edit"))):
            continue
        url = address(visit, name, row)
        boxes = text_boxes(admin.get(url).content.decode())
        boxes = {name: box for name, box in boxes.items() if name not in {"q", "paste"} and not name.endswith("-q")}
        start = place * 37 % len(texts)
        for typed in rounds(texts[start:] + texts[:start], boxes, _ROUNDS[kind]):
            with passing():
                wrong += [f"{name}: {what}" for what in trouble(admin, url, row, typed)]
    assert wrong == []


def trouble(client: Client, url: str, row: Row, typed: dict[str, str]) -> list[str]:
    """What is wrong after typing these texts, and taking out again what is refused."""
    for _attempt in range(5):
        response = client.post(url, {**row.sent, **typed})
        page = assert_harmless(response)
        if response.status_code != 422:
            break
        refusals = refused(page)
        silent = [name for name, sentence in refusals.items() if not sentence]
        kept = text_boxes(page)
        lost = [name for name, text in typed.items() if name in kept and plain(kept[name].text) != plain(text)]
        if silent or lost:
            return [f"refused without a word at {silent} or lost {lost}"]
        if not refusals.keys() & typed.keys():  # a grid says at its head which rows are wrong
            return [] if "form-errors" in page else ["refused without a word"]
        typed = {name: text for name, text in typed.items() if name not in refusals}
    if response.status_code == 302:
        assert_harmless(client.get(response["Location"]))
        return not_shown(client, response["Location"], typed) if url.endswith(("/new/", "/edit/")) else []
    return [] if response.status_code in {200, 409} else [f"answers {response.status_code} to {sorted(typed)}"]


def not_shown(client: Client, location: str, typed: dict[str, str]) -> list[str]:
    """On the record's own pages; only free texts are compared."""
    shown = visible(assert_harmless(client.get(location)))
    free = {name: plain(text) for name, text in typed.items() if is_free(name)}
    if not location.rstrip("/").rsplit("/", 1)[-1].isdigit():
        return []
    shown += visible(assert_harmless(client.get(f"{location}?tab=details")))
    edit = client.get(f"{location}edit/")
    boxes = text_boxes(edit.content.decode()) if edit.status_code == 200 else {}
    assert_harmless(edit)
    missing = {
        name: text
        for name, text in free.items()
        if text not in shown and (name not in boxes or plain(boxes[name].text) != text)
    }
    # What belongs to a record may stand on a tab of its own.
    others = visible(assert_harmless(client.get(f"{location}?tab=related"))) if missing else ()
    return [f"{name} does not show {text!r}" for name, text in missing.items() if text not in others]


def test_lists_and_the_administration_show_names_as_they_were_typed(
    visit: World, admin: Client, seller: Client
) -> None:
    """11, 13: a page of fifty records of each kind, named by the strings themselves."""
    every = [plain(text)[:100] for text in naughty_strings()]
    for third, (model, path) in enumerate(((Lead, "leads"), (Account, "accounts"), (Contact, "contacts"))):
        source, texts = visit.records[path[:-1]], every[third::3]
        for start in range(0, len(texts), 36):
            with passing():
                chunk = texts[start : start + 36]
                _copies(source, chunk)
                page = assert_harmless(seller.get(f"/{path}/"))
                shown = visible(page)
                assert [text for text in chunk if text not in shown] == []
                page = assert_harmless_admin(admin.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/"))
                shown = visible(page)
                assert [text for text in chunk if text not in shown] == []


def _copies(source: Any, names: list[str]) -> None:
    """Rows like this one, each with its own name, newest last."""
    model = type(source)
    fields = {field.attname for field in model._meta.concrete_fields} - {"id", "version", "created_at", "updated_at"}
    known = {name: getattr(source, name) for name in fields}
    for place, name in enumerate(names):
        own = {"name": name, "last_name": name, "full_name": name, "number": f"X-{place}"}
        model.objects.bulk_create([model(**known | {key: value for key, value in own.items() if key in fields})])


def assert_harmless_admin(response: Any) -> str:
    """The administration has code of its own in its pages; ours must not add any."""
    page: str = response.content.decode()
    assert response.status_code == 200
    assert [found for found in inline_code(page) if "alert(" in found or "XSS" in found or "javascript:" in found] == []
    return page


def test_what_is_sought_is_shown_as_it_was_typed(seller: Client) -> None:
    """11, 13: in the search box of a list and of the search page."""
    for text in naughty_strings()[::12]:
        for path in ("/leads/", "/search/"):
            page = assert_harmless(seller.get(path, {"q": text}))
            # The box of the palette stands empty beside it.
            sought = [plain(box.text) for name, box in text_boxes(page).items() if name == "q" and box.text]
            # What is longer than a search takes is cut; what is left is as typed.
            assert all(plain(text) == box or (len(box) > 90 and plain(text).startswith(box)) for box in sought), text
