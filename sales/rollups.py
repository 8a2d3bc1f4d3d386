"""On whose timelines the activities of opportunities and documents stand too."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from activities.links import register_rollup
from activities.panels import register_timeline
from activities.regarding import Ref, referred
from sales.models import Invoice, Opportunity, Order, Quote


def register() -> None:
    register_timeline(Opportunity, "topic")
    register_rollup(Opportunity, customers)
    for document in (Quote, Order, Invoice):
        register_timeline(document, "number", "name")
        register_rollup(document, customers_and_opportunity)


def customers(record: Any) -> Iterable[models.Model | Ref | None]:
    return [referred(record, name) for name in ("customer_account", "customer_contact", "contact")]


def customers_and_opportunity(record: Any) -> Iterable[models.Model | Ref | None]:
    return [*customers(record), referred(record, "opportunity")]
