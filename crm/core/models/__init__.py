"""The kernel's tables. No business noun lives here."""

from crm.core.models.base import TRACKED, BinQuerySet, EventBase, Line, Record, Singleton, tracked
from crm.core.models.custom import (
    CustomCatalogue,
    CustomChoice,
    CustomField,
    CustomKind,
    CustomModel,
    IndexState,
    edition_trigger,
)
from crm.core.models.idempotency import AbstractIdempotencyKey
from crm.core.models.money import Currency, ExchangeRate, rate_on
from crm.core.models.numbering import NumberCounter, NumberSeries
from crm.core.models.organisation import BankAccount, Organisation
from crm.core.models.reasons import StatusReason
from crm.core.models.tags import Tag, TaggedModel, tag_index
from crm.core.models.work import Job, Schedule
from crm.core.models.writing import WritingModel

__all__ = [
    "TRACKED",
    "AbstractIdempotencyKey",
    "BankAccount",
    "BinQuerySet",
    "Currency",
    "CustomCatalogue",
    "CustomChoice",
    "CustomField",
    "CustomKind",
    "CustomModel",
    "EventBase",
    "ExchangeRate",
    "IndexState",
    "Job",
    "Line",
    "NumberCounter",
    "NumberSeries",
    "Organisation",
    "Record",
    "Schedule",
    "Singleton",
    "StatusReason",
    "Tag",
    "TaggedModel",
    "WritingModel",
    "edition_trigger",
    "rate_on",
    "tag_index",
    "tracked",
]
