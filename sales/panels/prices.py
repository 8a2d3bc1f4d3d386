"""Where the price of a line comes from, in two words and in sentences."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from catalog.price_terms import PriceMethod
from catalog.price_trace import ItemStep, PriceTrace
from crm.core import format as shown
from crm.core.writing import number_language, style
from sales.models import DocumentLine, LineKind


@dataclass(frozen=True, slots=True)
class PriceFrom:
    """`tone` is amber for a typed price, red where there is none."""

    label: str
    sentences: list[str] = field(default_factory=list)
    icon: str = ""
    tone: str = ""


def price_from(line: DocumentLine, digits: int) -> PriceFrom:
    """`digits` are those of the document's currency."""
    if line.pricing_error:
        return PriceFrom(_("No price"), [line.pricing_error], "alert-triangle", "red")
    if not line.price_trace:
        return PriceFrom("")
    trace = PriceTrace.from_dict(line.price_trace)
    sentences = trace.sentences(number_language(style()))
    if line.kind == LineKind.WRITE_IN:
        return PriceFrom(_("Write-in"), sentences, "edit")
    return _of_trace(trace, sentences, digits)


def _of_trace(trace: PriceTrace, sentences: list[str], digits: int) -> PriceFrom:
    if trace.override is not None:
        was = trace.override.instead_of
        label = _("Typed") if was is None else _("Was %(price)s") % {"price": shown.price(was, digits)}
        return PriceFrom(label, sentences, "pencil", "amber")
    if trace.volume is not None:
        return PriceFrom(_tier(trace.volume), sentences, "chart-bar")
    if trace.item is None:
        return PriceFrom(_("Price list"), sentences, "list-details")
    return _of_item(trace.item, sentences)


def _tier(volume: Any) -> str:
    low = shown.quantity(volume.low)
    if volume.high is None:
        return _("Tier from %(low)s") % {"low": low}
    return _("Tier %(low)s–%(high)s") % {"low": low, "high": shown.quantity(volume.high)}


def _of_item(item: ItemStep, sentences: list[str]) -> PriceFrom:
    if item.percentage is None or item.method == PriceMethod.AMOUNT:
        return PriceFrom(item.price_list_name, sentences, "list-details")
    told = {"percent": shown.quantity(item.percentage)}
    words = _("Markup %(percent)s %%") if "markup" in item.method else _("Margin %(percent)s %%")
    if "list" in item.method:
        words = _("%(percent)s %% of list")
    return PriceFrom(words % told, sentences, "percentage")
