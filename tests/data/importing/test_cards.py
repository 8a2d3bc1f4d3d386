"""Business cards: typed, pasted and uploaded into one grid, checked, and made leads in a few clicks."""

import re
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.data.models import Import
from leads.models import Lead
from tests.factories.cast import Cast
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

CARD = (
    "BEGIN:VCARD\nVERSION:3.0\nN:Lee{n};Ann;;;\nORG:Acme {n};Sales\n"
    "EMAIL:ann{n}@acme.example\nTEL;TYPE=CELL:+49 151 1000{n}\nEND:VCARD\n"
)


def cells(page: str) -> dict[str, list[str]]:
    """What stands in the grid, by column, as a browser would send it."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="card-([^"]+)" value="([^"]*)"', page):
        found.setdefault(f"card-{name}", []).append(value)
    return found


def archive(number: int) -> SimpleUploadedFile:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as opened:
        for n in range(number):
            opened.writestr(f"{n}.vcf", CARD.format(n=n))
    return SimpleUploadedFile("cards.zip", target.getvalue())


def test_150_cards_become_leads_in_three_clicks(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    page = client.post("/imports/cards/", {"add": "1", "file": archive(150)}).content.decode()
    grid: dict[str, Any] = cells(page)
    assert (grid["card-Last Name"][149], grid["card-Department"][0]) == ("Lee149", "Sales")
    answer = client.post("/imports/cards/", {**grid, "source": "Trade show", "check": "1"})
    run = Import.objects.get()
    assert answer.headers["Location"] == f"/imports/{run.pk}/"
    assert run.found["counts"] == {"new": 150}
    client.post(f"/imports/{run.pk}/run/", {"edition": run.edition})
    assert Lead.objects.count() == 150
    lead = Lead.objects.get(last_name="Lee7")
    assert (lead.source, lead.company, lead.description) == ("trade_show", "Acme 7", "Department: Sales")


def test_cells_stand_under_their_heads(cast: Cast, client_for: ClientFor) -> None:
    page = client_for(cast.rep_a).get("/imports/cards/").content.decode()
    heads = re.findall(r'<th scope="col">([^<]+)</th>', page)
    labels = re.findall(r'aria-label="([^"]+) 1"', page)
    names = re.findall(r'name="card-([^"]+)" value="" aria-label="[^"]+ 1"', page)
    assert heads == labels
    assert names[2:4] == ["Job Title", "Company"]


def test_rows_are_typed_and_pasted_with_heads_or_without(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    typed = {"card-Last Name": ["Ray", ""], "card-Company": ["Blue", ""]}
    page = client.post(
        "/imports/cards/", {**typed, "add": "1", "pasted": "Company\tLast name\nAcme\tLee"}
    ).content.decode()
    page = client.post("/imports/cards/", {**cells(page), "add": "1", "pasted": "Cy\tDee\tBuyer"}).content.decode()
    grid = cells(page)
    assert grid["card-Last Name"][:4] == ["Ray", "Lee", "Dee", ""]
    assert (grid["card-Company"][1], grid["card-Job Title"][2]) == ("Acme", "Buyer")


@pytest.mark.parametrize("sent", [{"check": "1"}, {"add": "1"}, {"add": "1", "pasted": "a\tb\n" * 301}])
def test_nothing_and_too_much_are_refused(sent: dict[str, str], cast: Cast, client_for: ClientFor) -> None:
    assert client_for(cast.rep_a).post("/imports/cards/", sent).status_code == 422
    assert Import.objects.count() == 0
    assert client_for(cast.read_only).get("/imports/cards/").status_code == 403
