"""Short words for the price lists and questions of the pricing tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from catalog.pricing import (
    DiscountKind,
    DiscountList,
    PriceFound,
    PriceItem,
    PriceList,
    PriceMethod,
    PriceRequest,
    ProductPrices,
    RoundingOption,
    RoundingPolicy,
    Unit,
    VolumeTier,
    find_price,
)

D = Decimal
PIECE = Unit(id=1, name="Piece", factor=D(1))
DOZEN = Unit(id=2, name="Dozen", factor=D(12))
PALLET = Unit(id=3, name="Pallet", factor=D(480))
TODAY = date(2026, 3, 1)


TIERS = (
    VolumeTier(low=D(10), high=D(49), value=D(5)),
    VolumeTier(low=D(50), high=None, value=D(8)),
)
FIVE_PERCENT = DiscountList(id=5, name="Volume", kind=DiscountKind.PERCENT, tiers=TIERS)


def item(amount: str = "", **more: Any) -> PriceItem:
    given: dict[str, Any] = {"id": 7, "unit_id": PIECE.id, "amount": D(amount) if amount else None}
    return PriceItem(**(given | more))


def price_list(*items: PriceItem, **more: Any) -> PriceList:
    given: dict[str, Any] = {"id": 3, "name": "Retail", "currency": "EUR", "items": items}
    return PriceList(**(given | more))


def request(prices: PriceList | None, **more: Any) -> PriceRequest:
    product = {"default_unit_id": PIECE.id, "currency": "EUR"} | more.pop("product", {})
    given: dict[str, Any] = {
        "product": ProductPrices(**product),
        "units": (PIECE, DOZEN, PALLET),
        "unit_id": PIECE.id,
        "quantity": D(1),
        "currency": "EUR",
        "priced_on": TODAY,
        "price_list": prices,
    }
    return PriceRequest(**(given | more))


def found(asked: PriceRequest) -> PriceFound:
    answer = find_price(asked)
    assert isinstance(answer, PriceFound), answer
    return answer


def rounded_item(policy: RoundingPolicy, amount: Decimal | None, **more: Any) -> PriceItem:
    return item(
        method=PriceMethod.PERCENT_OF_LIST,
        percentage=D(100),
        rounding=policy,
        rounding_option=RoundingOption.ENDS_IN,
        rounding_amount=amount,
        **more,
    )
