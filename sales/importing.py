"""Opportunities from files, open and closed ones, each with at most one product."""

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.services.closing import record_closes
from catalog.models import PriceList, Product
from catalog.pricing import PriceFound, override_price
from catalog.services.prices import PriceBook, default_price_list
from crm.core.errors import Invalid
from crm.core.fields import Kind
from crm.core.folding import fold
from crm.core.inserting import insert_records
from crm.core.models import Currency, rate_on
from crm.core.money import ZERO
from crm.customers.importing import make_account
from crm.customers.models import Account, Contact
from crm.data.importing.building import CREATED, built
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.meanings import TO_BE_MADE
from crm.data.importing.registry import Importer, Values, register_importer
from crm.data.importing.targets import Target, status_target
from crm.users.models import User
from leads.values import known_source
from sales.models import LineKind, Opportunity, OpportunityLine
from sales.services.closing import closing_of
from sales.services.documents import Sheet, in_base
from sales.services.headers import check_active
from sales.services.opportunities import OPPORTUNITY_FIELDS, update_opportunity
from sales.states import OPPORTUNITY_MACHINE

_LEFT_OUT = {"is_demo", "revenue_mode", "freight_tax_rate", "discount_percent", "discount_amount", "freight_amount"}
_SAID = {
    "closedwon": "won:won", "gewonnen": "won:won", "closedlost": "lost:canceled", "verloren": "lost:canceled",
    "abandoned": "lost:canceled", "engaging": "open:in_progress", "prospecting": "open:in_progress",
    "qualification": "open:in_progress", "needsanalysis": "open:in_progress", "valueproposition": "open:in_progress",
    "iddecisionmakers": "open:in_progress", "perceptionanalysis": "open:in_progress",
    "proposalpricequote": "open:in_progress", "proposal": "open:in_progress", "negotiation": "open:in_progress",
    "negotiationreview": "open:in_progress", "appointmentscheduled": "open:in_progress",
    "qualifiedtobuy": "open:in_progress", "presentationscheduled": "open:in_progress",
    "decisionmakerboughtin": "open:in_progress", "contractsent": "open:in_progress", "open": "open:in_progress",
    "won": "won:won", "lost": "lost:canceled",
}  # fmt: skip


STATUS = status_target(OPPORTUNITY_MACHINE, _SAID)
CLOSED_ON = Target(name="closed_on", label=gettext_lazy("closed on"), kind=Kind.DATE)
REVENUE = Target(name="revenue", label=gettext_lazy("actual revenue"), kind=Kind.MONEY, lowest=Decimal(0))
PRODUCT = Target(name="product", label=gettext_lazy("product"), kind=Kind.RECORD, related=Product)


def register() -> None:
    register_importer(OPPORTUNITIES)


def _tidy(draft: Draft, _work: Work) -> None:
    if "source" in draft.values:
        draft.values["source"] = known_source(draft.values["source"])


def _before(drafts: Sequence[Draft], work: Work) -> None:
    values = [draft.values for draft in drafts]
    related = ("currency", "price_list", "territory")
    work.fetch(Account, (one.get("customer_account") for one in values), *related)
    work.fetch(Contact, (one.get(name) for one in values for name in ("customer_contact", "contact")), *related)
    work.fetch(Product, (one.get("product") for one in values), "tax_rate", "default_unit", "currency")
    work.fetch(Currency, (one.get("currency") for one in values))


def _build(draft: Draft, work: Work) -> Opportunity:
    opportunity = built(Opportunity, draft, work, **work.owner_fields(draft), stage_entered_at=work.at)
    customer = _customer(opportunity, work)
    opportunity.topic = opportunity.topic or _topic(draft, customer, work)
    if not opportunity.topic:
        raise Invalid(_("Enter a topic."), field="topic")
    opportunity.sort_key = fold(opportunity.topic)
    _set_commerce(opportunity, customer, work)
    _close(opportunity, draft, work)
    _set_figures(opportunity, work)
    return opportunity


def _customer(opportunity: Any, work: Work) -> Any:
    """The account or person; None for one that is still to be made."""
    keys = (opportunity.customer_account_id, opportunity.customer_contact_id)
    if keys[0] is not None and keys[1] is not None:
        opportunity.contact_id = opportunity.contact_id or keys[1]
        opportunity.customer_contact_id = None
    elif keys == (None, None):
        raise Invalid(_("An opportunity needs an account or a person as its customer."), field="customer_account")
    if opportunity.customer_account_id == TO_BE_MADE:
        return None
    model, field = (Account, "customer_account") if keys[0] is not None else (Contact, "customer_contact")
    customer: Any = work.fetch(model, keys)[keys[0] if keys[0] is not None else keys[1]]
    check_active(customer, field)
    return customer


