"""Values for people in templates: `{% load formats %}`."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from crm.core import badges, icons, tables, widgets
from crm.core import format as shown

register = template.Library()


@register.filter
def money(amount: Decimal | int | None, currency: object = "") -> SafeString:
    """`{{ quote.total|money:quote.currency.code }}`; without a code for sums in the currency of the page."""
    return shown.money_html(amount, str(currency or ""))


@register.filter
def quantity(value: Decimal | int | None) -> str:
    return shown.quantity(value)


@register.filter
def price(value: Decimal | int | None, digits: int) -> str:
    """`{{ line.price_per_unit|price:quote.currency.digits }}`."""
    return shown.price(value, digits)


@register.filter
def percent(value: Decimal | int | None) -> str:
    return shown.percent(value)


@register.filter
def day(value: dt.date | None) -> str:
    return shown.day(value)


@register.filter
def moment(value: dt.datetime | None) -> SafeString:
    return shown.moment(value)


@register.filter
def weekday(value: dt.datetime) -> str:
    return shown.weekday(value)


@register.filter
def time_of_day(value: dt.datetime | None) -> SafeString:
    return shown.time_of_day(value)


@register.filter
def ago(value: dt.datetime | None) -> str:
    return shown.ago(value, timezone.now())


@register.simple_tag
def icon(name: str) -> SafeString:
    """As `components/icon.html`, without rendering a template: for pages with dozens of icons."""
    return icons.icon(name)


@register.simple_tag
def moment_box(name: str, box_id: str, *, required: bool = False) -> SafeString:
    """An empty box for a day and time, as forms draw theirs."""
    return widgets.moment_box({}).render(name, None, {"id": box_id, "required": required})


@register.simple_tag
def badge(record: Any) -> SafeString:
    """The state of a record; nothing for one without states."""
    found = badges.badge_of(record)
    return found.html() if found else SafeString()


@register.simple_tag
def avatar(name: object) -> SafeString:
    return tables.avatar(str(name or ""))


@register.simple_tag(takes_context=True)
def rows(context: template.Context, table: type[tables.Table], values: Iterable[Sequence[Any]]) -> SafeString:
    """The rows of a declared table, for panels; looked-up values are those that the `user` of the page may see."""
    return table.rows_html(values, actor=context.get("user"))
