"""Another company's CRM, whole: its people, accounts, products and 8,800 deals, by the words of its own files."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from catalog.models import Product
from crm.customers.models import Account
from crm.data.importing.meanings import MAKE
from crm.data.models import Import
from crm.users.models import BusinessUnit, User
from leads.models import Lead
from sales.models import Opportunity
from tests.data.importing.published import published
from tests.factories.cast import Cast
from tests.fixtures import ClientFor
from tests.queue import work_off

pytestmark = pytest.mark.django_db

#: Notes about imports, and the history, which only grows.
_NOT_COMPARED = ("data_import", "data_external", "data_learnt", "event", "django_", "core_job", "users_notification")


def everything() -> dict[str, tuple[int, str]]:
    """Rows and a checksum of each table that holds records."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if not any(word in table for word in _NOT_COMPARED):
                columns = "count(*), md5(string_agg(t::text, '|' ORDER BY t::text))"
                cursor.execute(f'SELECT {columns} FROM "{table}" t')  # noqa: S608 - names of our own tables
                found[table] = cursor.fetchone()
    return found


def won_in_file() -> dict[str, dict[str, Decimal]]:
    """Read off the files alone: what was won by agent, manager, product and quarter."""
    folder = published("maven_crm")
    managers = {row["sales_agent"]: row["manager"] for row in csv.DictReader((folder / "sales_teams.csv").open())}
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in csv.DictReader((folder / "sales_pipeline.csv").open()):
        if row["deal_stage"] == "Won":
            value, (year, month, _day) = Decimal(row["close_value"]), row["close_date"].split("-")
            product = "GTX Pro" if row["product"] == "GTXPro" else row["product"]
            sums["agent"][row["sales_agent"]] += value
            sums["manager"][managers[row["sales_agent"]]] += value
            sums["product"][product] += value
            sums["quarter"][f"{year} Q{(int(month) + 2) // 3}"] += value
    return {name: dict(found) for name, found in sums.items()}


def won_in_house() -> dict[str, dict[str, Decimal]]:
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    columns = ("actual_revenue", "actual_close_on", "owner__name", "owner__manager__name", "lines__product__name")
    for value, day, agent, manager, product in Opportunity.objects.filter(state="won").values_list(*columns):
        assert value is not None
        sums["agent"][agent] += value
        sums["manager"][manager] += value
        sums["product"][product] += value
        sums["quarter"][f"{day.year} Q{(day.month + 2) // 3}"] += value
    return {name: dict(found) for name, found in sums.items()}


class Wizard:
    """The pages of imports as one person goes through them; what is too much for a page is left to the worker."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def send(self, noun: str, file: str) -> Import:
        """Upload the file, and say nothing to its columns that they do not say themselves; that rehearses."""
        upload = SimpleUploadedFile(file, published("maven_crm", file).read_bytes())
        self._go("/imports/new/", {"noun": noun, "file": upload})
        run = Import.objects.latest("pk")
        told = {"order": run.style["order"], "decimal": run.style["decimal"], "update_by": run.update_by}
        told |= {f"column-{place}": name for place, name in enumerate(run.mapping)}
        self._go(f"/imports/{run.pk}/columns/", {**told, "duplicates": run.duplicates})
        return Import.objects.get(pk=run.pk)

    def explain(self, run: Import, **meanings: Mapping[str, str]) -> Import:
        """Say what texts mean, by the fields in which the page asks for them; that rehearses again."""
        page = self.client.get(f"/imports/{run.pk}/values/").content.decode()
        said: dict[str, str] = {}
        for name, texts in meanings.items():
            asked = sorted(run.found["unknown"][name].items(), key=lambda pair: (-pair[1], pair[0]))
            for place, (text, _rows) in enumerate(asked):
                assert f'name="means-{name}-{place}"' in page
                said[f"means-{name}-{place}"] = texts[text]
        self._go(f"/imports/{run.pk}/values/", said)
        return Import.objects.get(pk=run.pk)

    def run(self, run: Import) -> dict[str, int]:
        self._go(f"/imports/{run.pk}/run/", {"edition": str(run.edition)})
        counts: dict[str, int] = Import.objects.get(pk=run.pk).counts
        return counts

    def undo(self, run: Import) -> str:
        self._go(f"/imports/{run.pk}/undo/", {})
        return Import.objects.get(pk=run.pk).stage

    def _go(self, url: str, said: dict[str, Any]) -> None:
        answer = self.client.post(url, said)
        assert answer.status_code in {302, 303}, answer.content.decode()
        work_off()


def test_a_whole_crm_comes_in_adds_up_and_goes_again(cast: Cast, client_for: ClientFor) -> None:
    wizard = Wizard(client_for(cast.administrator))
    people = wizard.send("users", "sales_teams.csv")
    managers, offices = people.found["unknown"]["manager"], people.found["unknown"]["business_unit"]
    assert (len(managers), offices) == (6, {"Central": 11, "East": 12, "West": 12})
    people = wizard.explain(people, manager=dict.fromkeys(managers, MAKE), business_unit=dict.fromkeys(offices, MAKE))
    assert wizard.run(people) == {"new": 35}
    assert BusinessUnit.objects.get(name="West").users.count() == 12
    assert wizard.run(wizard.send("accounts", "accounts.csv")) == {"new": 85}
    assert Account.objects.filter(parent__isnull=False).count() == 15
    assert wizard.run(wizard.send("products", "products.csv")) == {"new": 7}

    before = everything()
    deals = wizard.send("opportunities", "sales_pipeline.csv")
    assert deals.found["unknown"] == {"product": {"GTXPro": 1480}, "customer_account": {"": 1425}}
    assert deals.found["counts"] == {"new": 8800 - 1480 - 1425 + 222, "failed": 1480 + 1425 - 222}
    page = wizard.client.get(f"/imports/{deals.pk}/").content.decode()
    assert "product: “GTXPro” in 1,480 rows" in page
    assert "account: “(nothing)” in 1,425 rows" in page
    pro = f"={Product.objects.get(name='GTX Pro').pk}"
    deals = wizard.explain(deals, product={"GTXPro": pro}, customer_account={"": MAKE})
    assert deals.found["counts"] == {"new": 8800}
    assert (wizard.run(deals), Opportunity.objects.count()) == ({"new": 8800}, 8800)

    assert Opportunity.objects.filter(customer_account__name="No name").count() == 1425
    in_house, in_file = won_in_house(), won_in_file()
    assert in_house == in_file
    assert sum(in_house["agent"].values()) == Decimal(10_005_534)
    assert Opportunity.objects.filter(state="won").count() == 4238
    assert Opportunity.objects.filter(state="lost").count() == 2473

    written = everything()
    again = wizard.send("opportunities", "sales_pipeline.csv")
    assert again.found["counts"] == {"same": 8800 - 1480, "failed": 1480}
    again = wizard.explain(again, product={"GTXPro": pro})
    assert wizard.run(again) == {"same": 8800}
    assert everything() == written

    assert wizard.undo(deals) == Import.Stage.UNDONE
    assert everything() == before
    assert (User.objects.filter(name="Anna Snelling").exists(), Lead.objects.count()) == (True, 0)
