"""Another company's CRM, whole: its people, accounts, products and 8,800 deals, by the words of its own files."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from catalog.models import Product
from crm.customers.models import Account
from crm.data.models import Import
from crm.users.models import BusinessUnit, User
from leads.models import Lead
from sales.models import Opportunity
from tests.data.importing.published import published
from tests.data.importing.runs import do, mean, rehearse, undo, upload
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db

#: Notes about imports, and the history, which only grows.
_NOT_COMPARED = ("data_import", "data_external", "data_learnt", "event", "django_", "core_job", "users_notification")


def taken(actor: Any, folder: Path, noun: str, file: str) -> Import:
    return upload(actor, folder, published("maven_crm", file).read_bytes(), noun=noun, name=file)


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


def test_a_whole_crm_comes_in_adds_up_and_goes_again(cast: Cast, tmp_path: Path) -> None:
    chief = cast.administrator
    people = taken(chief, tmp_path, "users", "sales_teams.csv")
    found = rehearse(people, chief)
    managers, offices = found["unknown"]["manager"], found["unknown"]["business_unit"]
    assert (len(managers), offices) == (6, {"Central": 11, "East": 12, "West": 12})
    mean(
        people,
        chief,
        manager={name: f"+{name}" for name in managers},
        business_unit={name: f"+{name}" for name in offices},
    )
    assert do(people, chief).counts == {"new": 35}
    assert BusinessUnit.objects.get(name="West").users.count() == 12
    assert do(taken(chief, tmp_path, "accounts", "accounts.csv"), chief).counts == {"new": 85}
    assert Account.objects.filter(parent__isnull=False).count() == 15
    assert do(taken(chief, tmp_path, "products", "products.csv"), chief).counts == {"new": 7}

    before = everything()
    run = taken(chief, tmp_path, "opportunities", "sales_pipeline.csv")
    found = rehearse(run, chief)
    assert found["unknown"] == {"product": {"GTXPro": 1480}, "customer_account": {"": 1425}}
    assert found["counts"] == {"new": 8800 - 1480 - 1425 + 222, "failed": 1480 + 1425 - 222}
    pro = Product.objects.get(name="GTX Pro")
    mean(run, chief, product={"GTXPro": f"={pro.pk}"}, customer_account={"": "+No account"})
    done = do(run, chief)
    assert done.counts == {"new": 8800}

    assert Opportunity.objects.filter(customer_account__name="No account").count() == 1425
    in_house, in_file = won_in_house(), won_in_file()
    assert in_house == in_file
    assert sum(in_house["agent"].values()) == Decimal(10_005_534)
    assert Opportunity.objects.filter(state="won").count() == 4238
    assert Opportunity.objects.filter(state="lost").count() == 2473

    again, nobody = (
        taken(chief, tmp_path, "opportunities", "sales_pipeline.csv"),
        Account.objects.get(name="No account"),
    )
    mean(again, chief, product={"GTXPro": f"={pro.pk}"}, customer_account={"": f"={nobody.pk}"})
    assert rehearse(again, chief)["counts"] == {"same": 8800}

    undo(done, chief)
    assert everything() == before
    assert (User.objects.filter(name="Anna Snelling").exists(), Lead.objects.count()) == (True, 0)
