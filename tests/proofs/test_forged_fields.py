"""Fields that a form does not have, posted to every form there is: what is saved is what it would have been without.

Each address of the matrix is posted to twice, plain and with forgeries; each time the database is put back.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from crm.users.models import OrganisationModel, OwnedModel, User
from tests.proofs.rights import matrix
from tests.proofs.rows import Row
from tests.proofs.world import World, browser, lasting_world, passing

_MODELS = [model for model in apps.get_models() if issubclass(model, OwnedModel | OrganisationModel)]
#: What differs from one attempt to the next by itself.
_LIVING = re.compile(r"(^id|^key|^number|_at|_key|_id|_id_key)$")
_KEPT_KEYS = {"owner_id", "owner_team_id", "owning_unit_id", "created_by_id", "updated_by_id", "currency_id"}


def _forged(world: World) -> dict[str, Any]:
    stranger, south = world.person("stranger").pk, world.cast.south.pk
    people = ("owner", "owner_id", "created_by", "updated_by", "owner_team", "user_id", "qualified_by", "shared_by")
    states = {"state": "won", "status_reason": "won", "status": "won", "stage": "closed"}
    totals = ("total_amount", "total_tax", "goods_total", "balance", "amount_paid", "base_total_amount", "score")
    line = ("id", "total", "amount", "base_amount", "tax_amount", "quantity_delivered", "quantity_invoiced", "document")
    rights = ("is_administrator", "is_superuser", "is_staff", "is_active", "is_sample", "is_price_locked", "may_write")
    return {
        **dict.fromkeys(people, stranger),
        **states,
        **dict.fromkeys(totals, "1234567"),
        **dict.fromkeys(rights, "on"),
        **{f"line-0-{name}": "1234567" for name in line if name != "id"},
        "owning_unit": south,
        "owning_unit_id": south,
        "business_unit": south,
        "number": "FORGED",
        "revision": "77",
        "version": "",
        "pk": "777777",
        "deleted_at": "2001-01-01",
        "created_at": "2001-01-01",
        "currency_rate": "7",
        "exchange_rate": "7",
        "tenant": "7",
        "sort_key": "zzz",
        "actor": stranger,
        "record_id": "1",
    }


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lasting_world() as made:
        yield made


def _forms(world: World) -> list[tuple[str, Row]]:
    return [(name, row) for name, row in matrix(world).items() if row.post[4] == "o"]


def test_no_form_saves_what_it_did_not_ask(world: World) -> None:
    client, forged = browser(world.person("administrator")), _forged(world)
    wrong, statuses = [], []
    for name, row in _forms(world):
        url = reverse(name, args=world.args(row.record) if row.record else ())
        offered = set(re.findall(r'name="([^"]+)"', client.get(url).content.decode()))
        extra = {field: value for field, value in forged.items() if field not in {*offered, *row.sent}}
        plain, with_forgeries = (
            _outcome(client, url, row.sent, world, row),
            _outcome(client, url, {**extra, **row.sent}, world, row),
        )
        statuses.append(plain["status"])
        if plain != with_forgeries:
            wrong.append((name, _difference(plain, with_forgeries)))
    assert wrong == []
    assert set(statuses) == {302}, "each form is taken"


def _outcome(client: Client, url: str, sent: Any, world: World, row: Row) -> dict[str, Any]:
    """The status, the record afterwards, what was made, and whether the person was touched."""
    with passing():
        before = _newest()
        status = client.post(url, sent).status_code
        found: dict[str, Any] = {"status": status}
        record = world.records.get(row.record)
        for one in record if isinstance(record, tuple) else (record,):
            if isinstance(one, models.Model):
                found[one._meta.label] = [_lasting(values) for values in _rows(type(one)).filter(pk=one.pk).values()]
        after = _newest()
        for model in (model for model in _MODELS if after[model] != before[model]):
            made = _rows(model).filter(pk__gt=before[model]).order_by("pk").values()
            found[f"new {model._meta.label}"] = [_lasting(values) for values in made]
        found["people"] = list(
            User.objects.order_by("pk").values_list("is_administrator", "is_active", "business_unit")
        )
        return found


def _rows(model: type[models.Model]) -> Any:
    return model._base_manager


def _newest() -> dict[type[models.Model], int]:
    asked = ", ".join(f"(SELECT coalesce(max(id), 0) FROM {model._meta.db_table})" for model in _MODELS)  # noqa: S608 - names of our own tables
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return dict(zip(_MODELS, cursor.fetchone(), strict=True))


def _lasting(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in _KEPT_KEYS or not _LIVING.search(name)}


def _difference(plain: dict[str, Any], forged: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(key, plain.get(key), forged.get(key)) for key in {**plain, **forged} if plain.get(key) != forged.get(key)]
