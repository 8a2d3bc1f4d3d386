"""Documents, activities and phones for a company that `bench.volume` has filled, through COPY, triggers and history."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, LPad

from activities.models import Activity
from bench.volume.fill import Owner, copy_with_defaults
from crm.core.actors import SYSTEM
from crm.core.folding import fold
from crm.core.history import action
from crm.core.models import Currency
from crm.customers.models import Account, Contact
from crm.users.models import User
from sales.models import Order, Quote

_BLOCK = 100_000
_NOW = dt.datetime.now(dt.UTC)
_WHAT = ("Flow meters", "Density sensors", "Service contract", "Spare seals", "Calibration", "Control cabinet")
_SUBJECTS = ("Call back about", "Send the offer for", "Visit", "Follow up on", "Answer the question about", "Remind of")

DOCUMENT = ("number", "name", "sort_key", "customer_account", "currency", "owner", "owning_unit", "created_at")
_DAY = {Quote: "effective_from", Order: "ordered_on"}
ACTIVITY = ("kind", "subject", "owner", "owning_unit", "created_at", "due_at")


def fill(documents: int, activities: int, say: Callable[[str], None]) -> None:
    """What is missing: quotes and orders, half each, and tasks. Timelines stay empty, since nothing here reads them."""
    if _is_filled(documents, activities):
        return
    people = User.objects.filter(username__startswith="bench_").values_list("pk", "business_unit")
    owners = [Owner(*row) for row in people]
    with action("bench.filled", actor=SYSTEM):
        _give_phones()
        for model, prefix in ((Quote, "QUO"), (Order, "ORD")):
            there = model.objects.filter(number__startswith=f"{prefix}-2020-").count()
            _documents(model, prefix, range(there, documents // 2), owners)
            say(f"{documents // 2:,} {model._meta.verbose_name_plural}")
        there = Activity.objects.filter(subject__contains=" line ").count()
        for begin in range(there, activities, _BLOCK):
            numbers = range(begin, min(begin + _BLOCK, activities))
            copy_with_defaults(Activity, ACTIVITY, (_activity(number, owners) for number in numbers))
            say(f"{numbers.stop:,} activities")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _is_filled(documents: int, activities: int) -> bool:
    counts = (Quote.objects.count() + Order.objects.count(), Activity.objects.count())
    return counts[0] >= documents and counts[1] >= activities


def _give_phones() -> None:
    digits = LPad(Cast("pk", CharField()), 8, Value("0"))
    number = Concat(Value("+4930"), digits, output_field=CharField())
    Contact.objects.filter(phone_e164="").update(phone=number, phone_e164=number)


def _documents(model: Any, prefix: str, numbers: range, owners: Sequence[Owner]) -> None:
    if not numbers:
        return
    keys = list(Account.objects.order_by("pk").values_list("pk", flat=True)[:_BLOCK])
    currency = Currency.objects.get(code="EUR").pk
    columns = (*DOCUMENT, _DAY[model])
    copy_with_defaults(model, columns, (_document(prefix, number, owners, keys, currency) for number in numbers))


def _document(prefix: str, number: int, owners: Sequence[Owner], keys: Sequence[int], currency: int) -> tuple[Any, ...]:
    owner, name = owners[number % len(owners)], f"{_WHAT[number % len(_WHAT)]} for line {number}"
    return (f"{prefix}-2020-{number:05}", name, fold(name), keys[number % len(keys)], currency, owner.pk, owner.unit,
            _moment(number), _moment(number).date())  # fmt: skip


def _activity(number: int, owners: Sequence[Owner]) -> tuple[Any, ...]:
    owner = owners[number % len(owners)]
    subject = f"{_SUBJECTS[number % len(_SUBJECTS)]} line {number // 40}"
    return "task", subject, owner.pk, owner.unit, _moment(number), _moment(number) + dt.timedelta(days=3)


def _moment(number: int) -> dt.datetime:
    return _NOW - dt.timedelta(minutes=3 * number)
