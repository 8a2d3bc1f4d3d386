"""Headers of opportunities and documents: which fields people type, and what fills the others."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.services.prices import default_price_list
from crm.core.actors import Actor
from crm.core.custom.carrying import carried
from crm.core.custom.writing import VALUES, set_custom
from crm.core.errors import Invalid
from crm.core.folding import fold
from crm.core.models import Currency, Organisation, rate_on
from crm.core.states import StateModel
from crm.core.values import filled
from crm.users.models import Team, User
from crm.users.services.ownership import owner_fields
from leads.services.campaigns import recognise_campaign
from sales.models import DocumentModel, Invoice, Opportunity, Order, PricedModel, Quote
from sales.services.snapshots import ADDRESS_PARTS, fill_addresses

_ATTRIBUTION = (
    "source",
    "campaign",
    "campaign_code",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
)
PRICED_FIELDS = (
    "customer_account",
    "customer_contact",
    "contact",
    "currency",
    "price_list",
    "discount_percent",
    "discount_amount",
    "freight_amount",
    "freight_tax_rate",
    "description",
    "is_demo",
    *_ATTRIBUTION,
)
_CUSTOMER = ("customer_account_id", "customer_contact_id")
_PARTIES = (*_CUSTOMER, "contact_id")
_ADDRESSES = tuple(f"{use}_{part}" for use in ("bill_to", "ship_to") for part in ADDRESS_PARTS)
_DOCUMENT_FIELDS = (
    "name",
    "external_number",
    "customer_reference",
    "payment_terms_days",
    "freight_terms",
    "shipping_terms",
    "introduction",
    "terms",
    *_ADDRESSES,
)
TYPED_FIELDS: dict[type[PricedModel], tuple[str, ...]] = {
    Quote: (*PRICED_FIELDS, *_DOCUMENT_FIELDS, "effective_from", "effective_to", "expires_on"),
    Order: (*PRICED_FIELDS, *_DOCUMENT_FIELDS, "ordered_on", "requested_delivery_on"),
    Invoice: (*PRICED_FIELDS, *_DOCUMENT_FIELDS, "delivered_on"),
}
# What a document takes over from the one it is made of; figures are added up anew and come out the same.
_COPIED = (*PRICED_FIELDS, "prices_include_tax", "discount_per_unit", "freight_tax_category", "freight_tax_percent")


def new_document[D: DocumentModel](
    model: type[D], values: Mapping[str, Any], *, owner: User | Team, actor: Actor, on: dt.date
) -> D:
    """An unsaved document with what is typed and, for the rest, what the customer and the organisation say."""
    organisation = Organisation.load()
    document = model(**owner_fields(owner))
    set_typed(document, values, TYPED_FIELDS[model])
    set_custom(document, values, actor)
    check_customer(document)
    check_active(document.contact, "contact")
    fill_commerce(document, organisation, on=on)
    fill_terms(document, organisation)
    fill_addresses(document)
    document.discount_per_unit = organisation.discount_per_unit
    return document


def set_typed(record: PricedModel, values: Mapping[str, Any], allowed: Iterable[str]) -> None:
    """Set typed values; a name that is not typed by people is a mistake of the caller."""
    unknown = values.keys() - set(allowed) - {VALUES}
    if unknown:
        raise TypeError(f"{sorted(unknown)} cannot be typed on a {record._meta.verbose_name}")
    for name, value in values.items():
        if name != VALUES:  # `set_custom` knows these
            setattr(record, name, filled(record._meta.get_field(name), value))
    recognise_campaign(record, values)
    record.sort_key = fold(str(getattr(record, "name", "") or getattr(record, "topic", "")))


def check_customer(record: PricedModel) -> None:
    """Exactly one customer, who is active."""
    account, person = record.customer_account, record.customer_contact
    if bool(account) == bool(person):
        raise Invalid(_("Choose either an account or a person as the customer."), field="customer_account")
    field = "customer_account" if account else "customer_contact"
    check_active(record.customer, field)


def check_active(record: StateModel | None, field: str) -> None:
    if record is not None and record.state != "active":
        raise Invalid(
            _("This %(noun)s is inactive and takes part in nothing new. Activate it or choose another one.")
            % {"noun": record._meta.verbose_name},
            field=field,
        )


def fill_commerce(record: PricedModel, organisation: Organisation, *, on: dt.date) -> None:
    """Currency, price list and the tax basis that the price list sets."""
    customer: Any = record.customer
    if getattr(record, "currency_id", None) is None:
        record.currency = _default_currency(record, customer, organisation)
    if record.price_list is None:
        record.price_list = default_price_list(
            customer_list=customer.price_list, territory=customer.territory, currency=record.currency, on=on
        )
    check_price_list(record)
    record.prices_include_tax = bool(record.price_list and record.price_list.prices_include_tax)


def _default_currency(record: PricedModel, customer: Any, organisation: Organisation) -> Currency:
    found = (record.price_list and record.price_list.currency) or customer.currency or organisation.base_currency
    if found is None:
        raise Invalid(_("Choose a currency; the organisation has none yet."), field="currency")
    return found


def check_price_list(record: PricedModel) -> None:
    if record.price_list and record.price_list.currency_id != record.currency_id:
        raise Invalid(
            _("This price list is in %(list)s, the document in %(document)s. Choose a list in the same currency.")
            % {"list": record.price_list.currency, "document": record.currency},
            field="price_list",
        )


def fill_terms(document: DocumentModel, organisation: Organisation) -> None:
    if document.payment_terms_days is None:
        own = document.customer.payment_terms_days
        document.payment_terms_days = organisation.payment_terms_days if own is None else own


def change_header(record: PricedModel, values: Mapping[str, Any], allowed: Iterable[str], actor: Actor) -> None:
    """Typed changes to a record that has lines: its currency and its tax basis are settled by then."""
    before = {name: getattr(record, name) for name in ("currency_id", *_PARTIES, *_of_the_customer(record))}
    set_typed(record, values, allowed)
    set_custom(record, values, actor)
    changed = {name for name, value in before.items() if getattr(record, name) != value}
    if not changed.isdisjoint(_CUSTOMER):
        check_customer(record)
        _take_over_from_customer(record, changed)
    if "contact_id" in changed:
        check_active(record.contact, "contact")
    if "currency_id" in changed:
        _check_currency_is_free(record)
    check_price_list(record)
    if record.price_list and record.price_list.prices_include_tax != record.prices_include_tax:
        if record.lines.exists():
            raise Invalid(
                _("This list differs in whether prices include tax, which was settled when the document was made."),
                field="price_list",
            )
        record.prices_include_tax = record.price_list.prices_include_tax


def _of_the_customer(record: PricedModel) -> tuple[str, ...]:
    return ("payment_terms_days", *_ADDRESSES) if isinstance(record, DocumentModel) else ()


def _take_over_from_customer(record: PricedModel, changed: set[str]) -> None:
    """Another customer lives elsewhere and pays otherwise; what was typed together with the change stays."""
    if not isinstance(record, DocumentModel):
        return
    if "payment_terms_days" not in changed:
        record.payment_terms_days = None
        fill_terms(record, Organisation.load())
    for use in ("bill_to", "ship_to"):
        names = [f"{use}_{part}" for part in ADDRESS_PARTS]
        if changed.isdisjoint(names):
            for name in names:
                setattr(record, name, "")
    fill_addresses(record)


def _check_currency_is_free(record: PricedModel) -> None:
    if record.lines.exists():
        raise Invalid(_("The currency cannot change while there are lines. Remove them first."), field="currency")
    if any(getattr(record, f"{source}_id", None) for source in ("opportunity", "quote", "order")):
        raise Invalid(
            _("The currency is that of what this was made of, and stays. Make a new one instead."), field="currency"
        )


def copied_header[D: PricedModel](source: PricedModel, model: type[D]) -> D:
    """An unsaved document with the header and the owner of the one that it is made of."""
    names = list(_COPIED)
    if isinstance(source, DocumentModel) and issubclass(model, DocumentModel):
        names += [name for name in _DOCUMENT_FIELDS if name != "external_number"]
    copy = model(
        owner_id=source.owner_id,
        owner_team_id=source.owner_team_id,
        owning_unit_id=source.owning_unit_id,
        sort_key=source.sort_key,
        custom=carried(source, model),
    )
    for name in names:
        _copy_column(source, copy, name)
    if isinstance(source, Opportunity) and isinstance(copy, DocumentModel):
        copy.name = source.topic
    return copy


def _copy_column(source: PricedModel, copy: PricedModel, name: str) -> None:
    """What a key refers to comes along if it is at hand; it is not read for that."""
    found: Any = source._meta.get_field(name)
    setattr(copy, found.attname, getattr(source, found.attname))
    if found.is_relation and found.is_cached(source):
        found.set_cached_value(copy, found.get_cached_value(source))


def lend_currency(record: PricedModel, organisation: Organisation) -> None:
    """Spare the reading of the currency where it is that of the organisation."""
    if organisation.base_currency and record.currency_id == organisation.base_currency_id:
        record.currency = organisation.base_currency


def set_rate(record: PricedModel, *, on: dt.date, organisation: Organisation) -> None:
    """The exchange rate of that day; None while nobody has entered one."""
    lend_currency(record, organisation)
    record.exchange_rate = rate_on(record.currency, on, organisation.base_currency)
    record.exchange_rate_on = on


def require_rate(record: PricedModel) -> None:
    if record.exchange_rate is None:
        raise Invalid(
            _("There is no exchange rate for %(currency)s on %(day)s. Ask an administrator to enter one.")
            % {"currency": record.currency, "day": record.exchange_rate_on},
            field="currency",
        )


def acting_user(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None