def _topic(draft: Draft, customer: Any, work: Work) -> str:
    """What the deal is about: the product, and for whom."""
    product = work.fetch(Product, ()).get(draft.values.get("product") or 0)
    return ": ".join(str(one) for one in (product, customer) if one)[:300]


def _set_commerce(opportunity: Any, customer: Any, work: Work) -> None:
    base = work.organisation.base_currency
    currency = work.fetch(Currency, [opportunity.currency_id]).get(opportunity.currency_id or 0)
    opportunity.currency = currency or getattr(customer, "currency", None) or base
    if opportunity.currency is None:
        raise Invalid(_("Choose a currency; the organisation has none yet."), field="currency")
    if opportunity.price_list_id is None:
        opportunity.price_list = _price_list(opportunity.currency, customer, work)
    if opportunity.price_list and opportunity.price_list.currency_id != opportunity.currency_id:
        raise Invalid(_("This price list is in another currency."), field="price_list")
    opportunity.prices_include_tax = bool(opportunity.price_list and opportunity.price_list.prices_include_tax)
    opportunity.discount_per_unit = work.organisation.discount_per_unit


def _price_list(currency: Currency, customer: Any, work: Work) -> PriceList | None:
    own, territory = getattr(customer, "price_list", None), getattr(customer, "territory", None)
    key = f"price list of {getattr(own, 'pk', 0)} {getattr(territory, 'pk', 0)} {currency.pk}"
    return work.once(
        key,
        lambda: default_price_list(customer_list=own, territory=territory, currency=currency, on=work.today),
    )


def _close(opportunity: Any, draft: Draft, work: Work) -> None:
    """A closed opportunity comes with what its state implies, dated as the file says."""
    state, _colon, reason = draft.values.get("status", "open:in_progress").partition(":")
    opportunity.__dict__["state"] = state  # protected against moves, and this row is none
    opportunity.status_reason = reason
    if state == "open":
        opportunity.estimated_close_on = opportunity.estimated_close_on or draft.values.get("closed_on")
        return
    closed_on = draft.values.get("closed_on") or opportunity.estimated_close_on or work.today
    if closed_on > work.today:
        raise Invalid(_("The close date cannot lie in the future. Enter today or an earlier day."), field="closed_on")
    revenue = draft.values.get("revenue", opportunity.estimated_revenue)
    opportunity.actual_close_on = closed_on
    opportunity.actual_revenue = (revenue or ZERO) if state == "won" else revenue
    opportunity.estimated_close_on = opportunity.estimated_close_on or closed_on


def _set_figures(opportunity: Any, work: Work) -> None:
    day = opportunity.actual_close_on or work.today
    currency = opportunity.currency
    opportunity.exchange_rate = work.once(
        f"rate {currency.pk} {day}", lambda: rate_on(currency, day, work.organisation.base_currency)
    )
    opportunity.exchange_rate_on = day
    for name in ("estimated_revenue", "actual_revenue"):
        setattr(opportunity, f"base_{name}", in_base(opportunity, getattr(opportunity, name), work.organisation))
    opportunity.base_total_amount = in_base(opportunity, ZERO, work.organisation)


def _number(drafts: Sequence[Draft], work: Work) -> None:
    """Products become lines, and these add up, before anything is written."""
    with_product = [draft for draft in drafts if draft.values.get("product")]
    products = work.fetch(Product, ())
    for draft in with_product:
        product: Any = products[draft.values["product"]]
        line = _line(draft.record, product, work)
        sheet = Sheet(draft.record, at=work.at, lines=[line])
        rate, on = draft.record.exchange_rate, draft.record.exchange_rate_on
        sheet.add_up()
        draft.record.exchange_rate, draft.record.exchange_rate_on = rate, on
        work.kept.setdefault("lines", {})[draft.line] = (line, sheet.totals)


