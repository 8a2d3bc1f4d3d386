"""Every door to many records answers the same, byte for byte, whether or not there is something that its reader may not
see: a record of somebody else, or a field for other roles. So not even that it exists can be found out."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from crm.core import finding_sql
from crm.users.models import Role
from crm.users.rights import SALES_MANAGER
from crm.users.services.saved_views import ViewValues, save_view
from leads.models import Lead
from tests.data.exporting import taken
from tests.factories.cast import Cast
from tests.factories.custom import make_field
from tests.factories.leads import make_lead
from tests.factories.sales import make_account, make_contact, make_quote
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

_PALETTE = {"HX-Request": "true", "HX-Target": "palette-answer"}
_EACH_TIME_ANOTHER = re.compile(
    r'(csrfmiddlewaretoken" value|idempotency_key" value|nonce)="[^"]*"|"X-CSRFToken": ?"[^"]*"|Reference for.*?</code>'
)
_ALL = "/leads/?view=all"


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    finding_sql.forget_reach()
    with time_machine.travel(timezone.now(), tick=False):
        yield


def answers(client: Client, doors: Iterable[str], exports: Iterable[str] = ()) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for door in doors:
        finding_sql.forget_reach()
        response = client.get(door, headers=_PALETTE if door.startswith("/palette/") else {})
        found[door] = (response.status_code, _EACH_TIME_ANOTHER.sub("", response.content.decode()))
    for address in exports:
        found[f"export {address}"] = taken(client, address, columns="all")
    return found


def test_a_hidden_record_changes_no_answer(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    own = make_lead(cast.rep_a, last_name="Own", company="Quill & Own")
    view = save_view(
        noun="leads.lead", values=ViewValues(name="Quills", query="quill"), actor=cast.rep_a, at=timezone.now()
    )
    doors = (
        *(f"/search/?q={text}" for text in ("quill", "7946012", "Quillfeather&in=contact")),
        *(f"/palette/?q={quote(text)}&at=/leads/" for text in ("quill", "@quill", "#2026", "/quill", "")),
        *(
            f"{_ALL}{more}"
            for more in ("", "&q=quill", "&group=owner", "&layout=board", "&sort=company", "&q=not+company:own")
        ),
        *(f"/{noun}/?view=all" for noun in ("accounts", "contacts", "quotes")),
        "/contacts/?panel=complete&text=account:qui&at=11",
        "/contacts/?view=all&q=account:quill",
        f"/leads/?view={view.key}",
        *(f"/leads/bulk/?view=all&scope=all&act={act}" for act in ("assign", "edit&field=rating", "tag", "delete")),
        f"/exports/new/?list={quote(_ALL, safe='')}",
    )
    before = answers(client, doors, (_ALL, f"{_ALL}&group=owner"))

    hidden = make_lead(cast.rep_c, first_name="Quillfeather", last_name="Quill", company="Quill", phone="+442079460123")
    account = make_account(cast.rep_c, "Quillfeather AG")
    make_contact(cast.rep_c, last_name="Quillfeather", account=account)
    make_quote(cast.rep_c, name="Quillfeather sensors")

    after = answers(client, doors, (_ALL, f"{_ALL}&group=owner"))
    assert [door for door in before if after[door] != before[door]] == []
    missing = 999_999_999
    for door in (
        "/leads/?only={pk}",
        f"/leads/?only={{pk}},{own.pk}",
        "/leads/bulk/?act=assign&pick={pk}",
        f"/leads/bulk/?act=delete&pick={{pk}}&pick={own.pk}",
        "/leads/{pk}/peek/",
        "/leads/{pk}/field/rating/",
        "/contacts/?view=all&account={pk}",
    ):
        assert _as_asked(client, door, hidden.pk, missing) == _as_asked(client, door, missing, hidden.pk), door


def _as_asked(client: Client, door: str, pk: int, other: int) -> str:
    """The answer without the key that was asked for, nor the other one that is compared with it."""
    asked = door.format(pk=pk)
    return str(answers(client, [asked])[asked]).replace(str(pk), "…").replace(str(other), "…")


def test_a_field_for_other_roles_changes_no_answer(cast: Cast, client_for: ClientFor) -> None:
    own = make_lead(cast.rep_a, last_name="Own")
    Lead.objects.filter(pk=own.pk).update(custom={"margin_note": "Thin"})
    client = client_for(cast.rep_a)
    named = (
        "margin_note:thin",
        "margin-note:any",
        "not margin_note:none",
        "margin_not:x",
        "owner.margin_note:1",
        "thin",
    )
    doors = (
        *(f"{_ALL}&q={quote(text)}" for text in named),
        *(f"{_ALL}&{name}=margin_note" for name in ("sort", "group", "columns", "margin_note")),
        *(f"/leads/?panel=complete&text={text}&at=9" for text in ("marg", "not marg", "margin_note:")),
        *(f"/leads/?panel={panel}" for panel in ("look", "filter", "filter&field=margin_note")),
        "/leads/?field=margin_note&operator=is&value=thin",
        *(f"/leads/bulk/?view=all&scope=all&act=edit{more}" for more in ("", "&field=margin_note")),
        f"/exports/new/?list={quote(f'{_ALL}&columns=name,margin_note', safe='')}",
        *("/search/?q=thin", "/palette/?q=thin", "/palette/?q=%3Emarg", "/palette/?q=/marg"),
        "/views/new/?noun=leads.lead&columns=name,margin_note&sort=margin_note&group=margin_note&q=margin_note:thin",
        *(f"/leads/{own.pk}/{part}" for part in ("", "?tab=details", "edit/", "peek/", "field/margin_note/")),
        "/leads/new/?margin_note=thin",
    )
    before = answers(client, doors, (_ALL,))
    make_field("Margin note", readers=[Role.objects.get(name=SALES_MANAGER).pk])
    after = answers(client, doors, (_ALL,))
    assert [door for door in before if after[door] != before[door]] == []
    assert "Margin note" in client_for(cast.manager).get("/leads/?panel=look").content.decode()
