"""A company with many leads: through COPY, with numbers, triggers and history as any other writing."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction

from crm.core.actors import SYSTEM
from crm.core.bulk import copy_rows
from crm.core.folding import company_key, fold
from crm.core.history import action
from crm.core.models import Currency, Organisation
from crm.customers.models import Account, Contact
from crm.users.models import BusinessUnit, Role, Share, User, UserRole
from crm.users.rights import SALES_MANAGER, SALESPERSON
from leads.models import Lead
from sales.models import Opportunity

LOGINS = {"own": "bench_own", "manager": "bench_manager", "all": "bench_all"}
OWN_ROWS = SHARED_ROWS = 30
RARE, COMMON = "Rarebird", "Thousandfold"
RARE_HITS, COMMON_HITS = 3, 1000
_UNITS, _PEOPLE_OF_UNIT, _BLOCK = 8, 5, 50_000
_FIRST = ("Ada", "Ben", "Chloé", "Dmitri", "Esra", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Liam", "Mei")
_HEAD = ("Bar", "Ost", "Lin", "Mar", "Hol", "Ker", "Sten", "Val", "Wes", "Tor", "Fal", "Gren", "Hart", "Ives")
_TAIL = ("berg", "field", "mann", "sen", "wood", "ova", "etti", "stein", "ley", "gaard", "ford", "wick", "more")
_TRADE = ("Brewery", "Metals", "Dairies", "Logistics", "Foods", "Water", "Paper", "Optics", "Chemicals", "Foundry")
_COUNTRY = ("Germany", "Poland", "Norway", "Portugal", "Canada", "Japan", "Kenya")


@dataclass(frozen=True, slots=True)
class Filled:
    """How many leads there are, and how long they and what belongs to them took in seconds."""

    leads: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Owner:
    pk: int
    unit: int


def filled_with() -> int:
    """Leads of an earlier filling."""
    return Lead.objects.filter(number__startswith="BENCH-").count()


def make_people() -> None:
    """A manager of eight units of five people, as many people elsewhere, one with little, and an administrator."""
    with action("bench.people_made", actor=SYSTEM), transaction.atomic():
        root, _made = BusinessUnit.objects.get_or_create(name="Bench", parent=None)
        here, there = (BusinessUnit.objects.create(name=name, parent=root) for name in ("Here", "There"))
        manager = _person(LOGINS["manager"], here, SALES_MANAGER)
        _person(LOGINS["own"], there, SALESPERSON)
        User.objects.create(username=LOGINS["all"], name="Alba All", business_unit=root, is_administrator=True)
        for region, boss in ((here, manager), (there, None)):
            for number in range(_UNITS):
                unit = BusinessUnit.objects.create(name=f"{region.name} {number + 1}", parent=region)
                for seat in range(_PEOPLE_OF_UNIT):
                    _person(f"bench_{region.name.lower()}_{number}_{seat}", unit, SALESPERSON, boss)
        Organisation.objects.update_or_create(pk=1, defaults={"base_currency": Currency.objects.get(code="EUR")})


def _person(username: str, unit: BusinessUnit, role: str, manager: User | None = None) -> User:
    name = username.replace("_", " ").title()
    person = User.objects.create(username=username, name=name, business_unit=unit, manager=manager)
    UserRole.objects.create(user=person, role=Role.objects.get(name=role))
    return person


def fill(first: int, last: int, say: Callable[[str], None]) -> None:
    """Leads number `first` to `last`, and one account, contact and opportunity for each five of them."""
    owners = [Owner(*row) for row in User.objects.filter(manager__isnull=False).values_list("pk", "business_unit_id")]
    elsewhere = User.objects.filter(username__startswith="bench_there").values_list("pk", "business_unit_id")
    owners += [Owner(*row) for row in elsewhere]
    currency = Currency.objects.get(code="EUR").pk
    with action("bench.filled", actor=SYSTEM):
        for begin in range(first, last, _BLOCK):
            end = min(begin + _BLOCK, last)
            customers = range(begin // 5, end // 5)
            copy_with_defaults(Account, ACCOUNT, (_account(number, owners) for number in customers))
            keys = _keys(Account, customers)
            copy_with_defaults(Contact, CONTACT, (_contact(number, owners, keys) for number in customers))
            copy_with_defaults(
                Opportunity, OPPORTUNITY, (_opportunity(number, owners, keys, currency) for number in customers)
            )
            copy_with_defaults(Lead, LEAD, (_lead(number, owners) for number in range(begin, end)))
            say(f"{end:,} leads")


def copy_with_defaults(model: type[models.Model], names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    """COPY has to name what has no default in the database, since Django keeps these to itself."""
    rest = [
        field
        for field in model._meta.concrete_fields
        if field.name not in names and not field.null and not field.primary_key and not field.has_db_default()
    ]
    values = (field.get_default() for field in rest)
    defaults = tuple(json.dumps(value) if isinstance(value, dict) else value for value in values)
    copy_rows(model, (*names, *(field.name for field in rest)), (row + defaults for row in rows))


def _keys(model: type[models.Model], numbers: range) -> dict[int, int]:
    """Primary keys of what was just copied."""
    last: list[int] = list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[: len(numbers)])
    return dict(zip(numbers, reversed(last), strict=True))


def _moment(number: int) -> dt.datetime:
    """Seven minutes apart, the higher the earlier."""
    return _NOW - dt.timedelta(minutes=7 * number)


def _name(number: int) -> tuple[str, str]:
    first = _FIRST[number % len(_FIRST)]
    if number % 900 == 77 and number // 900 < COMMON_HITS:
        return first, COMMON
    if number % 1000 == 13 and number // 1000 < RARE_HITS:
        return first, RARE
    return first, _HEAD[number // 13 % len(_HEAD)] + _TAIL[number // 182 % len(_TAIL)]


def _company(number: int) -> str:
    number = number // 5
    return f"{_HEAD[number % len(_HEAD)]}{_TAIL[number // 14 % len(_TAIL)]} {_TRADE[number % 10]} {number}"


_NOW = dt.datetime.now(dt.UTC)
LEAD = ("number", "name", "sort_key", "first_name", "last_name", "company", "company_key", "topic", "email",
        "email_key", "country", "source", "rating", "owner", "owning_unit", "created_at", "state", "status_reason",
        "closed_at", "estimated_value", "currency", "description")  # fmt: skip


def _lead(number: int, owners: Sequence[Owner]) -> tuple[Any, ...]:
    owner = owners[number % len(owners)]
    first, last = _name(number)
    company, at = _company(number), _moment(number)
    email = f"{first.lower()}.{number}@{company.split()[0].lower()}.example".replace("é", "e")
    closed = number % 10 >= 7
    state = ("disqualified", "lost", at + dt.timedelta(days=1)) if closed else ("open", "new", None)
    return (
        f"BENCH-{number:07}", f"{first} {last}", fold(f"{last} {first}"), first, last, company, company_key(company),
        "Inline density measurement for the new line", email, email, _COUNTRY[number % 7], "web",
        ("hot", "warm", "cold")[number % 3], owner.pk, owner.unit, at, *state, Decimal(number % 900 * 100),
        None, "They wrote through the form on the website and want to be called back.",
    )  # fmt: skip


ACCOUNT = ("name", "sort_key", "number", "company_key", "industry", "email", "email_key", "owner", "owning_unit",
           "created_at")  # fmt: skip


def _account(number: int, owners: Sequence[Owner]) -> tuple[Any, ...]:
    owner, name = owners[number % len(owners)], _company(number * 5)
    email = f"office{number}@{name.split()[0].lower()}.example"
    return (name, fold(name), f"B{number:07}", company_key(name), "Manufacturing", email, email, owner.pk, owner.unit,
            _moment(number * 5))  # fmt: skip


CONTACT = ("first_name", "last_name", "full_name", "sort_key", "name_key", "account", "email", "email_key", "owner",
           "owning_unit", "created_at")  # fmt: skip


def _contact(number: int, owners: Sequence[Owner], accounts: dict[int, int]) -> tuple[Any, ...]:
    owner, (first, last) = owners[number % len(owners)], _name(number * 5 + 1)
    email = f"{first.lower()}{number}@contacts.example".replace("é", "e")
    return (first, last, f"{first} {last}", fold(f"{last} {first}"), fold(f"{first} {last}"), accounts[number], email,
            email, owner.pk, owner.unit, _moment(number * 5))  # fmt: skip


OPPORTUNITY = ("topic", "sort_key", "customer_account", "currency", "owner", "owning_unit", "created_at",
               "estimated_revenue", "base_estimated_revenue", "estimated_close_on")  # fmt: skip


def _opportunity(number: int, owners: Sequence[Owner], accounts: dict[int, int], currency: int) -> tuple[Any, ...]:
    owner, topic = owners[number % len(owners)], f"Flow meters for line {number}"
    revenue = Decimal(number % 700 * 500)
    return (topic, fold(topic), accounts[number], currency, owner.pk, owner.unit, _moment(number * 5), revenue,
            revenue, _NOW.date() + dt.timedelta(days=number % 200))  # fmt: skip


def give_own_rows() -> None:
    """Thirty leads, and thirty of others that are shared, spread over all."""
    person = User.objects.get(username=LOGINS["own"])
    with action("bench.shared", actor=SYSTEM), transaction.atomic():
        keys = list(Lead.objects.filter(state="open").order_by("pk").values_list("pk", flat=True)[: 200 * 100 : 100])
        mine, others = keys[0 : 2 * OWN_ROWS : 2], keys[1 : 2 * SHARED_ROWS : 2]
        Lead.objects.filter(pk__in=mine).update(owner=person, owning_unit=person.business_unit)
        kind = _content_type(Lead)
        Share.objects.bulk_create(Share(content_type_id=kind, object_id=pk, user=person) for pk in others)


def _content_type(model: type[models.Model]) -> int:
    return int(ContentType.objects.get_for_model(model).pk)


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
