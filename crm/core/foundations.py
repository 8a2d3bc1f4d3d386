"""What must be there before the first person signs in: currencies, number series, roles, schedules.

Each app registers its part in `AppConfig.ready()`. Laying foundations again changes nothing that is there, so
`up` does it at every start and tests do it for every database.
"""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext_noop as _

from crm.core import history
from crm.core.actors import SYSTEM
from crm.core.models import Currency, NumberSeries, Organisation, Schedule

_parts: dict[str, tuple[int, Callable[[], None]]] = {}


def register(part: Callable[[], None], *, position: int = 100) -> None:
    _parts[f"{part.__module__}.{part.__qualname__}"] = (position, part)


def lay_foundations() -> None:
    """Run every registered part in one transaction, in the order of `position`."""
    with history.action("foundations.laid", actor=SYSTEM), transaction.atomic():
        for _name, (_position, part) in sorted(_parts.items(), key=lambda item: (item[1][0], item[0])):
            part()


_CURRENCIES = (
    # code, name, digits of ISO 4217
    ("EUR", _("Euro"), 2),
    ("USD", _("US dollar"), 2),
    ("GBP", _("Pound sterling"), 2),
    ("CHF", _("Swiss franc"), 2),
    ("PLN", _("Polish złoty"), 2),
    ("CZK", _("Czech koruna"), 2),
    ("HUF", _("Hungarian forint"), 2),
    ("SEK", _("Swedish krona"), 2),
    ("NOK", _("Norwegian krone"), 2),
    ("DKK", _("Danish krone"), 2),
    ("CAD", _("Canadian dollar"), 2),
    ("AUD", _("Australian dollar"), 2),
    ("NZD", _("New Zealand dollar"), 2),
    ("JPY", _("Japanese yen"), 0),
    ("KRW", _("South Korean won"), 0),
    ("CNY", _("Chinese yuan"), 2),
    ("INR", _("Indian rupee"), 2),
    ("BRL", _("Brazilian real"), 2),
    ("MXN", _("Mexican peso"), 2),
    ("ZAR", _("South African rand"), 2),
    ("KWD", _("Kuwaiti dinar"), 3),
    ("BHD", _("Bahraini dinar"), 3),
    ("AED", _("UAE dirham"), 2),
)

_SERIES = (
    # key, prefix, without gaps; demonstration documents count in series of their own
    ("lead", "LEAD-", False),
    ("quote", "QUO-", False),
    ("order", "ORD-", False),
    ("invoice", "INV-", True),
    ("credit-note", "CN-", True),
    ("campaign", "CMP-", False),
    ("demo-campaign", "DEMO-CMP-", False),
    ("demo-lead", "DEMO-LEAD-", False),
    ("demo-quote", "DEMO-QUO-", False),
    ("demo-order", "DEMO-ORD-", False),
    ("demo-invoice", "DEMO-INV-", True),
)


def lay_kernel() -> None:
    Currency.objects.bulk_create(
        [Currency(code=code, name=name, digits=digits) for code, name, digits in _CURRENCIES],
        ignore_conflicts=True,
    )
    NumberSeries.objects.bulk_create(
        [NumberSeries(key=key, prefix=prefix, is_gapless=gapless) for key, prefix, gapless in _SERIES],
        ignore_conflicts=True,
    )
    organisation = Organisation.load()
    if organisation.base_currency_id is None:
        organisation.base_currency = Currency.objects.get(code="EUR")
        organisation.save(update_fields=["base_currency"])


def schedule(name: str, task: str, *, every_minutes: int) -> None:
    """Make the schedule unless it is there; administrators may change or stop it."""
    Schedule.objects.get_or_create(name=name, defaults={"task": task, "every_minutes": every_minutes})