def _line(opportunity: Any, product: Any, work: Work) -> OpportunityLine:
    """One piece of the product for what the deal is worth, typed over the list like any other price."""
    value = opportunity.actual_revenue if opportunity.state == "won" else opportunity.estimated_revenue
    line = OpportunityLine(
        kind=LineKind.PRODUCT, product=product, product_number=product.number, name=product.name,
        unit=product.default_unit, unit_name=product.default_unit.name, tax_rate=product.tax_rate,
        tax_category=product.tax_rate.category, tax_percent=product.tax_rate.rate, position=1,
        volume_discount=ZERO, discount_amount=ZERO, charge_amount=ZERO,
        is_price_overridden=value is not None, price_overridden_by=work.actor if value is not None else None,
    )  # fmt: skip
    if value is None:
        line.pricing_error = _("The file names no amount.")
        return line
    request, by = _request(opportunity, product, work), work.actor
    found = override_price(request, price=value, by_id=by.pk, by_name=str(by))
    if isinstance(found, PriceFound):
        line.price_trace = found.trace.as_dict()
    line.price_per_unit = value
    return line


def _request(opportunity: Any, product: Any, work: Work) -> Any:
    key = f"prices of {product.pk} in {opportunity.price_list_id}"
    book = work.once(key, lambda: PriceBook.load([product], opportunity.price_list))
    return work.once(
        f"{key} {opportunity.currency_id}",
        lambda: book.request(
            product_id=product.pk,
            unit_id=product.default_unit_id,
            quantity=Decimal(1),
            currency=opportunity.currency.code,
            on=work.today,
            prices_include_tax=opportunity.prices_include_tax,
        ),
    )


def _after(drafts: Sequence[Draft], work: Work) -> Sequence[models.Model]:
    _insert_lines(drafts, work)
    return _record_closes(drafts, work)


def _insert_lines(drafts: Sequence[Draft], work: Work) -> None:
    made: dict[int, Any] = work.kept.get("lines", {})
    lines, taxes = [], []
    for draft in drafts:
        if draft.line not in made:
            continue
        line, totals = made.pop(draft.line)
        line.document_id = draft.record.pk
        lines.append(line)
        taxes += [
            Opportunity.tax_model()(
                document_id=draft.record.pk, position=place, category=row.category, percent=row.rate,
                taxable_amount=row.taxable, tax_amount=row.tax,
            )
            for place, row in enumerate(totals.tax_rows)
        ]  # fmt: skip
    insert_records(lines)
    insert_records(taxes)


def _record_closes(drafts: Sequence[Draft], work: Work) -> Sequence[models.Model]:
    closed = [draft.record for draft in drafts if draft.record.state != "open"]
    zone = zoneinfo.ZoneInfo(work.organisation.time_zone)
    closings = []
    for one in closed:
        figures = {
            "actual_revenue": one.actual_revenue,
            "currency": one.currency.code,
            "closed_on": one.actual_close_on,
        }
        noon = dt.datetime.combine(one.actual_close_on, dt.time(12), zone)
        closings.append(closing_of(one, figures=figures, at=min(noon, work.at)))
    activities = record_closes(closings=closings, actor=work.actor, at=work.at)
    for activity, one in zip(activities, closed, strict=True):
        activity.imported_with = one.pk  # type: ignore[attr-defined]  # which row it came along with
    return activities


def _update(pk: int, values: Values, actor: User, at: dt.datetime) -> Opportunity:
    return update_opportunity(opportunity_id=pk, values=values, actor=actor, at=at)


OPPORTUNITIES = Importer(
    model=Opportunity,
    columns=tuple(name for name in OPPORTUNITY_FIELDS if name not in _LEFT_OUT and not name.startswith("utm_")),
    targets=(STATUS, CLOSED_ON, REVENUE, PRODUCT, CREATED),
    tidy=_tidy,
    before=_before,
    build=_build,
    number=_number,
    after=_after,
    update=_update,
    parts=("lines", "taxes"),
    make={"customer_account": make_account},
    names={
        "external_id": "opportunityid dealid recordid id",
        "topic": "topic name opportunityname dealname dealtitle title opportunity",
        "customer_account": "account accountid accountname company companyname organization organizationname"
        " potentialcustomer customer firma kunde associatedcompany",
        "customer_contact": "person personname contact contactname",
        "status": "status stage stagename dealstage opportunitystage state phase",
        "closed_on": "closedate actualclosedate closedon wontime losttime",
        "estimated_close_on": "estclosedate estimatedclosedate expectedclosedate",
        "estimated_revenue": "amount value dealvalue closevalue estrevenue estimatedrevenue"
        " amountincompanycurrency betrag",
        "revenue": "actualrevenue",
        "product": "product productname productid",
        "created_at": "createdate createddate createdon createdtime engagedate",
    },
)
